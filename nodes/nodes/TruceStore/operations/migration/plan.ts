import type { IDataObject } from 'n8n-workflow';

import { call, forEachItem, type Operation } from '../../operation';
import { policyProperty } from './properties';

export const plan: Operation = {
	name: 'Plan',
	value: 'plan',
	action: 'Plan a migration',
	description: 'Say what another policy would do to the stored records; nothing changes',
	properties: [policyProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const policy = context.getNodeParameter('policy', itemIndex) as string | IDataObject;
			const { body } = await call(context, {
				method: 'POST',
				path: '/v1/migrations',
				body: { policy, mode: 'plan' },
				itemIndex,
			});
			return body;
		}),
};
