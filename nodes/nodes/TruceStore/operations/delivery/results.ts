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
 * One result for each item, in as few calls as fit. An item of which no result can be made and a line that is refused
 * stop the node, or with “Continue” on leave with their error; the others are taken either way.
 */
export async function sendResults(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	path: string,
	resultOf: (itemIndex: number) => IDataObject,
): Promise<INodeExecutionData[]> {
	const done: INodeExecutionData[] = [];
	const texts: string[] = [];
	const indexes: number[] = [];
	let failure: Error | undefined;
	items.forEach((_, index) => {
		try {
			texts.push(JSON.stringify(resultOf(index)));
			indexes.push(index);
		} catch (error) {
			failure ??= asNodeError(context, error, index);
			done[index] = errorItem(error, index);
		}
	});
	const lateAllowed = context.getNodeParameter('lateResults', 0, 'report') === 'report';
	for (const { from, to } of splitIntoBatches(texts)) {
		const batch = indexes.slice(from, to);
		try {
			const { body } = await call(context, {
				method: 'POST',
				path,
				body: `{"results":[${texts.slice(from, to).join(',')}]}`,
				itemIndex: batch.length === 1 ? batch[0] : undefined,
			});
			(body.results as Line[]).forEach((line, offset) => {
				const index = batch[offset];
				const isLate = line.error?.code === 'lease-lost';
				const isRefused = line.error !== undefined && !(isLate && lateAllowed);
				if (isRefused) failure ??= refusalOf(context, line, index);
				done[index] = itemFrom(isRefused ? refusedLine(context, line, index) : line, {
					item: index,
				});
			});
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error);
			for (const index of batch) done[index] = errorItem(error, index);
		}
	}
	if (failure && !context.continueOnFail()) throw failure;
	return done;
}

const refusalOf = (context: IExecuteFunctions, line: Line, itemIndex: number) =>
	new NodeApiError(context.getNode(), line as never, {
		message: `Delivery ${line.id}: ${line.error?.message}`,
		description: `Code: ${line.error?.code}. The results of all other items were taken.`,
		itemIndex,
	});

/**
 * n8n takes to the error output only an item whose `error` stands alone, and puts the members of the item that came in
 * beside it: that is the system's answer, as a rule, which does not know the delivery.
 */
function refusedLine(context: IExecuteFunctions, line: Line, index: number): IDataObject {
	if (context.getNode().onError !== 'continueErrorOutput') return line;
	return { error: { id: line.id, index, ...line.error } };
}
