import type { IDataObject } from 'n8n-workflow';

import { filled, forEachItem, listProperties, readList, type Operation } from '../../operation';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many audit entries',
	description: 'Get entries of the audit trail, oldest first',
	properties: [
		...listProperties,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			description: 'Which entries to get',
			options: [
				{
					displayName: 'After Sequence',
					name: 'after',
					type: 'number',
					default: 0,
					description: 'Only entries after this one',
				},
				{
					displayName: 'Event Key',
					name: 'event_key',
					type: 'string',
					default: '',
					description: 'Only entries about this event',
				},
				{
					displayName: 'Golden ID',
					name: 'golden_id',
					type: 'string',
					default: '',
					description: 'Only entries about this golden record',
				},
			],
		},
	],
	execute: async (context, items) =>
		await forEachItem(
			context,
			items,
			async (itemIndex) =>
				await readList(context, itemIndex, {
					path: '/v1/audit',
					member: 'entries',
					query: filled(context.getNodeParameter('filters', itemIndex, {}) as IDataObject),
				}),
		),
};
