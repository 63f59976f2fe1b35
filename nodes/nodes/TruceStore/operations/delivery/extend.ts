import { filled, type Operation } from '../../operation';
import { given, numberIn, parameterPerItem } from '../../../../shared/parameters';
import { attemptProperty, deliveryIdProperty } from './properties';
import { sendResults } from './results';

export const extend: Operation = {
	name: 'Extend Lease',
	value: 'extend',
	action: 'Extend the lease of deliveries',
	description: 'Keep deliveries for longer because the writes take their time',
	properties: [
		deliveryIdProperty,
		attemptProperty,
		{
			displayName: 'Lease (Seconds)',
			name: 'leaseSeconds',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 86400 },
			default: 300,
			description: 'How long they are this workflow’s own, counted from now',
		},
	],
	execute: async (context, items) => {
		const id = parameterPerItem<string>(context, 'deliveryId');
		const attempt = parameterPerItem<string>(context, 'attempt', '');
		const seconds = parameterPerItem<number>(context, 'leaseSeconds', 300);
		return await sendResults(context, items, '/v1/deliveries/extend', (itemIndex) =>
			filled({
				id: given('Delivery ID', id(itemIndex)),
				attempt: numberIn('Attempt', attempt(itemIndex)),
				lease_ms: Math.round(seconds(itemIndex) * 1000),
			}),
		);
	},
};
