import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { given, namesIn, numberIn, parametersPerItem } from '../../../../shared/parameters';
import { filled, type Operation } from '../../operation';
import { attemptProperty, deliveryIdProperty } from './properties';
import { readAnswer } from './readAnswer';
import { sendResults } from './results';

const showFor = (...status: string[]) => ({ show: { status } });

export const settle: Operation = {
	name: 'Settle',
	value: 'settle',
	action: 'Settle deliveries',
	description: 'Say what became of writes: one call for all items',
	properties: [
		deliveryIdProperty,
		attemptProperty,
		{
			displayName: 'Result',
			name: 'status',
			type: 'options',
			options: [
				{
					name: 'Absent',
					value: 'absent',
					description: 'A lookup found no such record. If it was to be created, it is created now.',
				},
				{
					name: 'Delivered',
					value: 'delivered',
					description: 'The system took the write',
				},
				{
					name: 'Exists Already',
					value: 'exists',
					description: 'The system refused a create because another record has the key',
				},
				{
					name: 'Failed',
					value: 'failed',
					description: 'The system refused the write or was not in order',
				},
				{
					name: 'Found',
					value: 'found',
					description: 'A lookup found the record',
				},
				{
					name: 'From the Answer in the Item',
					value: 'answer',
					description:
						'Read it from what an HTTP Request node or a CRM node with “Continue” on handed over: status, error and record ID',
				},
				{
					name: 'Gone',
					value: 'gone',
					description: 'The system no longer has the record',
				},
				{
					name: 'Unknown',
					value: 'unknown',
					description: 'It was sent and no answer came: Truce asks for a lookup first',
				},
			],
			default: 'answer',
			description: 'What became of the write',
		},
		{
			displayName: 'Kind of Write',
			name: 'op',
			type: 'string',
			default: '',
			required: true,
			placeholder: "{{ $('Truce Resolve').item.json.op }}",
			displayOptions: showFor('answer'),
			description:
				'The op of the delivery (create, update, delete or lookup): the same answer means another thing for each',
		},
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			default: '',
			displayOptions: showFor('answer', 'delivered', 'exists', 'found'),
			description:
				'The ID that the system gave a new record. With the answer in the item, leave it empty to take it from there.',
		},
		{
			displayName: 'Stored Record',
			name: 'record',
			type: 'json',
			default: '',
			displayOptions: showFor('delivered', 'found'),
			description:
				'What the system says that it stored, if it says so: it saves a second write where somebody edits at the same moment',
		},
		{
			displayName: 'Kind of Failure',
			name: 'errorClass',
			type: 'options',
			options: [
				{ name: 'Permanent', value: 'permanent', description: 'Trying again will not help' },
				{ name: 'Transient', value: 'transient', description: 'Truce tries again later' },
			],
			default: 'transient',
			displayOptions: showFor('failed'),
			description: 'Whether trying again can help',
		},
		{
			displayName: 'Error Message',
			name: 'errorMessage',
			type: 'string',
			default: '',
			displayOptions: showFor('failed'),
			description: 'What the system said, for the person who looks at it',
		},
		{
			displayName: 'Retry After (Seconds)',
			name: 'retryAfterSeconds',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			displayOptions: showFor('failed'),
			description: 'How long the system asks to wait, if it says so',
		},
		{
			displayName: 'Refused Fields',
			name: 'refusedFields',
			type: 'string',
			default: '',
			displayOptions: showFor('failed'),
			description:
				'For a permanent failure: the fields that the system refused, separated by commas. The others are sent without them.',
		},
		{
			displayName: 'Results That Come Too Late',
			name: 'lateResults',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'Stop with an error' },
				{
					name: 'Report in the Item',
					value: 'report',
					description: 'The lease had gone to somebody else, whose result counts',
				},
			],
			default: 'report',
			description: 'What to do when the lease ran out before the result came',
		},
	],
	execute: async (context, items) => {
		const parameter = parametersPerItem(context);
		return await sendResults(context, items, '/v1/deliveries/settle', (itemIndex) => {
			const read = (name: string) => parameter(name, itemIndex);
			return {
				...filled({
					id: given('Delivery ID', read('deliveryId')),
					attempt: numberIn('Attempt', read('attempt')),
				}),
				...resultOf(context, read, items[itemIndex].json),
			};
		});
	},
};

function resultOf(
	context: IExecuteFunctions,
	read: (name: string) => string,
	item: IDataObject,
): IDataObject {
	const status = read('status');
	if (status === 'answer') {
		return filled(
			readAnswer(item, {
				op: read('op'),
				recordId: String(read('recordId')),
				attempt: Number(read('attempt')),
			}),
		);
	}
	if (status === 'failed') return { status, error: errorOf(read) };
	const takesId = ['delivered', 'exists', 'found'].includes(status);
	const record = ['delivered', 'found'].includes(status) ? read('record') : '';
	return filled({
		status,
		record_id: takesId ? read('recordId') : undefined,
		record: typeof record === 'string' && record !== '' ? parsed(context, record) : record,
	});
}

function parsed(context: IExecuteFunctions, record: string): IDataObject {
	try {
		return JSON.parse(record);
	} catch (error) {
		const message = `Stored Record is no JSON: ${(error as Error).message}`;
		throw new NodeOperationError(context.getNode(), message);
	}
}

function errorOf(read: (name: string) => string): IDataObject {
	const fields = namesIn(read('refusedFields'));
	return filled({
		class: read('errorClass'),
		message: read('errorMessage'),
		retry_after_s: Number(read('retryAfterSeconds')) || undefined,
		fields: fields.length > 0 ? fields : undefined,
	});
}
