import { call, forEachItem, inPath, type Operation } from '../../operation';
import { nameProperty } from './properties';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get a cursor',
	description:
		'Get a saved position; a name that was never saved gives version 0 and the value null',
	properties: [nameProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const name = context.getNodeParameter('name', itemIndex) as string;
			const reply = await call(context, {
				method: 'GET',
				path: `/v1/cursors/${inPath('Name', name)}`,
				itemIndex,
				accepts: [404],
			});
			return reply.status === 404 ? { name, value: null, version: 0 } : reply.body;
		}),
};
