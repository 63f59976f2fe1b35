import {
	jsonParse,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

import { given, givenNumber } from '../../../../shared/parameters';
import { call, filled, forEachItem, inPath, systemProperty, type Operation } from '../../operation';
import { readButton } from './button';
import { actorProperty, exceptionIdProperty, noteProperty } from './properties';

const MOVED = 409;
const byHand = ['choose', 'value', 'action'];

export const resolve: Operation = {
	name: 'Resolve',
	value: 'resolve',
	action: 'Resolve an exception',
	description: 'Answer an open question; the writes that follow from it come out with it',
	properties: [
		{
			displayName: 'Answer With',
			name: 'answerWith',
			type: 'options',
			options: [
				{
					name: 'Action',
					value: 'action',
					description: 'One of the actions that the question names',
				},
				{
					name: 'Button of a Message',
					value: 'button',
					description:
						'What Slack or Telegram sends when a button is pressed: signed, and good once',
				},
				{ name: "System's Value", value: 'choose', description: 'The value that a system holds' },
				{ name: 'Value', value: 'value', description: 'A value of your own' },
			],
			default: 'choose',
			description: 'How the question is answered',
		},
		{
			displayName: 'Button Value',
			name: 'button',
			type: 'string',
			default: '',
			required: true,
			placeholder: '{{ $json.callback_query.data }}',
			displayOptions: { show: { answerWith: ['button'] } },
			description:
				'The value of the pressed Slack button, or the callback data of the Telegram button; workflow 4 reads both',
		},
		{ ...exceptionIdProperty, displayOptions: { show: { answerWith: byHand } } },
		{
			...systemProperty,
			displayOptions: { show: { answerWith: ['choose'] } },
		},
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			default: '',
			displayOptions: { show: { answerWith: ['value'] } },
			placeholder: '150, or for a group {"contract_value": "150", "contract_currency": "EUR"}',
			description:
				'The value that the record is to have. For a group of fields a JSON object with a value for each of them.',
		},
		{
			displayName: 'Action',
			name: 'answer',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'replay',
			displayOptions: { show: { answerWith: ['action'] } },
			description:
				'One of the actions in the question, for example keep, replay, discard, link:… or release',
		},
		{
			displayName: 'Version',
			name: 'version',
			type: 'number',
			default: 1,
			required: true,
			placeholder: '{{ $json.version }}',
			displayOptions: { show: { answerWith: byHand } },
			description:
				'The version of the question that was seen: an answer to an older one is refused',
		},
		actorProperty,
		noteProperty,
		{
			displayName: 'If It Has Moved',
			name: 'ifMoved',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'Stop with an error' },
				{
					name: 'Return the Fresh Question',
					value: 'fresh',
					description: 'The item says moved: true and carries the question as it is now',
				},
			],
			default: 'fresh',
			description:
				'What to do when the values have changed since they were shown, or somebody else answered first',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const { id, body } = answerOf(context, itemIndex);
			const returnsFresh = context.getNodeParameter('ifMoved', itemIndex) === 'fresh';
			const reply = await call(context, {
				method: 'POST',
				path: `/v1/exceptions/${inPath('Exception ID', id)}/resolve`,
				body,
				itemIndex,
				accepts: returnsFresh ? [MOVED] : [],
			});
			if (reply.status === MOVED) {
				const { detail, code, exception } = reply.body;
				return { moved: true, code, why: detail, exception };
			}
			return { moved: false, ...reply.body };
		}),
};

/** A group’s values are an object; whatever else was typed is the value itself. */
function valueIn(typed: string): IDataObject | string {
	return jsonParse<IDataObject | string>(/^\s*\{/.test(typed) ? typed : '', {
		fallbackValue: typed,
	});
}

function answerOf(
	context: IExecuteFunctions,
	itemIndex: number,
): { id: string; body: IDataObject } {
	const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
	const who = filled({ actor: read('actor'), note: read('note') });
	const answerWith = read('answerWith');
	if (answerWith === 'button') {
		const button = readButton(read('button'));
		if (!button) {
			throw new NodeOperationError(context.getNode(), 'This is no button of a Truce message', {
				description:
					'Map the value of the pressed Slack button ({{ JSON.parse($json.body.payload).actions[0].value }}) or the callback data of the Telegram button ({{ $json.callback_query.data }}).',
				itemIndex,
			});
		}
		return { id: button.id, body: { ...who, token: button.token } };
	}
	const version = givenNumber('Version', read('version'));
	const answer =
		answerWith === 'choose'
			? { choose: given('System', read('system')) }
			: answerWith === 'value'
				? { value: valueIn(read('value')) }
				: { action: given('Action', read('answer')) };
	return { id: read('exceptionId'), body: { ...who, ...answer, version } };
}
