import type { INodeProperties } from 'n8n-workflow';

export const INPUTS_MAX = 4;

const systemProperty = (input: number): INodeProperties => ({
	displayName: `System Name or ID of Input ${input}`,
	name: `system${input}`,
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getSystems' },
	default: '',
	required: true,
	displayOptions: {
		show: {
			numberInputs: Array.from({ length: INPUTS_MAX - 1 }, (_, index) => index + 2).filter(
				(count) => count >= input,
			),
		},
	},
	description:
		'The system that the records of this input come from. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
});

export const properties: INodeProperties[] = [
	{
		displayName:
			'Nothing is kept: the records are matched and merged by the policy, and the answer depends on them alone',
		name: 'statelessNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Entity Name or ID',
		name: 'entity',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getEntities' },
		default: '',
		required: true,
		noDataExpression: true,
		description:
			'What kind of records they are. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Number of Inputs',
		name: 'numberInputs',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: '2', value: 2 },
			{ name: '3', value: 3 },
			{ name: '4', value: 4 },
		],
		default: 2,
		description: 'How many systems are merged',
	},
	...Array.from({ length: INPUTS_MAX }, (_, index) => systemProperty(index + 1)),
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Changed Fields Only',
				value: 'changed',
				description:
					'Only records and fields in which the systems differ, which keeps saved executions small',
			},
			{
				name: 'Everything',
				value: 'everything',
				description: 'Also every value that lost and why, and the records as they were read',
			},
			{
				name: 'Merged Record',
				value: 'merged',
				description: 'The merged fields, and for each the system that won and the rule',
			},
		],
		default: 'merged',
		description: 'How much of the answer the items carry',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 300 },
				default: 60,
				description: 'How long to wait for Truce',
			},
		],
	},
];
