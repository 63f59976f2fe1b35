import type { IDataObject } from 'n8n-workflow';

import {
	call,
	entityProperty,
	forEachItem,
	goldenIdProperty,
	inPath,
	type Operation,
} from '../../operation';

export const history: Operation = {
	name: 'Get History',
	value: 'history',
	action: 'Get the history of a golden record',
	description: 'Get everything that any system showed of it, and every write to it',
	properties: [entityProperty, goldenIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/records/${inPath('Entity', read('entity'))}/${inPath('Golden ID', read('goldenId'))}/history`,
				itemIndex,
			});
			return body.entries as IDataObject[];
		}),
};
