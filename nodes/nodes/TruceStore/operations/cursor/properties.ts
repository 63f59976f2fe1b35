import type { INodeProperties } from 'n8n-workflow';

export const nameProperty: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'hubspot-contacts',
	description: 'The name under which the position is saved',
};
