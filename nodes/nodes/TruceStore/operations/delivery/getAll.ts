import {
	filled,
	forEachItem,
	listProperties,
	onlySystemProperty,
	readList,
	type Operation,
} from '../../operation';

export const getAll: Operation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many deliveries',
	description: 'Look at the outbox and its dead letters without taking anything',
	properties: [
		{
			displayName: 'State',
			name: 'state',
			type: 'options',
			options: [
				{ name: 'Any', value: '' },
				{ name: 'Dead', value: 'dead', description: 'Given up: waits for a person' },
				{ name: 'Delivered', value: 'delivered' },
				{ name: 'Discarded', value: 'discarded' },
				{ name: 'Leased', value: 'leased', description: 'In work' },
				{ name: 'Pending', value: 'pending', description: 'Due now' },
				{ name: 'Verifying', value: 'verifying', description: 'Nobody knows whether it arrived' },
				{ name: 'Waiting', value: 'waiting', description: 'Waits for its retry time' },
				{ name: 'Withdrawn', value: 'withdrawn', description: 'No longer needed' },
			],
			default: '',
			description: 'Only deliveries in this state',
		},
		onlySystemProperty,
		...listProperties,
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			return await readList(context, itemIndex, {
				path: '/v1/deliveries',
				member: 'deliveries',
				query: filled({ state: read('state'), system: read('system') }),
			});
		}),
};
