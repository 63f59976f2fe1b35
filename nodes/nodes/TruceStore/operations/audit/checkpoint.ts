import { call, once, type Operation } from '../../operation';

export const checkpoint: Operation = {
	name: 'Get Checkpoint',
	value: 'checkpoint',
	action: 'Get a checkpoint of the audit trail',
	description: 'Get a signed statement of where the trail stands, to be kept elsewhere',
	properties: [],
	execute: async (context, items) =>
		await once(context, items, async () => {
			const { body } = await call(context, { method: 'GET', path: '/v1/audit/checkpoint' });
			return body;
		}),
};
