import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { properties } from '../../nodes/nodes/TruceTrigger/description';
import { Desk } from './desk';
import { evaluate, parameterOf } from './expressions';
import { hubspotContact } from './records';
import { Sidecar } from './sidecar';

// Who is told of which question: workflows 3 and 11.

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

test('workflow 3 tells of every kind of question but of dead letters, which workflow 5 shows', () => {
	const known = properties.find(({ name }) => name === 'categories');
	const all = (known?.options as Array<{ value: string }>).map(({ value }) => value);
	for (const trigger of ['New Question for Slack', 'New Question for Telegram']) {
		assert.deepEqual(
			parameterOf('3-conflict-alerts.json', trigger, 'categories'),
			all.filter((category) => category !== 'dead_letter'),
		);
	}
	assert.equal(parameterOf('5-dead-letters.json', 'Given Up', 'category'), 'dead_letter');
});

const REVIEW = '11-monthly-schema-review.json';

function reviewOf(discrepancies: IDataObject[], questions: IDataObject[]): string {
	const rows: { [node: string]: IDataObject[] } = {
		'Schema Drift': discrepancies,
		'Open Drift Questions': questions,
	};
	const $ = (name: string) => ({ all: () => rows[name].map((json) => ({ json })) });
	const [lines] = parameterOf(REVIEW, 'What Drifted', 'assignments.assignments') as IDataObject[];
	const json = { lines: evaluate(lines.value, {}, { $ }) as IDataObject[] };
	return String(evaluate(parameterOf(REVIEW, 'Tell Slack', 'text'), json));
}

test('workflow 11 says of a field that changed its shape what to put into the policy', async () => {
	for (let index = 0; index < 12; index++) {
		const firstname = { text: `Rose ${index}` };
		await desk.tell('hubspot', hubspotContact(`shape${index}`, { firstname }));
	}
	const { exceptions } = await desk.sidecar.ask('/v1/exceptions?category=drift');
	const [question] = exceptions.filter((one: IDataObject) => one.field === 'first_name');
	assert.ok(question, JSON.stringify(exceptions));
	const text = reviewOf([], [question]);
	assert.ok(
		text.includes(`• hubspot: ${question.detail.message}; ${question.detail.mend}\n`),
		text,
	);
	assert.doesNotMatch(text, /null|undefined|records: /);
});

test('workflow 11 counts the records of an option that the policy does not know', () => {
	const why = 'stage: "evangelist" is an option that the policy does not know';
	const rows = ['151', '152', '151'].map((record_id) => ({ system: 'hubspot', record_id, why }));
	assert.ok(
		reviewOf(rows, [{}]).includes(`• hubspot: ${why} (records: 2, for example hubspot 151)\n`),
	);
});
