import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject, NodeOperationError } from 'n8n-workflow';

import { Desk } from './desk';
import { hubspotContact } from './records';
import { Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

test('a golden record is found by both IDs, explained and told in its history', async () => {
	const outcome = await desk.tell('hubspot', hubspotContact('r1', { firstname: 'Rose' }));
	const goldenId = String(outcome.golden_id);
	const byGolden = await desk.store('record', 'get', {
		entity: 'contact',
		findBy: 'goldenId',
		goldenId,
	});
	const bySystem = await desk.store('record', 'get', {
		entity: 'contact',
		findBy: 'systemId',
		system: 'hubspot',
		recordId: 'r1',
	});
	assert.equal((byGolden.lines[0].record as IDataObject).first_name, 'Rose');
	assert.equal(bySystem.lines[0].golden_id, goldenId);
	const then = await desk.store('record', 'get', {
		entity: 'contact',
		findBy: 'goldenId',
		goldenId,
		at: new Date(Date.now() + 1000).toISOString(),
	});
	assert.equal(then.lines[0].golden_id, goldenId);
	const why = await desk.store('record', 'explain', {
		entity: 'contact',
		goldenId,
		field: 'first_name',
	});
	assert.deepEqual(
		why.lines.map((line) => line.field),
		['first_name'],
	);
	assert.match(String(why.lines[0].why), /hubspot/);
	const history = await desk.store('record', 'history', { entity: 'contact', goldenId });
	assert.ok(history.lines.some((line) => line.field === 'first_name' && line.system === 'hubspot'));
	const links = await desk.store('link', 'getAll', {
		entity: 'contact',
		system: 'hubspot',
		recordId: 'r1',
	});
	assert.deepEqual(
		links.lines.map((line) => [line.system, line.id]),
		[['hubspot', 'r1']],
	);
});

test('a record that is not there is an error with its item, or an item with Continue on', async () => {
	const wanted = {
		entity: 'contact',
		findBy: 'systemId',
		system: 'hubspot',
		recordId: '={{ $json.id }}',
	};
	await desk.tell('hubspot', hubspotContact('there', {}));
	const items = [{ id: 'there' }, { id: 'missing' }];
	await assert.rejects(
		desk.store('record', 'get', wanted, items),
		(error: { context: IDataObject }) => {
			assert.equal(error.context.itemIndex, 1);
			return true;
		},
	);
	const { output } = await desk.store('record', 'get', wanted, items, { continueOnFail: true });
	assert.ok(output[0].json.golden_id);
	assert.ok(output[1].json.error);
	assert.deepEqual(output[1].pairedItem, { item: 1 });
});

test('a cursor is saved, read, and only moved by who read it', async () => {
	const name = 'pages';
	const empty = await desk.store('cursor', 'get', { name });
	assert.deepEqual(empty.lines[0], { name, value: null, version: 0 });
	const saved = await desk.store('cursor', 'save', {
		name,
		value: 'p1',
		onlyIf: 'version',
		version: 0,
		ifMoved: 'fail',
	});
	assert.equal(saved.lines[0].version, 1);
	await assert.rejects(
		desk.store('cursor', 'save', {
			name,
			value: 'p2',
			onlyIf: 'version',
			version: 0,
			ifMoved: 'fail',
		}),
	);
	const moved = await desk.store('cursor', 'save', { name, value: 'p2', onlyIf: 'always' });
	assert.equal(moved.lines[0].version, 2);
	assert.equal((await desk.store('cursor', 'get', { name })).lines[0].value, 'p2');
});

test('of many that save a new cursor one goes on', async () => {
	const claim = async () =>
		(
			await desk.store('cursor', 'save', {
				name: 'told-x1',
				value: 'now',
				onlyIf: 'new',
				ifMoved: 'leaveOut',
			})
		).output.length;
	const went = await Promise.all(Array.from({ length: 10 }, claim));
	assert.equal(
		went.reduce((sum, one) => sum + one, 0),
		1,
	);
});

test('the audit trail is listed page after page, verified and vouched for', async () => {
	for (const id of ['a1', 'a2', 'a3']) await desk.tell('hubspot', hubspotContact(id, {}));
	const all = await desk.store('audit', 'getAll', { returnAll: true });
	const { last_sequence } = await desk.sidecar.ask('/v1/audit/verify');
	assert.equal(all.lines.length, last_sequence);
	const few = await desk.store('audit', 'getAll', {
		returnAll: false,
		limit: 3,
		filters: { after: 2 },
	});
	assert.deepEqual(
		few.lines.map((line) => line.seq),
		[3, 4, 5],
	);
	const verified = await desk.store('audit', 'verify');
	assert.equal(verified.lines[0].ok, true);
	const checkpoint = await desk.store('audit', 'checkpoint');
	assert.ok(checkpoint.lines[0].signature);
});

test('statistics and alerts are read', async () => {
	await desk.tell('hubspot', hubspotContact('st1', {}));
	const from = new Date(Date.now() - 86_400_000).toISOString();
	const stats = await desk.store('statistics', 'get', {
		from,
		to: '',
		entity: 'contact',
		system: 'hubspot',
	});
	const events = (stats.lines[0].fast_loop as IDataObject).events as { hubspot: IDataObject };
	assert.ok(Number(events.hubspot.applied) > 0);
	let alerts = await desk.store('alert', 'getAll', { onlyFiring: false });
	// They are judged for the first time some seconds after the start.
	for (let tries = 0; tries < 150 && alerts.lines.length === 0; tries++) {
		await new Promise((done) => setTimeout(done, 100));
		alerts = await desk.store('alert', 'getAll', { onlyFiring: false });
	}
	assert.ok(alerts.lines.some((line) => line.alert === 'queue_depth'));
	const firing = await desk.store('alert', 'getAll', { onlyFiring: true });
	assert.ok(firing.lines.every((line) => line.state === 'firing'));
});

test('what is no time and no number is named with the field that holds it', async () => {
	const wrong: Array<[string, string, IDataObject, RegExp]> = [
		['statistics', 'get', { from: 'last week' }, /From is no time: last week.*2026-05-12T/],
		[
			'record',
			'get',
			{ findBy: 'goldenId', entity: 'contact', goldenId: 'g1', at: '7 May, noon' },
			/As It Was At is no time/,
		],
		[
			'delivery',
			'settle',
			{ deliveryId: 'd1', attempt: 'first', status: 'gone' },
			/Attempt is no whole number: first/,
		],
	];
	for (const [resource, operation, parameters, message] of wrong) {
		await assert.rejects(desk.store(resource, operation, parameters), message);
	}
});

test('a field that is empty is named, with its item, before any call', async () => {
	const byId = { findBy: 'goldenId', entity: 'contact' };
	const bySystem = { findBy: 'systemId', entity: 'contact', recordId: 'h1' };
	const answer = { exceptionId: 'x1', version: 1, ifMoved: 'fresh' };
	const empties: Array<[string, string, IDataObject, RegExp]> = [
		['exception', 'get', { exceptionId: '={{ $json.id }}' }, /Exception ID is empty/],
		['exception', 'claim', { exceptionId: '={{ $json.id }}' }, /Exception ID is empty/],
		['delivery', 'replay', { deliveryId: '={{ $json.id }}' }, /Delivery ID is empty/],
		['delivery', 'discard', { deliveryId: '={{ $json.id }}' }, /Delivery ID is empty/],
		['record', 'get', { ...byId, goldenId: '={{ $json.id }}' }, /Golden ID is empty/],
		['record', 'explain', { ...byId, goldenId: '={{ $json.id }}' }, /Golden ID is empty/],
		['record', 'history', { ...byId, goldenId: '={{ $json.id }}' }, /Golden ID is empty/],
		[
			'link',
			'getAll',
			{ ...byId, system: 'hubspot', recordId: '={{ $json.id }}' },
			/Record ID is empty/,
		],
		['reconciliation', 'get', { runId: '={{ $json.id }}' }, /Run ID is empty/],
		['migration', 'get', { migrationId: '={{ $json.id }}' }, /Migration ID is empty/],
		['cursor', 'get', { name: '={{ $json.id }}' }, /Name is empty/],
		[
			'cursor',
			'save',
			{ name: 'c', value: '1', onlyIf: 'version', version: '={{ $json.id }}' },
			/Version is empty/,
		],
		['record', 'get', { ...bySystem, system: '={{ $json.id }}' }, /System is empty/],
		['link', 'getAll', { ...bySystem, system: '={{ $json.id }}' }, /System is empty/],
		[
			'exception',
			'resolve',
			{ ...answer, answerWith: 'choose', system: '={{ $json.id }}' },
			/System is empty/,
		],
		[
			'exception',
			'resolve',
			{ ...answer, answerWith: 'action', answer: '={{ $json.id }}' },
			/Action is empty/,
		],
		[
			'exception',
			'resolve',
			{ ...answer, answerWith: 'value', value: '1', version: '={{ $json.id }}' },
			/Version is empty/,
		],
		['undo', 'run', { select: { since: '={{ $json.id }}' } }, /Changes holds no condition/],
	];
	for (const [resource, operation, parameters, message] of empties) {
		for (const item of [{ id: '' }, {}]) {
			await assert.rejects(
				desk.store(resource, operation, parameters, [item]),
				(error: NodeOperationError) => {
					assert.match(error.message, message);
					assert.equal(error.context.itemIndex, 0);
					return true;
				},
			);
		}
	}
});
