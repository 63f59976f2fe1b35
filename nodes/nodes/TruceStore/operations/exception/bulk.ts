import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { groupIndexes } from '../../../../shared/batches';
import { asNodeError, errorItem, itemFrom } from '../../../../shared/outputs';
import { parameterPerItem } from '../../../../shared/parameters';
import { call, filled } from '../../operation';

const AT_ONCE_MAX = 1000;

interface Line extends IDataObject {
	id: string;
	error?: { code: string; message: string };
}

/** One action on many questions. A line that is refused stops the node unless “Continue” is on. */
export async function workInBulk(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	action: 'dismiss' | 'replay',
): Promise<INodeExecutionData[]> {
	const id = parameterPerItem<string>(context, 'exceptionId');
	const actor = parameterPerItem<string>(context, 'actor', '');
	const note = parameterPerItem<string>(context, 'note', '');
	const done: INodeExecutionData[] = [];
	const keyOf = (index: number) => JSON.stringify([actor(index), note(index)]);
	for (const group of groupIndexes(items.length, keyOf, AT_ONCE_MAX)) {
		try {
			const { body } = await call(context, {
				method: 'POST',
				path: '/v1/exceptions/bulk',
				body: {
					action,
					ids: group.map(id),
					...filled({ actor: actor(group[0]), note: note(group[0]) }),
				},
			});
			(body.results as Line[]).forEach((line, offset) => {
				if (line.error) {
					const error = new Error(`Exception ${line.id}: ${line.error.message}`);
					if (!context.continueOnFail()) throw asNodeError(context, error, group[offset]);
					done.push(errorItem(error, group[offset]));
				} else {
					done.push(itemFrom(line, { item: group[offset] }));
				}
			});
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error);
			for (const index of group) done.push(errorItem(error, index));
		}
	}
	return done;
}
