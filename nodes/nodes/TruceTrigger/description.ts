import type { INodeProperties } from 'n8n-workflow';

export const properties: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Alert Changed',
				value: 'alert',
				description: 'An alert began to fire, or is in order again',
			},
			{
				name: 'Dead Letter',
				value: 'deadLetter',
				description: 'A write was given up and waits for a person',
			},
			{
				name: 'Due Deliveries',
				value: 'dueDeliveries',
				description: 'Writes are due: retries, and what could not be handed out at once',
			},
			{
				name: 'Exception Overdue',
				value: 'overdue',
				description: 'A question has waited longer than the policy allows',
			},
			{
				name: 'New Exception',
				value: 'newException',
				description: 'A conflict or another question waits for a person',
			},
		],
		default: 'newException',
		description: 'What starts the workflow',
	},
	{
		displayName:
			'Each delivery is leased to this workflow: end the workflow with Truce Store (Delivery: Settle). What is not settled comes again when its lease runs out.',
		name: 'settleNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { event: ['dueDeliveries'] } },
	},
	{
		displayName: 'System Name or ID',
		name: 'system',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getSystems' },
		default: '',
		displayOptions: { show: { event: ['dueDeliveries'] } },
		description:
			'Only writes to this system; empty for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Categories',
		name: 'categories',
		type: 'multiOptions',
		options: [
			{ name: 'Ambiguous Match', value: 'ambiguous_match' },
			{ name: 'Association', value: 'association' },
			{ name: 'Clock', value: 'clock' },
			{ name: 'Conflict', value: 'conflict' },
			{ name: 'Dead Letter', value: 'dead_letter' },
			{ name: 'Delete', value: 'delete' },
			{ name: 'Drift', value: 'drift' },
			{ name: 'Duplicate', value: 'duplicate' },
			{ name: 'Held Change', value: 'held_change' },
			{ name: 'Immutable', value: 'immutable' },
			{ name: 'Lookup', value: 'lookup' },
			{ name: 'Merge', value: 'merge' },
			{ name: 'Oscillation', value: 'oscillation' },
			{ name: 'Parked', value: 'parked' },
			{ name: 'Rejected', value: 'rejected' },
		],
		default: [],
		displayOptions: { show: { event: ['newException', 'overdue'] } },
		description: 'Only questions of these kinds; empty for all of them',
	},
	{
		displayName: 'Start With',
		name: 'startWith',
		type: 'options',
		options: [
			{
				name: 'What Happens From Now On',
				value: 'now',
				description: 'Leave out what happened before the workflow was first activated',
			},
			{
				name: 'Everything That Truce Remembers',
				value: 'beginning',
				description: 'Also what happened before, as far as it still waits',
			},
		],
		default: 'now',
		displayOptions: { hide: { event: ['dueDeliveries'] } },
		description: 'Where the first run begins; later runs go on where the one before ended',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Also When Values Change',
				name: 'alsoMoved',
				type: 'boolean',
				default: false,
				description:
					'Whether to start again when the values of an open question change (New Exception only)',
			},
			{
				displayName: 'If the Workflow Fails',
				name: 'onFailure',
				type: 'options',
				options: [
					{ name: 'Go On', value: 'goOn', description: 'Take the next ones' },
					{
						name: 'Try Again',
						value: 'repeat',
						description: 'Hand the same ones over again with growing pauses, five times in all',
					},
					{
						name: 'Try Again Until It Succeeds',
						value: 'untilItSucceeds',
						description:
							'Hand the same ones over again at least every minute; the next ones wait for them',
					},
				],
				default: 'repeat',
				description: 'What happens to items whose workflow ended with an error',
			},
			{
				displayName: 'In Groups Of',
				name: 'group',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 1000 },
				default: 0,
				description:
					'With a number, deliveries of one system, entity and kind come in one item, at most so many, for the system’s bulk calls; 0 is one item for each (Due Deliveries only)',
			},
			{
				displayName: 'Lease (Seconds)',
				name: 'leaseSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 86400 },
				default: 300,
				description: 'How long due deliveries are this workflow’s own (Due Deliveries only)',
			},
			{
				displayName: 'Max Items',
				name: 'maxItems',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 1000 },
				default: 100,
				description:
					'How many items one run of the workflow gets at most; deliveries count one by one, also in groups',
			},
			{
				displayName: 'Poll Every (Seconds)',
				name: 'pollSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 3600 },
				default: 5,
				description: 'How often to ask Truce',
			},
			{
				displayName: 'Position Name',
				name: 'positionName',
				type: 'string',
				default: '',
				placeholder: 'n8n-conflict-alerts',
				description:
					'The cursor in Truce that keeps the position. Empty makes one of the workflow’s and the node’s ID. Give it a name to keep the position when the workflow is imported again.',
			},
		],
	},
];
