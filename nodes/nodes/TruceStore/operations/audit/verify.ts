import { call, once, type Operation } from '../../operation';

const BROKEN = 409;

export const verify: Operation = {
	name: 'Verify',
	value: 'verify',
	action: 'Verify the audit trail',
	description: 'Read the whole trail and say whether anything in it was changed, removed or put in',
	properties: [],
	execute: async (context, items) =>
		await once(context, items, async () => {
			const { body } = await call(context, {
				method: 'GET',
				path: '/v1/audit/verify',
				accepts: [BROKEN],
			});
			return body;
		}),
};
