import type { IDataObject } from 'n8n-workflow';

import { call, filled, forEachItem, type Operation } from '../../operation';

const LISTS = ['undone', 'conflicts', 'deliveries'];

export const run: Operation = {
	name: 'Run',
	value: 'run',
	action: 'Undo changes',
	description: 'Take back what changes did, where nobody has changed it since',
	properties: [
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			options: [
				{
					name: 'Apply',
					value: 'apply',
					description: 'Take it back; the writes wait in the outbox',
				},
				{ name: 'Plan', value: 'plan', description: 'Say what would go back and change nothing' },
			],
			default: 'plan',
			description: 'Whether it is done or only said',
		},
		{
			displayName: 'Changes',
			name: 'select',
			type: 'collection',
			placeholder: 'Add Condition',
			default: {},
			description: 'Which changes are meant: those that all the conditions fit, at least one',
			options: [
				{
					displayName: 'Actor',
					name: 'actor',
					type: 'string',
					default: '',
					description: 'Who did it: the person or automation that the event names, or a token',
				},
				{
					displayName: 'Batch',
					name: 'batch',
					type: 'string',
					default: '',
					description:
						'The batch as the audit trail names it: one call of Truce Resolve, or a reconciliation',
				},
				{
					displayName: 'Entity',
					name: 'entity',
					type: 'string',
					default: '',
					description: 'Only changes of records of this kind',
				},
				{
					displayName: 'Event Key',
					name: 'event_key',
					type: 'string',
					default: '',
					description: 'What this one event changed, by its event_key in the audit trail',
				},
				{
					displayName: 'Golden ID',
					name: 'golden_id',
					type: 'string',
					default: '',
					description: 'Only changes of this record, by Truce’s own ID',
				},
				{
					displayName: 'Rule',
					name: 'rule',
					type: 'string',
					default: '',
					placeholder: 'recency',
					description: 'The rule of the policy by which the new value won',
				},
				{
					displayName: 'Since',
					name: 'since',
					type: 'string',
					default: '',
					placeholder: '2026-05-12T10:00:00Z',
					description: 'From this time on',
				},
				{
					displayName: 'System',
					name: 'system',
					type: 'string',
					default: '',
					description: 'Whose events made the changes',
				},
				{
					displayName: 'Undo ID',
					name: 'undo',
					type: 'string',
					default: '',
					description: 'ID of an undo, which is then undone',
				},
				{
					displayName: 'Until',
					name: 'until',
					type: 'string',
					default: '',
					placeholder: '2026-05-12T11:00:00Z',
					description: 'Up to this time',
				},
			],
		},
		{
			displayName: 'Note',
			name: 'note',
			type: 'string',
			default: '',
			description: 'Why, for the audit trail',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '');
			const select = filled(context.getNodeParameter('select', itemIndex, {}) as IDataObject);
			if (Object.keys(select).length === 0) {
				throw new Error('Changes holds no condition: add at least one, such as Since or Batch');
			}
			const order = filled({ mode: read('mode'), select, note: read('note') } as IDataObject);
			const whole: IDataObject = {};
			for (;;) {
				const { body } = await call(context, {
					method: 'POST',
					path: '/v1/undo',
					body: order,
					itemIndex,
				});
				append(whole, body);
				if (body.next === null || body.problem !== undefined) return whole;
				order.id = body.id;
				order.after = body.next;
			}
		}),
};

function append(whole: IDataObject, page: IDataObject): void {
	const before = { ...whole };
	Object.assign(whole, page);
	if (before.records === undefined) return;
	whole.records = Number(before.records) + Number(page.records);
	for (const list of LISTS) {
		whole[list] = [...(before[list] as IDataObject[]), ...(page[list] as IDataObject[])];
	}
}
