import type { IDataObject } from 'n8n-workflow';

import { call, forEachItem, inPath, type Operation } from '../../operation';
import { deliveryIdProperty } from './properties';

export const replay: Operation = {
	name: 'Replay',
	value: 'replay',
	action: 'Replay a dead delivery',
	description: 'Try a dead delivery once more, resolved against the present',
	properties: [deliveryIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('deliveryId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'POST',
				path: `/v1/deliveries/${inPath('Delivery ID', id)}/replay`,
				itemIndex,
			});
			return (body.delivery ?? body) as IDataObject;
		}),
};
