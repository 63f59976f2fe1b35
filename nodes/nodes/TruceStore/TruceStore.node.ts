import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { getEntities, getFields, getRules, getSystems } from '../../shared/pickLists';
import { properties } from './description';
import { resources } from './operations';

export class TruceStore implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Truce Store',
		name: 'truceStore',
		icon: { light: 'file:../../icons/truce.svg', dark: 'file:../../icons/truce.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Read and change what Truce keeps: records, deliveries, questions, full comparisons, cursors, audit',
		defaults: { name: 'Truce Store' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'truceApi', required: true }],
		properties,
	};

	methods = { loadOptions: { getSystems, getEntities, getFields, getRules } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const operation = this.getNodeParameter('operation', 0) as string;
		const chosen = resources
			.find((one) => one.value === resource)
			?.operations.find((one) => one.value === operation);
		if (!chosen) {
			throw new NodeOperationError(
				this.getNode(),
				`There is no operation ${operation} of ${resource}`,
			);
		}
		return [await chosen.execute(this, this.getInputData())];
	}
}
