import type { INodeProperties } from 'n8n-workflow';

export const deliveryIdProperty: INodeProperties = {
	displayName: 'Delivery ID',
	name: 'deliveryId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'dc8cb428bb3159f754f517ba7',
	description: 'The ID of the delivery, as Truce Resolve, Truce Trigger or Claim gave it',
};

export const attemptProperty: INodeProperties = {
	displayName: 'Attempt',
	name: 'attempt',
	type: 'string',
	default: '',
	placeholder: "{{ $('Truce Resolve').item.json.attempt }}",
	description:
		'The attempt of the delivery: with it, a result that comes too late cannot stand in for a later one',
};
