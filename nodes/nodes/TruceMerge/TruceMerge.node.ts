import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { getEntities, getSystems } from '../../shared/pickLists';
import { properties } from './description';
import { mergeInputs, OUTPUTS } from './mergeInputs';

export class TruceMerge implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Truce Merge',
		name: 'truceMerge',
		icon: { light: 'file:../../icons/truce.svg', dark: 'file:../../icons/truce.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["entity"] }}',
		description: 'Match and merge records of two to four systems by the rules of the Truce policy',
		defaults: { name: 'Truce Merge' },
		inputs:
			'={{ Array.from({ length: $parameter.numberInputs ?? 2 }, (_, index) => ({ type: "main", displayName: `Input ${index + 1}` })) }}',
		requiredInputs: 1,
		outputs: OUTPUTS.map(() => NodeConnectionTypes.Main),
		outputNames: [...OUTPUTS],
		usableAsTool: undefined,
		credentials: [{ name: 'truceApi', required: true }],
		properties,
	};

	methods = { loadOptions: { getSystems, getEntities } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await mergeInputs(this);
	}
}
