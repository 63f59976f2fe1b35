import {
	entityProperty,
	filled,
	forEachItem,
	listProperties,
	readList,
	type Operation,
} from '../../operation';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many reconciliations',
	description: 'Get runs with their reports, oldest first',
	properties: [
		{
			...entityProperty,
			required: false,
			description:
				'Only of this entity; empty for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'State',
			name: 'state',
			type: 'options',
			options: [
				{ name: 'Abandoned', value: 'abandoned' },
				{ name: 'Any', value: '' },
				{ name: 'Done', value: 'done' },
				{ name: 'Expired', value: 'expired', description: 'Never completed' },
				{ name: 'Failed', value: 'failed', description: 'The report says why' },
				{ name: 'Open', value: 'open', description: 'Takes pages' },
				{ name: 'Running', value: 'running', description: 'Compares' },
			],
			default: '',
			description: 'Only runs in this state',
		},
		...listProperties,
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			return await readList(context, itemIndex, {
				path: '/v1/reconciliations',
				member: 'reconciliations',
				query: filled({ entity: read('entity'), state: read('state') }),
			});
		}),
};
