import { parameterPerItem } from '../../../../shared/parameters';
import { handsOnRecords, sourceNamed, sourceOptions } from '../../../../shared/sources';
import { systemProperty, type Operation } from '../../operation';
import { sendPages } from './pages';
import { runIdProperty } from './properties';

const recordSources = sourceOptions.filter(({ value }) =>
	handsOnRecords(sourceNamed(String(value))),
);

export const addPage: Operation = {
	name: 'Add Page',
	value: 'addPage',
	action: 'Add records to a reconciliation',
	description: 'Hand over records as a system holds them: one call for up to 1,000 items',
	properties: [
		runIdProperty,
		systemProperty,
		{
			displayName: 'Records Come From',
			name: 'source',
			type: 'options',
			options: recordSources,
			default: 'record',
			noDataExpression: true,
			description:
				'What hands the items to this node: a record each, or (not with Other) the system’s own list response with many of them',
		},
		{
			displayName: 'Read At',
			name: 'observedAt',
			type: 'string',
			default: '',
			placeholder: '2026-05-12T10:00:00.123Z',
			description:
				'When the records were asked for; of the items of one call the earliest time counts. Left empty, it is the present time. What was edited since then is not judged by them.',
		},
		{
			displayName: 'Records That Cannot Be Read',
			name: 'unreadable',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'Stop with an error, after all pages' },
				{
					name: 'Report in the Item',
					value: 'report',
					description: 'Go on; nothing of that system is then taken for deleted',
				},
			],
			default: 'report',
			description: 'What to do with records without an ID; the others are taken either way',
		},
	],
	execute: async (context, items) => {
		const run = parameterPerItem<string>(context, 'runId');
		const system = parameterPerItem<string>(context, 'system');
		const observedAt = parameterPerItem<string>(context, 'observedAt', '');
		const { preset } = sourceNamed(context.getNodeParameter('source', 0, 'record') as string);
		return await sendPages(context, items, (itemIndex) => ({
			run: String(run(itemIndex) ?? ''),
			system: system(itemIndex),
			observedAt: String(observedAt(itemIndex)),
			preset,
		}));
	},
};
