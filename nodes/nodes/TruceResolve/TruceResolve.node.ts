import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { getEntities, getSystems } from '../../shared/pickLists';
import { properties } from './description';
import { OUTPUTS } from './outcomes';
import { resolveItems } from './resolveItems';

export class TruceResolve implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Truce Resolve',
		name: 'truceResolve',
		icon: { light: 'file:../../icons/truce.svg', dark: 'file:../../icons/truce.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["source"] + ($parameter["system"] ? ": " + $parameter["system"] : "") }}',
		description: 'Send changes of a system to Truce and get what to write where',
		defaults: { name: 'Truce Resolve' },
		inputs: [NodeConnectionTypes.Main],
		outputs: OUTPUTS.map(() => NodeConnectionTypes.Main),
		outputNames: [...OUTPUTS],
		usableAsTool: true,
		credentials: [{ name: 'truceApi', required: true }],
		properties,
	};

	methods = { loadOptions: { getSystems, getEntities } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await resolveItems(this);
	}
}
