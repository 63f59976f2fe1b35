import type { IDataObject } from 'n8n-workflow';

import { call, filled, once, onlySystemProperty, type Operation } from '../../operation';

export const claim: Operation = {
	name: 'Claim',
	value: 'claim',
	action: 'Claim deliveries that are due',
	description: 'Take deliveries that are due: nobody else is handed them while the lease runs',
	properties: [
		onlySystemProperty,
		{
			displayName: 'Max Deliveries',
			name: 'maxDeliveries',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1000 },
			default: 100,
			description: 'How many deliveries to take at most',
		},
		{
			displayName: 'Lease (Seconds)',
			name: 'leaseSeconds',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 86400 },
			default: 300,
			description: 'How long they are this workflow’s own. Settle them before that.',
		},
		{
			displayName: 'In Groups',
			name: 'inGroups',
			type: 'boolean',
			default: false,
			description:
				'Whether to put deliveries of one system, entity and kind into one item, for the system’s bulk calls',
		},
		{
			displayName: 'Max per Group',
			name: 'group',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 1000 },
			default: 100,
			displayOptions: { show: { inGroups: [true] } },
			description: 'How many deliveries one item holds at most',
		},
	],
	execute: async (context, items) =>
		await once(context, items, async () => {
			const read = (name: string) => context.getNodeParameter(name, 0, '');
			const inGroups = read('inGroups') as boolean;
			const { body } = await call(context, {
				method: 'POST',
				path: '/v1/deliveries/claim',
				body: filled({
					system: read('system'),
					limit: read('maxDeliveries'),
					lease_ms: Math.round(Number(read('leaseSeconds')) * 1000),
					group: inGroups ? read('group') : undefined,
				} as IDataObject),
			});
			return (inGroups ? body.groups : body.deliveries) as IDataObject[];
		}),
};
