import { filled, forEachItem, listProperties, readList, type Operation } from '../../operation';
import { categoryOptions } from './properties';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many exceptions',
	description: 'Get the questions that wait for a person, oldest first',
	properties: [
		{
			displayName: 'State',
			name: 'state',
			type: 'options',
			options: [
				{ name: 'Any', value: '' },
				{ name: 'Claimed', value: 'claimed' },
				{ name: 'Dismissed', value: 'dismissed' },
				{ name: 'Open', value: 'open' },
				{ name: 'Open or Claimed', value: 'unanswered' },
				{ name: 'Resolved', value: 'resolved' },
			],
			default: 'unanswered',
			description: 'Only questions in this state',
		},
		{
			displayName: 'Category',
			name: 'category',
			type: 'options',
			options: [{ name: 'Any', value: '' }, ...categoryOptions],
			default: '',
			description: 'Only questions of this kind',
		},
		...listProperties,
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			return await readList(context, itemIndex, {
				path: '/v1/exceptions',
				member: 'exceptions',
				query: filled({ state: read('state'), category: read('category') }),
			});
		}),
};
