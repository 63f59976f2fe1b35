import type { IDataObject } from 'n8n-workflow';

import { givenNumber } from '../../../../shared/parameters';
import { call, forEachItem, inPath, type Operation } from '../../operation';
import { nameProperty } from './properties';

const VERSION_MOVED = 409;

export const save: Operation = {
	name: 'Save',
	value: 'save',
	action: 'Save a cursor',
	description: 'Save a position, only if nobody else moved it where that matters',
	properties: [
		nameProperty,
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			default: '',
			required: true,
			description: 'Where the next run goes on: a time, a page or a number',
		},
		{
			displayName: 'Only If',
			name: 'onlyIf',
			type: 'options',
			options: [
				{
					name: 'It Is New',
					value: 'new',
					description: 'Nobody saved it before: of many that try, one succeeds',
				},
				{
					name: 'It Is at the Version That Was Read',
					value: 'version',
					description: 'Nobody moved it since it was read',
				},
				{ name: 'Always', value: 'always', description: 'Whatever stands there' },
			],
			default: 'always',
			description: 'When to save it',
		},
		{
			displayName: 'Version',
			name: 'version',
			type: 'number',
			default: 0,
			displayOptions: { show: { onlyIf: ['version'] } },
			description: 'The version that Get gave',
		},
		{
			displayName: 'If It Has Moved',
			name: 'ifMoved',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'Stop with an error' },
				{
					name: 'Leave the Item Out',
					value: 'leaveOut',
					description: 'Go on with the other items',
				},
			],
			default: 'fail',
			displayOptions: { hide: { onlyIf: ['always'] } },
			description: 'What to do when somebody else was first',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const onlyIf = read('onlyIf');
			const body: IDataObject = {
				value: context.getNodeParameter('value', itemIndex) as IDataObject,
			};
			if (onlyIf === 'new') body.if_match = 0;
			if (onlyIf === 'version') body.if_match = givenNumber('Version', read('version'));
			const leavesOut = onlyIf !== 'always' && read('ifMoved') === 'leaveOut';
			const reply = await call(context, {
				method: 'PUT',
				path: `/v1/cursors/${inPath('Name', read('name'))}`,
				body,
				itemIndex,
				accepts: leavesOut ? [VERSION_MOVED] : [],
			});
			return reply.status === VERSION_MOVED ? [] : reply.body;
		}),
};
