import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject, IPairedItemData, NodeApiError } from 'n8n-workflow';

import { TruceResolve } from '../../nodes/nodes/TruceResolve/TruceResolve.node';
import { contextOf, type Setting } from './context';
import { conflictPair, hubspotContact, salesforceContact } from './records';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

async function resolve(parameters: IDataObject, items: IDataObject[], rest: Partial<Setting> = {}) {
	const { context, traffic } = contextOf('truceResolve', {
		credentials: sidecar.credentials,
		parameters,
		inputs: [items],
		...rest,
	});
	const outputs = await new TruceResolve().execute.call(context);
	const [write, noChange, conflict, rejected, incomplete] = outputs;
	return { write, noChange, conflict, rejected, incomplete, traffic };
}

const older = '2026-05-12T10:00:00.000Z';
const fromHubspot = { source: 'record', system: 'hubspot', entity: 'contact' };
const fromSalesforce = { source: 'salesforceNode', system: 'salesforce' };

test('a new contact becomes a write to the other system, traced to its item', async () => {
	const { write, noChange } = await resolve(fromHubspot, [
		hubspotContact('h1', { lifecyclestage: 'lead' }),
		hubspotContact('h2', {}),
	]);
	assert.equal(write.length, 2);
	assert.equal(noChange.length, 0);
	assert.deepEqual(
		write.map((item) => item.pairedItem),
		[{ item: 0 }, { item: 1 }],
	);
	const { json } = write[0];
	assert.equal(json.system, 'salesforce');
	assert.equal(json.op, 'create');
	assert.deepEqual(json.fields, { Email: 'h1@example.com', LastName: 'Okafor', Status__c: 'Lead' });
	assert.equal(json.attempt, 1);
	assert.equal(json.record, undefined);
});

test('the output Everything carries the golden record and why', async () => {
	const { write } = await resolve({ ...fromHubspot, options: { output: 'everything' } }, [
		hubspotContact('h3', {}),
	]);
	assert.equal((write[0].json.record as IDataObject).email, 'h3@example.com');
	assert.ok((write[0].json.changes as IDataObject[]).length > 0);
});

test('the same batch once more changes nothing and says why', async () => {
	const items = [hubspotContact('h4', {}), hubspotContact('h5', {})];
	const first = await resolve(fromHubspot, items);
	const second = await resolve(fromHubspot, items);
	assert.equal(first.write.length, 2);
	assert.equal(second.write.length, 0);
	assert.deepEqual(
		second.noChange.map((item) => [item.json.outcome, item.pairedItem]),
		[
			['duplicate', { item: 0 }],
			['duplicate', { item: 1 }],
		],
	);
	assert.match(String(second.noChange[0].json.reason), /taken before \(applied\)/);
});

test('a conflict leaves with both values and ready texts and buttons', async () => {
	const pair = conflictPair('c1');
	await resolve(fromHubspot, [pair.hubspot]);
	const { conflict, write } = await resolve(fromSalesforce, [pair.salesforce]);
	assert.equal(conflict.length, 1);
	assert.equal(write.length, 0);
	const { json } = conflict[0];
	assert.equal(json.field, 'amount');
	assert.deepEqual(
		(json.candidates as IDataObject[]).map((one) => [one.system, one.value]),
		[
			['hubspot', '100'],
			['salesforce', '200.00'],
		],
	);
	const text = json.text as { slack: IDataObject[]; telegram: IDataObject; plain: string };
	assert.equal(text.slack[1].type, 'actions');
	assert.match(text.plain, /amount/);
	assert.ok(text.telegram.reply_markup);
});

test('without Message Texts a conflict costs no further call', async () => {
	const pair = conflictPair('c2');
	await resolve(fromHubspot, [pair.hubspot]);
	const { conflict, traffic } = await resolve({ ...fromSalesforce, options: { messages: false } }, [
		pair.salesforce,
	]);
	assert.equal(conflict.length, 1);
	assert.equal(conflict[0].json.text, undefined);
	assert.equal(traffic.calls.length, 1);
});

test('a record that is wrong is rejected alone, with the field and what is wrong', async () => {
	const { write, rejected } = await resolve(fromHubspot, [
		hubspotContact('h6', {}),
		hubspotContact('h7', { email: 'not an address' }),
		hubspotContact('h8', {}),
	]);
	assert.deepEqual(
		write.map((item) => item.pairedItem),
		[{ item: 0 }, { item: 2 }],
	);
	assert.equal(rejected.length, 1);
	assert.deepEqual(rejected[0].pairedItem, { item: 1 });
	assert.equal(rejected[0].json.field, 'email');
	assert.match(JSON.stringify(rejected[0].json.errors), /not an address/);
});

test('what tells only an ID leaves by Incomplete', async () => {
	const { incomplete } = await resolve({ source: 'hubspotTrigger', system: 'hubspot' }, [
		{
			contactId: 901,
			subscriptionType: 'contact.creation',
			occurredAt: 1778580000000,
			eventId: 7,
			portalId: 1,
		},
	]);
	assert.equal(incomplete.length, 1);
	const { outcome, system, entity, id } = incomplete[0].json;
	assert.equal(outcome, 'incomplete');
	assert.deepEqual({ system, entity, id }, { system: 'hubspot', entity: 'contact', id: '901' });
	assert.deepEqual(incomplete[0].pairedItem, { item: 0 });
});

test('a record that another system’s change asked for is asked for again, one that was read is not', async () => {
	const house = await Sidecar.start('workflows/policies/crm.json');
	const { credentials } = house;
	try {
		const fromList = { source: 'hubspotNode', system: 'hubspot', defaultEntity: 'contact' };
		const rows = { ...fromSalesforce, defaultEntity: 'contact' };
		const contact = (firstname: string, at: string) =>
			hubspotContact('1', { email: 'a@example.com', firstname }, at);
		const row = (FirstName: string, at: string) =>
			salesforceContact('0031', { Email: 'a@example.com', FirstName }, at);
		await resolve(fromList, [contact('Ada', older)], { credentials });
		await resolve(rows, [row('Ada', older)], { credentials });

		const read = contact('Bea', '2026-05-13T10:00:00.000Z');
		const asked = await resolve(fromList, [read], { credentials });
		assert.equal(asked.incomplete[0].json.id, '1');
		const again = await resolve(fromList, [read], { credentials });
		assert.deepEqual([again.noChange.length, again.incomplete.length], [1, 0]);

		const told = row('Cleo', '2026-05-13T10:00:01.000+0000');
		for (const outcome of ['applied', 'duplicate']) {
			const { incomplete } = await resolve(rows, [told], { credentials });
			const { system, id } = incomplete[0].json;
			assert.deepEqual([incomplete[0].json.outcome, system, id], [outcome, 'hubspot', '1']);
		}
	} finally {
		await house.stop();
	}
});

test('what became of an event is traced to the item that told of it', async () => {
	const fromPages = { source: 'hubspotNode', system: 'hubspot', defaultEntity: 'contact' };
	const page = (...names: string[]) => ({
		results: names.map((name) => hubspotContact(name, {})),
	});
	const tracedTo = async (parameters: IDataObject, items: IDataObject[]) => {
		const { write } = await resolve(parameters, items);
		return write.map(({ pairedItem }) => (pairedItem as IPairedItemData).item);
	};
	assert.deepEqual(await tracedTo(fromPages, [page('t1', 't2'), page()]), [0, 0]);
	assert.deepEqual(await tracedTo(fromPages, [page(), page('t3')]), [1]);
	assert.deepEqual(
		await tracedTo(fromPages, [page('t4', 't5'), hubspotContact('t6', {})]),
		[0, 0, 1],
	);
	const call = { body: page(), headers: {} };
	assert.deepEqual(await tracedTo(fromPages, [call, hubspotContact('t7', {})]), [1]);
	const withList = { ...hubspotContact('t8', {}), data: [] };
	assert.deepEqual(await tracedTo(fromHubspot, [withList, hubspotContact('t9', {})]), [0, 1]);
});

test('a page without a record, the only one, is no error', async () => {
	const outputs = await resolve(
		{ source: 'hubspotNode', system: 'hubspot', defaultEntity: 'contact' },
		[{ results: [] }],
	);
	const { write, noChange, conflict, rejected, incomplete } = outputs;
	assert.deepEqual([write, noChange, conflict, rejected, incomplete].flat(), []);
});

test('so is that of an event in a later call', async () => {
	const pages = Array.from({ length: 20 }, (_, index) => ({
		results: ['a', 'b'].map((one) =>
			hubspotContact(`u${index}${one}`, { notes: 'x'.repeat(240 * 1024) }),
		),
	}));
	const { write, traffic } = await resolve(
		{ source: 'hubspotNode', system: 'hubspot', defaultEntity: 'contact' },
		pages,
	);
	assert.equal(traffic.calls.length, 2);
	assert.deepEqual(
		write.map(({ pairedItem }) => (pairedItem as IPairedItemData).item),
		pages.flatMap((_, index) => [index, index]),
	);
});

test('many items are one call', async () => {
	const items = Array.from({ length: 200 }, (_, index) => hubspotContact(`m${index}`, {}));
	const { write, traffic } = await resolve(fromHubspot, items);
	assert.equal(write.length, 200);
	assert.deepEqual(
		traffic.calls.map((call) => call.path),
		['/v1/events'],
	);
});

test('more than 10,000 items are split, and every item is answered', async () => {
	const items = Array.from({ length: 10_001 }, (_, index) => hubspotContact(`s${index}`, {}));
	const { write, traffic } = await resolve(
		{ ...fromHubspot, options: { timeoutSeconds: 120 } },
		items,
	);
	assert.equal(traffic.calls.length, 2);
	assert.equal(write.length, 10_001);
	assert.deepEqual(write[10_000].pairedItem, { item: 10_000 });
});

test('more than 8 MiB are split', async () => {
	const items = Array.from({ length: 40 }, (_, index) =>
		hubspotContact(`b${index}`, { notes: 'x'.repeat(240 * 1024) }),
	);
	const { write, traffic } = await resolve(fromHubspot, items);
	assert.equal(traffic.calls.length, 2);
	assert.equal(write.length, 40);
	assert.ok(traffic.calls.every((call) => call.bytes <= 8 * 1024 * 1024 + 100));
});

test('system and details can differ from item to item', async () => {
	const { write } = await resolve(
		{
			source: 'record',
			system: '={{ $json.from }}',
			entity: 'contact',
			event: { op: 'upsert', occurred_at: '={{ $json.at }}', actor: 'user:7', changed: '' },
		},
		[
			{ ...hubspotContact('x1', {}), from: 'hubspot', at: '2026-05-12T10:00:00Z' },
			{
				...salesforceContact('003x00000000001', { Email: 'x2@example.com' }),
				from: 'salesforce',
				at: '2026-05-12T10:00:00Z',
			},
		],
	);
	assert.deepEqual(
		write.map((item) => item.json.system),
		['salesforce', 'hubspot'],
	);
});

test('a delete is sent as one', async () => {
	await resolve(fromHubspot, [hubspotContact('d1', {})]);
	const { conflict, noChange, rejected } = await resolve(
		{ ...fromHubspot, event: { op: 'delete', id: 'd1', occurred_at: '2026-05-13T10:00:00Z' } },
		[{ id: 'd1' }],
	);
	assert.equal(rejected.length, 0);
	assert.equal(conflict.length + noChange.length, 1);
	const queue = await sidecar.ask('/v1/exceptions?category=delete');
	assert.ok(Array.isArray(queue.exceptions));
});

test('items that are events of Truce pass as they are', async () => {
	const { write } = await resolve({ source: 'event' }, [
		{ system: 'hubspot', entity: 'contact', event_id: 'e-9', record: hubspotContact('e9', {}) },
	]);
	assert.equal(write.length, 1);
});

test('Hand Out Writes off leaves the writes in the outbox', async () => {
	const { write, noChange } = await resolve({ ...fromHubspot, options: { handOut: false } }, [
		hubspotContact('o1', {}),
	]);
	assert.equal(write.length, 0);
	assert.equal(noChange[0].json.outcome, 'applied');
	const { deliveries } = await sidecar.ask('/v1/deliveries/claim', { limit: 1000 });
	assert.ok(
		deliveries.some((one: IDataObject) => (one.fields as IDataObject).Email === 'o1@example.com'),
	);
});

const deep = () => {
	let node: IDataObject = { end: true };
	for (let level = 0; level < 80; level++) node = { node };
	return node;
};

test('one item that makes the call unreadable stops the node and is named', async () => {
	const items = [hubspotContact('p1', {}), { ...deep(), id: 'p2' }, hubspotContact('p3', {})];
	await assert.rejects(resolve(fromHubspot, items), (error: NodeApiError) => {
		assert.equal(error.httpCode, '400');
		assert.match(error.message, /deep|nest/i);
		return true;
	});
	const found = await sidecar.ask('/v1/records/contact?system=hubspot&id=p1');
	assert.equal(found.code, 'not-found');
});

test('with Continue on, 10,000 items with one poison item lose and double nothing', async () => {
	const items: IDataObject[] = Array.from({ length: 10_000 }, (_, index) =>
		hubspotContact(`q${index}`, {}),
	);
	items[4321] = { ...deep(), id: 'poison' };
	const { write, rejected, noChange } = await resolve(
		{ ...fromHubspot, options: { timeoutSeconds: 120 } },
		items,
		{ continueOnFail: true },
	);
	assert.equal(rejected.length, 1);
	assert.deepEqual(rejected[0].pairedItem, { item: 4321 });
	assert.match(String(rejected[0].json.error), /deep|nest/i);
	assert.equal(write.length, 9_999);
	assert.equal(noChange.length, 0);
	assert.equal(new Set(write.map((item) => item.json.id)).size, 9_999);
});
