import type { IDataObject } from 'n8n-workflow';

import {
	call,
	entityProperty,
	filled,
	forEachItem,
	goldenIdProperty,
	inPath,
	type Operation,
} from '../../operation';

export const explain: Operation = {
	name: 'Explain',
	value: 'explain',
	action: 'Explain a golden record',
	description: 'Get, field by field, why it has its value and why every other value lost',
	properties: [
		entityProperty,
		goldenIdProperty,
		{
			displayName: 'Field Name or ID',
			name: 'field',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getFields' },
			default: '',
			description:
				'Only this field; empty for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/records/${inPath('Entity', read('entity'))}/${inPath('Golden ID', read('goldenId'))}/explain`,
				query: filled({ field: read('field') }),
				itemIndex,
			});
			return (body.fields as IDataObject[]).map((field) => ({
				golden_id: body.golden_id,
				entity: body.entity,
				...field,
			}));
		}),
};
