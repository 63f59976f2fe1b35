import type { IDataObject } from 'n8n-workflow';

import { call, once, type Operation } from '../../operation';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many alerts',
	description: 'Get the present state of every alert',
	properties: [
		{
			displayName: 'Only Firing',
			name: 'onlyFiring',
			type: 'boolean',
			default: false,
			description: 'Whether to leave out alerts that are in order',
		},
	],
	execute: async (context, items) =>
		await once(context, items, async () => {
			const { body } = await call(context, { method: 'GET', path: '/v1/alerts' });
			const alerts = body.alerts as IDataObject[];
			const onlyFiring = context.getNodeParameter('onlyFiring', 0) as boolean;
			return onlyFiring ? alerts.filter((alert) => alert.state === 'firing') : alerts;
		}),
};
