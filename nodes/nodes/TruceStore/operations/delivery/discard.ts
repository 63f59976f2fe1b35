import type { IDataObject } from 'n8n-workflow';

import { call, forEachItem, inPath, type Operation } from '../../operation';
import { deliveryIdProperty } from './properties';

export const discard: Operation = {
	name: 'Discard',
	value: 'discard',
	action: 'Discard a dead delivery',
	description: 'Give a dead delivery up for good',
	properties: [deliveryIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('deliveryId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'POST',
				path: `/v1/deliveries/${inPath('Delivery ID', id)}/discard`,
				itemIndex,
			});
			return (body.delivery ?? body) as IDataObject;
		}),
};
