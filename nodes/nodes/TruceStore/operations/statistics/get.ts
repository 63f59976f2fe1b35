import { timeIn } from '../../../../shared/parameters';
import {
	call,
	filled,
	once,
	onlySystemProperty,
	entityProperty,
	type Operation,
} from '../../operation';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get statistics',
	description:
		'Get the five numbers: fast loop, slow loop, resolved by rule, escalated, time to resolution',
	properties: [
		{
			displayName: 'From',
			name: 'from',
			type: 'dateTime',
			default: '',
			description: 'Not before this time, in UTC if it has no zone; empty for the beginning',
		},
		{
			displayName: 'To',
			name: 'to',
			type: 'dateTime',
			default: '',
			description: 'Before this time; leave it empty for everything up to the present',
		},
		{ ...entityProperty, required: false },
		onlySystemProperty,
	],
	execute: async (context, items) =>
		await once(context, items, async () => {
			const read = (name: string) => context.getNodeParameter(name, 0, '') as string;
			const query = filled({
				from: timeIn('From', read('from')),
				to: timeIn('To', read('to')),
				entity: read('entity'),
				system: read('system'),
			});
			const { body } = await call(context, { method: 'GET', path: '/v1/stats', query });
			return body;
		}),
};
