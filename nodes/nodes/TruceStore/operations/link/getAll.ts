import type { IDataObject } from 'n8n-workflow';

import { given } from '../../../../shared/parameters';
import {
	call,
	entityProperty,
	forEachItem,
	inPath,
	systemProperty,
	type Operation,
} from '../../operation';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many links',
	description: 'Get the IDs that a record of one system has in all the others',
	properties: [
		entityProperty,
		systemProperty,
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			default: '',
			required: true,
			description: 'The ID that the record has in that system',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/records/${inPath('Entity', read('entity'))}`,
				query: {
					system: given('System', read('system')),
					id: given('Record ID', read('recordId')),
				},
				itemIndex,
			});
			return ((body.links ?? []) as IDataObject[]).map((link) => ({
				golden_id: body.golden_id,
				entity: body.entity,
				...link,
			}));
		}),
};
