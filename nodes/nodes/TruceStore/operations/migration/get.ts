import { call, forEachItem, inPath, type Operation } from '../../operation';
import { migrationIdProperty } from './properties';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get a migration',
	description: 'Get how far a migration is',
	properties: [migrationIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('migrationId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/migrations/${inPath('Migration ID', id)}`,
				itemIndex,
			});
			return body;
		}),
};
