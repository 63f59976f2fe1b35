import { call, forEachItem, inPath, type Operation } from '../../operation';
import { runIdProperty } from './properties';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get a reconciliation',
	description: 'Get the report of one run, as far as it is',
	properties: [runIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('runId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/reconciliations/${inPath('Run ID', id)}`,
				itemIndex,
			});
			return body;
		}),
};
