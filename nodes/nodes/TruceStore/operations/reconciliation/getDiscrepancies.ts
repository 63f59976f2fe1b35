import type { IDataObject } from 'n8n-workflow';

import {
	filled,
	forEachItem,
	inPath,
	listProperties,
	onlySystemProperty,
	readList,
	type Operation,
} from '../../operation';
import { runIdProperty } from './properties';

export const getDiscrepancies: Operation = {
	name: 'Get Discrepancies',
	value: 'getDiscrepancies',
	action: 'Get discrepancies of a reconciliation',
	description: 'Get what a run found, one item for each difference, in order',
	properties: [
		runIdProperty,
		{
			displayName: 'Kind',
			name: 'kind',
			type: 'options',
			options: [
				{
					name: 'Ambiguous',
					value: 'ambiguous',
					description: 'A record that several others could be',
				},
				{ name: 'Any', value: '' },
				{ name: 'Different', value: 'different', description: 'A field whose values differ' },
				{
					name: 'Excluded',
					value: 'excluded',
					description: 'A field or record that was not compared',
				},
				{ name: 'Missing', value: 'missing', description: 'A record that one system lacks' },
				{
					name: 'Only in One',
					value: 'only',
					description: 'A record that no other system has',
				},
			],
			default: '',
			description: 'Only differences of this kind',
		},
		{
			displayName: 'Cause',
			name: 'cause',
			type: 'options',
			options: [
				{ name: 'Any', value: '' },
				{
					name: 'Edit Since Last Event',
					value: 'edit_since_last_event',
					description: 'Its event may still be on its way',
				},
				{
					name: 'Failed Delivery',
					value: 'failed_delivery',
					description: 'A write of Truce did not arrive or did not last',
				},
				{ name: 'Lost Event', value: 'lost_event', description: 'Truce was never told of it' },
				{ name: 'Never Linked', value: 'never_linked', description: 'Seen for the first time' },
				{
					name: 'Out of Order',
					value: 'out_of_order',
					description: 'An older event was taken for the last word',
				},
				{
					name: 'Schema Drift',
					value: 'schema_drift',
					description: 'A value or shape that the policy does not know',
				},
				{ name: 'Unknown', value: 'unknown' },
			],
			default: '',
			description: 'Only differences that came about in this way',
		},
		{
			displayName: 'Result',
			name: 'result',
			type: 'options',
			options: [
				{ name: 'Any', value: '' },
				{ name: 'Decided by a Rule', value: 'auto_resolved' },
				{ name: 'Escalated', value: 'escalated', description: 'A person is asked' },
				{ name: 'Held', value: 'held', description: 'A guard holds it back' },
				{ name: 'None', value: 'none', description: 'Nothing follows from it' },
			],
			default: '',
			description: 'Only differences of which this has become',
		},
		onlySystemProperty,
		...listProperties,
	],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const query: IDataObject = {};
			for (const name of ['kind', 'cause', 'result', 'system']) query[name] = read(name);
			return await readList(context, itemIndex, {
				path: `/v1/reconciliations/${inPath('Run ID', read('runId'))}/discrepancies`,
				member: 'discrepancies',
				query: filled(query),
			});
		}),
};
