import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type IPairedItemData,
} from 'n8n-workflow';

import { asNodeError, errorItem, itemFrom } from '../../shared/outputs';
import { callTruce } from '../../shared/transport/call';
import { shapeMatch, shapeSingle, type Match, type Output, type Read } from './shapes';

export const OUTPUTS = ['Merged', 'Only in One', 'Conflict', 'Ambiguous'] as const;
const [MERGED, ONLY, CONFLICT, AMBIGUOUS] = [0, 1, 2, 3];

interface Answer {
	matched: Match[];
	only: { [system: string]: Read[] };
	ambiguous: Array<{ inputs: Read[]; why: string }>;
}

interface Input {
	system: string;
	items: INodeExecutionData[];
}

function inputsOf(context: IExecuteFunctions): Input[] {
	const count = context.getNodeParameter('numberInputs', 0) as number;
	const inputs = Array.from({ length: count }, (_, index) => ({
		system: context.getNodeParameter(`system${index + 1}`, 0) as string,
		items: (context.getInputData(index) as INodeExecutionData[] | undefined) ?? [],
	}));
	const systems = inputs.map((input) => input.system);
	const twice = systems.find((system, index) => systems.indexOf(system) !== index);
	if (twice !== undefined) {
		throw new NodeOperationError(context.getNode(), `“${twice}” is chosen for two inputs`, {
			description:
				'Each input is another system. For two lists of one system put a Merge (Append) node in front.',
		});
	}
	return inputs;
}

/** The items a line of the answer came from, as n8n traces them. */
function pairsOf(reads: Read[], inputs: Input[]): IPairedItemData[] {
	return reads.map((read) => ({
		item: read.index,
		input: inputs.findIndex((input) => input.system === read.system),
	}));
}

function bodyOf(entity: string, inputs: Input[]): string {
	const lists = inputs.map(
		(input) =>
			`${JSON.stringify(input.system)}:[${input.items.map((item) => JSON.stringify(item.json)).join(',')}]`,
	);
	return `{"entity":${JSON.stringify(entity)},"inputs":{${lists.join(',')}}}`;
}

function toOutputs(answer: Answer, inputs: Input[], output: Output): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = OUTPUTS.map(() => []);
	for (const match of answer.matched) {
		const json = shapeMatch(match, output);
		if (!json) continue;
		const isConflict = match.conflicts.length > 0;
		outputs[isConflict ? CONFLICT : MERGED].push(itemFrom(json, pairsOf(match.inputs, inputs)));
	}
	for (const reads of Object.values(answer.only)) {
		for (const read of reads) {
			outputs[ONLY].push(itemFrom(shapeSingle(read, output), pairsOf([read], inputs)));
		}
	}
	for (const { inputs: reads, why } of answer.ambiguous) {
		const json = { why, inputs: reads.map((read) => shapeSingle(read, output)) };
		outputs[AMBIGUOUS].push(itemFrom(json, pairsOf(reads, inputs)));
	}
	return outputs;
}

export async function mergeInputs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const inputs = inputsOf(context);
		const options = context.getNodeParameter('options', 0, {}) as IDataObject;
		const { body } = await callTruce(context, {
			method: 'POST',
			path: '/v1/merge',
			body: bodyOf(context.getNodeParameter('entity', 0) as string, inputs),
			timeoutMs: Number(options.timeoutSeconds ?? 60) * 1000,
		});
		const output = context.getNodeParameter('output', 0) as Output;
		return toOutputs(body as unknown as Answer, inputs, output);
	} catch (error) {
		if (!context.continueOnFail()) throw asNodeError(context, error);
		return [[errorItem(error, 0)], [], [], []];
	}
}
