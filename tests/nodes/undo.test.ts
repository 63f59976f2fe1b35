import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { Desk } from './desk';
import { hubspotContact } from './records';
import { Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

async function firstName(goldenId: string): Promise<unknown> {
	const { lines } = await desk.store('record', 'get', {
		entity: 'contact',
		findBy: 'goldenId',
		goldenId,
	});
	return (lines[0].record as IDataObject).first_name;
}

test('a change is planned to go back, goes back, and the undo is undone', async () => {
	const first = await desk.tell('hubspot', hubspotContact('u1', { firstname: 'Rose' }));
	const wrong = await desk.tell('hubspot', hubspotContact('u1', { firstname: 'Oops' }, '2026-05-12T10:01:00.000Z'));
	const goldenId = String(first.golden_id);
	const select = { event_key: wrong.event_key };
	const plan = await desk.store('undo', 'run', { mode: 'plan', select });
	assert.deepEqual(
		(plan.lines[0].undone as IDataObject[]).map((line) => [line.field, line.from, line.to]),
		[['first_name', 'Oops', 'Rose']],
	);
	assert.equal(await firstName(goldenId), 'Oops');
	const done = await desk.store('undo', 'run', { mode: 'apply', select, note: 'wrong import' });
	assert.equal(done.lines[0].next, null);
	assert.equal(await firstName(goldenId), 'Rose');
	await desk.store('undo', 'run', { mode: 'apply', select: { undo: done.lines[0].id } });
	assert.equal(await firstName(goldenId), 'Oops');
});

test('an undo of nothing in particular is refused', async () => {
	await assert.rejects(desk.store('undo', 'run', { mode: 'apply', select: {} }));
});
