import type { IExecuteFunctions, INodeExecutionData, IPairedItemData } from 'n8n-workflow';

import { asNodeError, errorItem, itemFrom } from '../../shared/outputs';
import { askForMerge, type Answer } from './answers';
import { readRequest, type MergeRequest } from './request';
import { shapeMatch, type Read } from './shapes';

export const OUTPUTS = ['Merged', 'Only in One', 'Conflict', 'Ambiguous'] as const;
const [MERGED, ONLY, CONFLICT, AMBIGUOUS] = [0, 1, 2, 3];

function toOutputs(answers: Answer[], { inputs, output }: MergeRequest): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = OUTPUTS.map(() => []);
	const inputOf = new Map(inputs.map((input, index) => [input.system, index]));
	/** The items a line of the answer came from, as n8n traces them. */
	const pairsOf = (reads: Read[]): IPairedItemData[] =>
		reads.map((read) => ({ item: read.index, input: inputOf.get(read.system) }));

	for (const { matched, only, ambiguous } of answers) {
		for (const match of matched) {
			const isConflict = match.conflicts.length > 0;
			const item = itemFrom(shapeMatch(match, output), pairsOf(match.inputs));
			outputs[isConflict ? CONFLICT : MERGED].push(item);
		}
		for (const read of Object.values(only).flat()) {
			outputs[ONLY].push(itemFrom(read, pairsOf([read])));
		}
		for (const group of ambiguous) {
			outputs[AMBIGUOUS].push(itemFrom(group, pairsOf(group.inputs)));
		}
	}
	return outputs;
}

export async function mergeInputs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const request = readRequest(context);
		return toOutputs(await askForMerge(context, request), request);
	} catch (error) {
		if (!context.continueOnFail()) throw asNodeError(context, error);
		return [[errorItem(error, 0)], [], [], []];
	}
}
