import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject, NodeApiError } from 'n8n-workflow';

import type { Setting } from './context';
import { Desk } from './desk';
import { hubspotContact, salesforceContact } from './records';
import { Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

const OLD = '2026-05-12T10:00:00.000Z';
const both = ['hubspot', 'salesforce'];

const run = async (operation: string, parameters: IDataObject = {}, items?: IDataObject[]) =>
	await desk.store('reconciliation', operation, parameters, items);

async function opened(more: IDataObject = {}): Promise<string> {
	const { lines } = await run('open', { entity: 'contact', systems: both, mode: 'apply', ...more });
	return String(lines[0].id);
}

const page = async (
	runId: string,
	system: string,
	items: IDataObject[],
	more: IDataObject = {},
	rest: Partial<Setting> = {},
) => await desk.store('reconciliation', 'addPage', { runId, system, ...more }, items, rest);

const completed = async (runId: string, systems: unknown = both, more: IDataObject = {}) =>
	(await run('complete', { runId, systems: systems as string[], waitSeconds: 60, ...more }))
		.lines[0];

const countOf = async (runId: string, system: string) => {
	const report = await desk.sidecar.ask(`/v1/reconciliations/${runId}`);
	return report.systems[system].records;
};

const contacts = (name: string, count: number) =>
	Array.from({ length: count }, (_, index) => hubspotContact(`${name}${index}`, {}));

/** The same contact in both systems, as they hold it. */
const pairOf = (name: string, first: { hubspot: string; salesforce: string }, at = OLD) => ({
	hubspot: hubspotContact(name, { firstname: first.hubspot }, at),
	salesforce: salesforceContact(`003${name}`, {
		Email: `${name}@example.com`,
		FirstName: first.salesforce,
	}),
});

async function compared(pair: ReturnType<typeof pairOf>, mode = 'apply'): Promise<IDataObject> {
	const runId = await opened({ mode });
	await page(runId, 'hubspot', [pair.hubspot]);
	await page(runId, 'salesforce', [pair.salesforce]);
	return await completed(runId, []);
}

test('a run is opened as it is asked for', async () => {
	const { lines } = await run('open', {
		entity: 'contact',
		systems: 'hubspot, zendesk',
		mode: 'plan',
		limitCreates: true,
		maxCreates: 0,
	});
	const [report] = lines;
	assert.equal(report.state, 'open');
	assert.equal(report.mode, 'plan');
	assert.equal(report.max_creates, 0);
	assert.deepEqual(Object.keys(report.systems as IDataObject), ['hubspot', 'zendesk']);
	const unlimited = await run('open', { entity: 'contact', systems: both, limitCreates: false });
	assert.equal(unlimited.lines[0].max_creates, null);
	await assert.rejects(run('open', { entity: 'contact', systems: ['crm'] }), /no system 'crm'/);
});

test('a lost edit is found, decided and written, and a second run finds nothing', async () => {
	await compared(pairOf('lost', { hubspot: 'Rose', salesforce: 'Rose' }));
	const edited = pairOf('lost', { hubspot: 'Ada', salesforce: 'Rose' }, '2026-05-13T10:00:00Z');
	const planned = await compared(edited, 'plan');
	assert.equal(planned.different, 1);
	const before = await desk.store('record', 'get', {
		entity: 'contact',
		findBy: 'systemId',
		system: 'hubspot',
		recordId: 'lost',
	});
	assert.equal((before.lines[0].record as IDataObject).first_name, 'Rose');

	const report = await compared(edited);
	assert.equal(report.state, 'done');
	assert.equal(report.different, 1);
	assert.deepEqual(report.causes, { lost_event: 1 });
	assert.equal(report.deliveries, 1);
	const found = await run('getDiscrepancies', { runId: String(report.id), returnAll: true });
	assert.deepEqual(
		found.lines.map((line) => [line.kind, line.field, line.system, line.result]),
		[['different', 'first_name', 'hubspot', 'auto_resolved']],
	);
	const { lines } = await desk.store('delivery', 'claim', { maxDeliveries: 100, leaseSeconds: 60 });
	const write = lines.find((line) => line.record_id === '003lost');
	assert.deepEqual(write?.fields, { FirstName: 'Ada' });
	await desk.sidecar.ask('/v1/deliveries/settle', {
		results: [{ id: write?.id, attempt: write?.attempt, status: 'delivered' }],
	});

	const again = await compared({
		hubspot: edited.hubspot,
		salesforce: salesforceContact('003lost', { Email: 'lost@example.com', FirstName: 'Ada' }),
	});
	assert.equal(again.discrepancies, 0);
	assert.equal(again.matched, 1);
});

test('more than 1,000 items are a few pages, and what they show is listed page after page', async () => {
	const runId = await opened({ mode: 'plan' });
	const { output, traffic } = await page(runId, 'hubspot', contacts('many', 2300));
	assert.deepEqual(
		output.map((item) => [item.json.received, (item.pairedItem as unknown[]).length]),
		[
			[1000, 1000],
			[1000, 1000],
			[300, 300],
		],
	);
	assert.deepEqual((output[2].pairedItem as unknown[])[0], { item: 2000 });
	assert.equal(traffic.calls.length, 3);
	assert.equal(await countOf(runId, 'hubspot'), 2300);

	const report = await completed(runId);
	assert.equal(report.only, 2300);
	const all = await run('getDiscrepancies', { runId, kind: 'only', returnAll: true });
	assert.equal(all.lines.length, 2300);
	assert.equal(all.traffic.calls.length, 3);
	assert.equal(new Set(all.lines.map((line) => line.record_id)).size, 2300);
	const few = await run('getDiscrepancies', { runId, returnAll: false, limit: 7 });
	assert.deepEqual(
		few.lines.map((line) => line.number),
		[1, 2, 3, 4, 5, 6, 7],
	);
	const everything = await run('getDiscrepancies', { runId, returnAll: true });
	for (const [name, value] of [
		['kind', 'missing'],
		['kind', 'only'],
		['cause', 'never_linked'],
		['cause', 'schema_drift'],
		['result', 'held'],
		['system', 'salesforce'],
	]) {
		const { lines } = await run('getDiscrepancies', { runId, returnAll: true, [name]: value });
		const wanted = everything.lines.filter((line) => line[name] === value);
		assert.deepEqual(lines, wanted, `${name} ${value}`);
	}
	assert.ok(everything.lines.length > 2300);
});

test('one node run takes records of two systems and two runs, each to its place', async () => {
	const [one, two] = [await opened(), await opened()];
	const items = [
		{ run: one, system: 'hubspot', ...hubspotContact('w1', {}) },
		{ run: one, system: 'salesforce', ...salesforceContact('003w1', {}) },
		{ run: two, system: 'hubspot', ...hubspotContact('w2', {}) },
		{ run: one, system: 'hubspot', ...hubspotContact('w3', {}) },
	];
	const { output, traffic } = await run(
		'addPage',
		{ runId: '={{ $json.run }}', system: '={{ $json.system }}' },
		items,
	);
	assert.equal(traffic.calls.length, 3);
	assert.deepEqual(
		output.map((item) => [item.json.id, item.json.system, item.pairedItem]),
		[
			[one, 'hubspot', [{ item: 0 }, { item: 3 }]],
			[one, 'salesforce', [{ item: 1 }]],
			[two, 'hubspot', [{ item: 2 }]],
		],
	);
	assert.equal(await countOf(one, 'hubspot'), 2);
	assert.equal(await countOf(two, 'hubspot'), 1);
});

test('a list response as the system sends it is a page', async () => {
	const runId = await opened();
	const responses = [
		{ results: contacts('list', 3), paging: { next: { after: 'list2' } } },
		{ results: contacts('more', 2) },
	];
	await page(runId, 'hubspot', responses, { source: 'hubspotNode' });
	await page(runId, 'salesforce', [salesforceContact('003list0', {})], {
		source: 'salesforceNode',
	});
	assert.equal(await countOf(runId, 'hubspot'), 5);
	assert.equal(await countOf(runId, 'salesforce'), 1);
});

test('a record without an ID is told, and its neighbours are taken', async () => {
	const runId = await opened();
	const items = [...contacts('good', 2), { properties: {} }, hubspotContact('good2', {})];
	const { lines } = await page(runId, 'hubspot', items);
	const [{ item, code }] = lines[0].errors as IDataObject[];
	assert.deepEqual([item, code], [2, 'id-invalid']);
	assert.equal(await countOf(runId, 'hubspot'), 3);

	const strict = await opened();
	await assert.rejects(
		page(strict, 'hubspot', items, { unreadable: 'fail' }),
		(error: NodeApiError) => {
			assert.match(error.message, /hubspot cannot be read/);
			assert.equal(error.context.itemIndex, 2);
			return true;
		},
	);
	assert.equal(await countOf(strict, 'hubspot'), 3);
	const goesOn = await page(
		strict,
		'hubspot',
		items,
		{ unreadable: 'fail' },
		{ continueOnFail: true },
	);
	assert.deepEqual(goesOn.output[1].pairedItem, { item: 2 });
	assert.match(String(goesOn.output[1].json.error), /cannot be read/);
});

test('a record that no JSON reader takes stops the node, named, when its neighbours are taken', async () => {
	const runId = await opened();
	const items = contacts('poison', 5);
	items[3] = hubspotContact('poison3', { firstname: '\ud800' });
	await assert.rejects(page(runId, 'hubspot', items), (error: NodeApiError) => {
		assert.equal(error.context.itemIndex, 3);
		return true;
	});
	assert.equal(await countOf(runId, 'hubspot'), 4);
	const { output } = await page(runId, 'hubspot', items, {}, { continueOnFail: true });
	assert.deepEqual(
		output.map((item) => [item.json.received, Boolean(item.json.error), item.pairedItem]),
		[
			[3, false, [{ item: 0 }, { item: 1 }, { item: 2 }]],
			[undefined, true, { item: 3 }],
			[1, false, [{ item: 4 }]],
		],
	);
});

test('of a page the earliest time counts: what was edited since is not judged by it', async () => {
	await compared(pairOf('since', { hubspot: 'Rose', salesforce: 'Rose' }));
	const edit = hubspotContact('since', { firstname: 'Ada' }, new Date().toISOString());
	await desk.tell('hubspot', edit);
	const runId = await opened();
	const now = new Date(Date.now() + 1000).toISOString();
	const items = [
		{ ...hubspotContact('other', {}), at: now },
		{ ...pairOf('since', { hubspot: 'Rose', salesforce: '' }).hubspot, at: '2026-05-13T00:00:00Z' },
	];
	await page(runId, 'hubspot', items, { observedAt: '={{ $json.at }}' });
	const report = await completed(runId, []);
	assert.equal(report.different, 0);
	assert.equal(report.excluded, 1);
});

test('a time that is none is refused by its name', async () => {
	const runId = await opened();
	await assert.rejects(
		page(runId, 'hubspot', contacts('time', 3), { observedAt: 'yesterday' }),
		/not a time with an offset: yesterday/,
	);
});

test('a page after Complete is refused with what to do, and with Continue on leaves with it', async () => {
	const runId = await opened();
	await page(runId, 'hubspot', contacts('late', 1));
	await completed(runId);
	await assert.rejects(page(runId, 'hubspot', contacts('later', 2)), (error: NodeApiError) => {
		assert.match(error.message, /is done and takes no more pages/);
		assert.match(String(error.description), /Open a new reconciliation/);
		assert.equal(error.httpCode, '409');
		return true;
	});
	const { output } = await page(
		runId,
		'hubspot',
		contacts('later', 2),
		{},
		{ continueOnFail: true },
	);
	assert.deepEqual(
		output.map((item) => [/takes no more pages/.test(String(item.json.error)), item.pairedItem]),
		[
			[true, { item: 0 }],
			[true, { item: 1 }],
		],
	);
});

test('a system that the run does not compare is refused at once, whatever number of items', async () => {
	const runId = await opened();
	await assert.rejects(
		page(runId, 'zendesk', contacts('z', 5)),
		/not a system of this reconciliation/,
	);
	const { traffic } = await page(runId, 'zendesk', contacts('z', 5), {}, { continueOnFail: true });
	assert.equal(traffic.calls.length, 1);
	await assert.rejects(completed(runId, ['zendesk']), /not a system of this reconciliation/);
});

test('Complete that goes on is asked again until it has ended', async () => {
	const runId = await opened({ mode: 'link' });
	await page(runId, 'hubspot', contacts('slow', 4000));
	const { lines } = await run('complete', { runId, systems: both, waitSeconds: 0 });
	assert.equal(lines[0].state, 'running');
	const { lines: ended, traffic } = await run('complete', {
		runId,
		systems: both,
		waitSeconds: 60,
		options: { timeoutSeconds: 0.2 },
	});
	assert.equal(ended[0].state, 'done');
	assert.equal(ended[0].compared, 4000);
	assert.ok(traffic.calls.some((call) => call.method === 'GET'));
});

test('runs are read and listed by their state, and an abandoned one takes no more', async () => {
	const runId = await opened();
	await page(runId, 'hubspot', contacts('gone', 1));
	const read = await run('get', { runId });
	assert.equal((read.lines[0].systems as { hubspot: IDataObject }).hubspot.records, 1);
	const { lines } = await run('abandon', { runId });
	assert.equal(lines[0].state, 'abandoned');
	const idsIn = async (state: string) =>
		(await run('getAll', { entity: 'contact', state, returnAll: true })).lines.map(
			(line) => line.id,
		);
	assert.ok((await idsIn('abandoned')).includes(runId));
	assert.ok(!(await idsIn('open')).includes(runId));
	const two = await run('getAll', { entity: '', state: '', returnAll: false, limit: 2 });
	assert.equal(two.lines.length, 2);
	await assert.rejects(page(runId, 'hubspot', contacts('gone', 1)), /is abandoned/);
	await assert.rejects(completed(runId), /is abandoned/);
});

test('a run that is not there is an error with its item', async () => {
	const there = await opened();
	const items = [{ id: there }, { id: 'r0000' }];
	for (const operation of ['get', 'getDiscrepancies', 'complete', 'abandon']) {
		const wanted = { runId: '={{ $json.id }}', systems: [], waitSeconds: 0, returnAll: true };
		await assert.rejects(run(operation, wanted, items), (error: NodeApiError) => {
			assert.equal(error.context.itemIndex, 1, operation);
			assert.match(error.message, /no such reconciliation/);
			return true;
		});
	}
});

test('no more new records are written than were allowed', async () => {
	const runId = await opened({ limitCreates: true, maxCreates: 2 });
	await page(runId, 'hubspot', contacts('few', 5));
	const report = await completed(runId);
	assert.equal(report.creates, 2);
	assert.equal(report.creates_withheld, 3);
});
