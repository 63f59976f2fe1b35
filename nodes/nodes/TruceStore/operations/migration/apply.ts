import type { IDataObject } from 'n8n-workflow';

import { forEachItem, type Operation } from '../../operation';
import { policyProperty, waitProperty } from './properties';
import { stateAtTheEnd } from './steps';

export const apply: Operation = {
	name: 'Apply',
	value: 'apply',
	action: 'Apply a migration',
	description: 'Put the policy in force and carry all stored records over; it can be undone',
	properties: [policyProperty, waitProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const policy = context.getNodeParameter('policy', itemIndex) as string | IDataObject;
			const body = { policy, mode: 'apply' };
			return await stateAtTheEnd(context, itemIndex, '/v1/migrations', body);
		}),
};
