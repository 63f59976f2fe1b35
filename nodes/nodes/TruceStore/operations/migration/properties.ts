import type { INodeProperties } from 'n8n-workflow';

export const migrationIdProperty: INodeProperties = {
	displayName: 'Migration ID',
	name: 'migrationId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'm01a21f75a41f9620c0bb43d7',
	description: 'The ID of the migration, as Apply gave it',
};

export const policyProperty: INodeProperties = {
	displayName: 'Policy',
	name: 'policy',
	type: 'json',
	typeOptions: { rows: 10 },
	default: '',
	required: true,
	description:
		'The policy to come, as its file has it; a field may say in “was” what it was called before',
};

export const waitProperty: INodeProperties = {
	displayName: 'Wait (Seconds)',
	name: 'waitSeconds',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 86400 },
	default: 300,
	description:
		'How long to wait for the end. After that the item says how far it is, and Get gives the rest later.',
};
