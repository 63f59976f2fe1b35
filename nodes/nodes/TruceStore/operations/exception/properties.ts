import type { INodeProperties } from 'n8n-workflow';

export const exceptionIdProperty: INodeProperties = {
	displayName: 'Exception ID',
	name: 'exceptionId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'xe05f92db22834d289fe8553b',
	description: 'The ID of the open question, as Truce Resolve or Truce Trigger gave it',
};

export const actorProperty: INodeProperties = {
	displayName: 'Answered By',
	name: 'actor',
	type: 'string',
	default: '',
	placeholder: 'slack:U024BE7LH',
	description: 'Who answers; it stands in the audit trail',
};

export const noteProperty: INodeProperties = {
	displayName: 'Note',
	name: 'note',
	type: 'string',
	default: '',
	description: 'Why it was answered so; it stands in the audit trail',
};

export const categoryOptions = [
	{ name: 'Ambiguous Match', value: 'ambiguous_match' },
	{ name: 'Association', value: 'association' },
	{ name: 'Clock', value: 'clock' },
	{ name: 'Conflict', value: 'conflict' },
	{ name: 'Dead Letter', value: 'dead_letter' },
	{ name: 'Delete', value: 'delete' },
	{ name: 'Drift', value: 'drift' },
	{ name: 'Duplicate', value: 'duplicate' },
	{ name: 'Held Change', value: 'held_change' },
	{ name: 'Immutable', value: 'immutable' },
	{ name: 'Lookup', value: 'lookup' },
	{ name: 'Merge', value: 'merge' },
	{ name: 'Oscillation', value: 'oscillation' },
	{ name: 'Parked', value: 'parked' },
	{ name: 'Rejected', value: 'rejected' },
];
