import type { INodeProperties } from 'n8n-workflow';

export const runIdProperty: INodeProperties = {
	displayName: 'Run ID',
	name: 'runId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'r01a21f75a41f9620c0bb43d7',
	description: 'The ID of the reconciliation, as Open gave it',
};

export const systemsProperty: INodeProperties = {
	displayName: 'System Names or IDs',
	name: 'systems',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'getSystems' },
	default: [],
	required: true,
	description:
		'The systems whose records are compared. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};
