import type { INodeProperties } from 'n8n-workflow';

import {
	sourceNotices,
	sourceOptions,
	sourcesNeedingEntity,
	sourcesWithOptionalEntity,
	sourcesWithSystem,
} from '../../shared/sources';

export const properties: INodeProperties[] = [
	{
		displayName: 'Records Come From',
		name: 'source',
		type: 'options',
		options: sourceOptions,
		default: 'record',
		noDataExpression: true,
		description: 'What hands the items to this node',
	},
	...sourceNotices,
	{
		displayName: 'System Name or ID',
		name: 'system',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getSystems' },
		default: '',
		required: true,
		displayOptions: { show: { source: sourcesWithSystem } },
		description:
			'The system of the policy that the records come from. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Entity Name or ID',
		name: 'entity',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getEntities' },
		default: '',
		required: true,
		displayOptions: { show: { source: sourcesNeedingEntity } },
		description:
			'What kind of record it is. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Entity Name or ID',
		name: 'defaultEntity',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getEntities' },
		default: '',
		displayOptions: { show: { source: sourcesWithOptionalEntity } },
		description:
			'Counts where a record does not say itself what it is. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Event Details',
		name: 'event',
		type: 'collection',
		placeholder: 'Add Detail',
		default: {},
		displayOptions: { show: { source: ['record'] } },
		options: [
			{
				displayName: 'Actor',
				name: 'actor',
				type: 'string',
				default: '',
				description: 'Who made the change, for example user:42',
			},
			{
				displayName: 'Changed Fields',
				name: 'changed',
				type: 'string',
				default: '',
				description:
					'The system’s own names of the fields that changed, separated by commas. Leave empty if it does not say.',
			},
			{
				displayName: 'Event ID',
				name: 'event_id',
				type: 'string',
				default: '',
				description: 'The system’s own ID of this event, if it has one',
			},
			{
				displayName: 'Happened At',
				name: 'occurred_at',
				type: 'string',
				default: '',
				placeholder: '2026-05-12T10:00:00.123Z',
				description: 'When it was changed, if the record does not say. Also epoch milliseconds.',
			},
			{
				displayName: 'Kind of Change',
				name: 'op',
				type: 'options',
				options: [
					{ name: 'Create or Update', value: 'upsert' },
					{ name: 'Delete', value: 'delete' },
					{ name: 'Merge', value: 'merge' },
					{ name: 'Restore', value: 'restore' },
				],
				default: 'upsert',
				description: 'What happened to the record',
			},
			{
				displayName: 'Merged Into',
				name: 'merged_into',
				type: 'string',
				default: '',
				description: 'For a merge: the ID of the record that stays',
			},
			{
				displayName: 'Record ID',
				name: 'id',
				type: 'string',
				default: '',
				description: 'Only where the policy does not say where it stands in the record',
			},
			{
				displayName: 'Version',
				name: 'version',
				type: 'string',
				default: '',
				description: 'The system’s own version or sequence: it orders changes of equal time',
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Hand Out Writes',
				name: 'handOut',
				type: 'boolean',
				default: true,
				description:
					'Whether the writes come out of this node. Off leaves them all to a workflow with Truce Trigger (Due Deliveries) or Truce Store (Delivery: Claim).',
			},
			{
				displayName: 'History Since',
				name: 'historySince',
				type: 'string',
				default: '',
				placeholder: '={{ $now.minus({ minutes: 10 }).toISO() }}',
				description:
					'How far back the property history counts that a record brings with it (HubSpot: propertiesWithHistory): a time. What was changed before is left out; a value that was written over since is told to Truce, too.',
			},
			{
				displayName: 'Lease (Seconds)',
				name: 'leaseSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 86400 },
				default: 60,
				description:
					'How long a write that came out of this node is this workflow’s own. Settle it before that.',
			},
			{
				displayName: 'Message Texts',
				name: 'messages',
				type: 'boolean',
				default: true,
				description:
					'Whether conflicts carry ready texts and buttons for Slack and Telegram (one more call for each of the first 100 conflicts)',
			},
			{
				displayName: 'Output',
				name: 'output',
				type: 'options',
				options: [
					{
						name: 'Changed Fields Only',
						value: 'changed',
						description: 'The fields to write and nothing more, which keeps saved executions small',
					},
					{
						name: 'Everything',
						value: 'everything',
						description: 'Also the whole golden record and, field by field, why it is so',
					},
				],
				default: 'changed',
				description: 'How much of the answer the items carry',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 300 },
				default: 30,
				description: 'How long to wait for Truce',
			},
		],
	},
];
