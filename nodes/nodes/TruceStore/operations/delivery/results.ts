import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { splitIntoBatches } from '../../../../shared/batches';
import { asNodeError, errorItem, itemFrom } from '../../../../shared/outputs';
import { call } from '../../operation';

interface Line extends IDataObject {
	id: string;
	error?: { code: string; message: string };
}

/**
 * One result for each item, in as few calls as fit. A line that is refused stops the node, or with
 * “Continue” on leaves with its error; the others are taken either way.
 */
export async function sendResults(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	path: string,
	resultOf: (itemIndex: number) => IDataObject,
): Promise<INodeExecutionData[]> {
	const done: INodeExecutionData[] = [];
	const texts = items.map((_, index) => JSON.stringify(resultOf(index)));
	const lateAllowed = context.getNodeParameter('lateResults', 0, 'report') === 'report';
	let refused: { index: number; line: Line } | undefined;
	for (const { from, to } of splitIntoBatches(texts)) {
		try {
			const { body } = await call(context, {
				method: 'POST',
				path,
				body: `{"results":[${texts.slice(from, to).join(',')}]}`,
				itemIndex: to - from === 1 ? from : undefined,
			});
			(body.results as Line[]).forEach((line, offset) => {
				const index = from + offset;
				const isLate = line.error?.code === 'lease-lost';
				if (line.error && !(isLate && lateAllowed)) refused ??= { index, line };
				done.push(itemFrom(line, { item: index }));
			});
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error);
			for (let index = from; index < to; index++) done.push(errorItem(error, index));
		}
	}
	if (refused && !context.continueOnFail()) {
		const { index, line } = refused;
		throw new NodeApiError(context.getNode(), line as never, {
			message: `Delivery ${line.id}: ${line.error?.message}`,
			description: `Code: ${line.error?.code}. The results of all other items were taken.`,
			itemIndex: index,
		});
	}
	return done;
}
