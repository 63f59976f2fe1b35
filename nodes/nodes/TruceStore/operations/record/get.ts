import { given, timeIn } from '../../../../shared/parameters';
import {
	call,
	entityProperty,
	filled,
	forEachItem,
	goldenIdProperty,
	inPath,
	systemProperty,
	type Operation,
} from '../../operation';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get a golden record',
	description: 'Get the golden record, its links and where each value comes from',
	properties: [
		entityProperty,
		{
			displayName: 'Find By',
			name: 'findBy',
			type: 'options',
			options: [
				{ name: 'Golden ID', value: 'goldenId' },
				{ name: "System's Own ID", value: 'systemId' },
			],
			default: 'goldenId',
			description: 'Which ID is known',
		},
		{ ...goldenIdProperty, displayOptions: { show: { findBy: ['goldenId'] } } },
		{
			displayName: 'As It Was At',
			name: 'at',
			type: 'dateTime',
			default: '',
			displayOptions: { show: { findBy: ['goldenId'] } },
			description:
				'Get the record as it was at this time; leave it empty to get the record as it is',
		},
		{ ...systemProperty, displayOptions: { show: { findBy: ['systemId'] } } },
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { findBy: ['systemId'] } },
			description: 'The ID that the record has in that system',
		},
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const base = `/v1/records/${inPath('Entity', read('entity'))}`;
			const byGoldenId = read('findBy') === 'goldenId';
			const { body } = await call(context, {
				method: 'GET',
				path: byGoldenId ? `${base}/${inPath('Golden ID', read('goldenId'))}` : base,
				query: byGoldenId
					? filled({ at: timeIn('As It Was At', read('at')) })
					: { system: given('System', read('system')), id: given('Record ID', read('recordId')) },
				itemIndex,
			});
			return body;
		}),
};
