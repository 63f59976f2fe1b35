import type { IDataObject } from 'n8n-workflow';

import { namesIn } from '../../../../shared/parameters';
import { call, entityProperty, filled, forEachItem, type Operation } from '../../operation';
import { systemsProperty } from './properties';

export const open: Operation = {
	name: 'Open',
	value: 'open',
	action: 'Open a reconciliation',
	description: 'Begin to compare what whole systems hold; Add Page and Complete follow',
	properties: [
		entityProperty,
		systemsProperty,
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			options: [
				{
					name: 'Apply',
					value: 'apply',
					description: 'Decide what differs by the policy and plan the writes that mend it',
				},
				{
					name: 'Link',
					value: 'link',
					description: 'Link records and take what they say, and write nothing',
				},
				{ name: 'Plan', value: 'plan', description: 'Say what would happen and change nothing' },
			],
			default: 'apply',
			description: 'What becomes of the differences',
		},
		{
			displayName: 'Limit New Records',
			name: 'limitCreates',
			type: 'boolean',
			default: false,
			description: 'Whether no more than a number of new records may be written to the systems',
		},
		{
			displayName: 'Max New Records',
			name: 'maxCreates',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 100,
			displayOptions: { show: { limitCreates: [true] } },
			description: 'How many new records are written at most; the report counts those withheld',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '');
			const { body } = await call(context, {
				method: 'POST',
				path: '/v1/reconciliations',
				body: filled({
					entity: read('entity'),
					systems: namesIn(read('systems')),
					mode: read('mode'),
					max_creates: read('limitCreates') === true ? Number(read('maxCreates')) : undefined,
				} as IDataObject),
				itemIndex,
			});
			return body;
		}),
};
