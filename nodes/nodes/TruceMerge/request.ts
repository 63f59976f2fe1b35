import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { given } from '../../shared/parameters';
import type { Output } from './shapes';

/** The records of one system. */
export interface Input {
	system: string;
	items: INodeExecutionData[];
}

export interface MergeRequest {
	entity: string;
	output: Output;
	inputs: Input[];
	timeoutMs: number;
}

/** n8n throws for an input beyond the connected ones, and for one that nothing reached. */
function itemsOf(context: IExecuteFunctions, index: number): INodeExecutionData[] {
	try {
		return (context.getInputData(index) as INodeExecutionData[] | undefined) ?? [];
	} catch {
		return [];
	}
}

function inputsOf(context: IExecuteFunctions): Input[] {
	const count = context.getNodeParameter('numberInputs', 0) as number;
	const inputs = Array.from({ length: count }, (_, index) => ({
		system: given(
			`System of Input ${index + 1}`,
			context.getNodeParameter(`system${index + 1}`, 0),
		),
		items: itemsOf(context, index),
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

export function readRequest(context: IExecuteFunctions): MergeRequest {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	return {
		entity: given('Entity', context.getNodeParameter('entity', 0)),
		output: context.getNodeParameter('output', 0) as Output,
		inputs: inputsOf(context),
		timeoutMs: Number(options.timeoutSeconds ?? 60) * 1000,
	};
}
