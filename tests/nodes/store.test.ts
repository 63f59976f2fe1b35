import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { TruceStore } from '../../nodes/nodes/TruceStore/TruceStore.node';
import { contextOf, type Setting } from './context';
import { conflictPair, hubspotContact } from './records';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

async function store(
	resource: string,
	operation: string,
	parameters: IDataObject = {},
	items: IDataObject[] = [{}],
	rest: Partial<Setting> = {},
) {
	const { context, traffic } = contextOf('truceStore', {
		credentials: sidecar.credentials,
		parameters: { resource, operation, ...parameters },
		inputs: [items],
		...rest,
	});
	const [output] = await new TruceStore().execute.call(context);
	return { output, lines: output.map((item) => item.json), traffic };
}

const tell = async (system: string, record: IDataObject): Promise<IDataObject> => {
	const { results } = await sidecar.ask('/v1/events', { system, entity: 'contact', record });
	return results[0];
};
const deliveryOf = (outcome: IDataObject) => (outcome.deliveries as IDataObject[])[0];

let names = 0;
/** A contact that waits to be created in Salesforce. */
async function newDelivery(): Promise<IDataObject> {
	return deliveryOf(await tell('hubspot', hubspotContact(`s${++names}`, {})));
}

/** A change that waits to be written to a Salesforce record. */
async function newUpdate(): Promise<IDataObject> {
	const create = await newDelivery();
	const name = `s${names}`;
	await store('delivery', 'settle', settleWith('delivered', { recordId: `003${name}` }), [create]);
	const later = hubspotContact(name, { firstname: 'Rose' }, '2026-05-14T10:00:00.000Z');
	const delivery = deliveryOf(await tell('hubspot', later));
	assert.equal(delivery?.op, 'update');
	return delivery;
}

async function newQuestion(): Promise<IDataObject> {
	const pair = conflictPair(`q${++names}`);
	await tell('hubspot', pair.hubspot);
	const outcome = await tell('salesforce', pair.salesforce);
	const [conflict] = outcome.conflicts as IDataObject[];
	return await sidecar.ask(`/v1/exceptions/${conflict.exception_id}`);
}

const settleWith = (status: string, more: IDataObject = {}) => ({
	deliveryId: '={{ $json.id }}',
	attempt: '={{ $json.attempt }}',
	status,
	...more,
});

test('deliveries of a batch are settled by one call', async () => {
	const items = [await newDelivery(), await newDelivery(), await newDelivery()];
	const { output, traffic } = await store(
		'delivery',
		'settle',
		settleWith('delivered', { recordId: "={{ '003' + $json.id.slice(1, 16) }}" }),
		items,
	);
	assert.deepEqual(
		output.map((item) => item.json.state),
		['delivered', 'delivered', 'delivered'],
	);
	assert.deepEqual(
		output.map((item) => item.pairedItem),
		[{ item: 0 }, { item: 1 }, { item: 2 }],
	);
	assert.equal(traffic.calls.length, 1);
	const record = await sidecar.ask(`/v1/records/contact/${items[0].golden_id}`);
	assert.ok(record.links.some((link: IDataObject) => link.system === 'salesforce'));
});

const answers: Array<[string, IDataObject, string, string]> = [
	[
		'a created record',
		{ statusCode: 201, body: { id: '0031' }, headers: {} },
		'create',
		'delivered',
	],
	['an update without a body', { statusCode: 204, body: '', headers: {} }, 'update', 'delivered'],
	[
		'429 with Retry-After',
		{ statusCode: 429, body: {}, headers: { 'retry-after': '30' } },
		'update',
		'waiting',
	],
	[
		'a refusal for good',
		{ statusCode: 422, body: { message: 'INACTIVE_OWNER' }, headers: {} },
		'update',
		'dead',
	],
	[
		'a created record without its ID',
		{ statusCode: 201, body: '', headers: {} },
		'create',
		'verifying',
	],
	['a failure in the middle', { statusCode: 500, body: '', headers: {} }, 'create', 'verifying'],
	[
		'a broken connection',
		{ error: { message: 'socket hang up', code: 'ECONNRESET' } },
		'create',
		'verifying',
	],
	[
		'nobody there',
		{ error: { message: 'connect ECONNREFUSED 1.2.3.4:443', code: 'ECONNREFUSED' } },
		'create',
		'waiting',
	],
	['an error of a CRM node', { error: 'Request failed with status code 400' }, 'create', 'dead'],
	['a record as a CRM node gives it', { Id: '0039', success: true }, 'create', 'delivered'],
];
for (const [what, answer, op, state] of answers) {
	test(`the answer in the item is read: ${what} is ${state}`, async () => {
		const delivery = op === 'update' ? await newUpdate() : await newDelivery();
		const { lines } = await store(
			'delivery',
			'settle',
			{ deliveryId: String(delivery.id), attempt: '1', status: 'answer', op },
			[answer],
		);
		assert.equal(lines[0].state, state);
	});
}

test('a create that met an existing record is linked to it', async () => {
	const delivery = await newDelivery();
	const { lines } = await store(
		'delivery',
		'settle',
		{ deliveryId: String(delivery.id), attempt: '1', status: 'answer', op: 'create' },
		[
			{
				statusCode: 400,
				headers: {},
				body: [{ message: 'duplicate value found: … on record with id: 003F00000000001' }],
			},
		],
	);
	assert.equal(lines[0].state, 'verifying');
	const lookup = await until(async () => {
		const claimed = await store('delivery', 'claim', { maxDeliveries: 100, leaseSeconds: 60 });
		return claimed.lines.find((line) => line.id === delivery.id);
	});
	assert.equal(lookup.op, 'lookup');
	assert.equal(lookup.record_id, '003F00000000001');
});

test('after Unknown a lookup comes, and its answer is read', async () => {
	const delivery = await newDelivery();
	await store('delivery', 'settle', settleWith('unknown'), [delivery]);
	const lookup = await until(async () => {
		const { lines } = await store('delivery', 'claim', {
			maxDeliveries: 100,
			leaseSeconds: 60,
			system: 'salesforce',
		});
		return lines.find((line) => line.id === delivery.id);
	});
	assert.equal(lookup.op, 'lookup');
	const { lines } = await store(
		'delivery',
		'settle',
		{
			deliveryId: String(lookup.id),
			attempt: String(lookup.attempt),
			status: 'answer',
			op: 'lookup',
		},
		[
			{
				statusCode: 200,
				headers: {},
				body: { records: [{ Id: '003L00000000001', ...(lookup.fields as IDataObject) }] },
			},
		],
	);
	assert.equal(lines[0].state, 'delivered');
});

test('a lookup that finds nothing is Absent', async () => {
	const delivery = await newDelivery();
	await store('delivery', 'settle', settleWith('unknown'), [delivery]);
	const lookup = await until(async () => {
		const { lines } = await store('delivery', 'claim', { maxDeliveries: 100, leaseSeconds: 60 });
		return lines.find((line) => line.id === delivery.id);
	});
	const { lines } = await store(
		'delivery',
		'settle',
		{
			deliveryId: String(lookup.id),
			attempt: String(lookup.attempt),
			status: 'answer',
			op: 'lookup',
		},
		[{ statusCode: 200, headers: {}, body: { results: [] } }],
	);
	assert.equal(lines[0].state, 'pending');
});

async function until(find: () => Promise<IDataObject | undefined>): Promise<IDataObject> {
	for (let tries = 0; tries < 100; tries++) {
		const found = await find();
		if (found) return found;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error('it did not come');
}

test('an unknown delivery stops Settle and is named; with Continue on it leaves with its error', async () => {
	const good = await newDelivery();
	const items = [good, { id: 'd0000', attempt: 1 }];
	await assert.rejects(
		store('delivery', 'settle', settleWith('delivered', { recordId: '0034' }), items),
		/Delivery d0000/,
	);
	const { lines } = await store(
		'delivery',
		'settle',
		settleWith('delivered', { recordId: '0034' }),
		items,
		{ continueOnFail: true },
	);
	assert.equal((lines[1].error as IDataObject).code, 'not-found');
});

test('a result that comes too late is reported in its item', async () => {
	const delivery = await newDelivery();
	const late = {
		...settleWith('failed', {
			errorClass: 'transient',
			refusedFields: '',
			errorMessage: 'x',
			retryAfterSeconds: 0,
		}),
		attempt: '7',
	};
	const { lines } = await store('delivery', 'settle', late, [delivery]);
	assert.equal((lines[0].error as IDataObject).code, 'lease-lost');
	await assert.rejects(
		store('delivery', 'settle', { ...late, lateResults: 'fail' }, [delivery]),
		/lease/i,
	);
});

test('a refusal names fields, and the dead letter can be replayed and discarded', async () => {
	const delivery = await newDelivery();
	const { lines } = await store(
		'delivery',
		'settle',
		settleWith('failed', {
			errorClass: 'permanent',
			errorMessage: 'no',
			refusedFields: '',
			retryAfterSeconds: 0,
		}),
		[delivery],
	);
	assert.equal(lines[0].state, 'dead');
	const dead = await store('delivery', 'getAll', {
		state: 'dead',
		system: 'salesforce',
		returnAll: true,
	});
	assert.ok(dead.lines.some((line) => line.id === delivery.id));
	const replayed = await store('delivery', 'replay', { deliveryId: String(delivery.id) });
	assert.notEqual(replayed.lines[0].state, 'dead');

	const other = await newDelivery();
	await store(
		'delivery',
		'settle',
		settleWith('failed', {
			errorClass: 'permanent',
			errorMessage: 'no',
			refusedFields: '',
			retryAfterSeconds: 0,
		}),
		[other],
	);
	const discarded = await store('delivery', 'discard', { deliveryId: String(other.id) });
	assert.equal(discarded.lines[0].state, 'discarded');
});

test('a lease is extended', async () => {
	const delivery = await newDelivery();
	const { lines } = await store('delivery', 'extend', {
		deliveryId: String(delivery.id),
		attempt: '1',
		leaseSeconds: 3600,
	});
	assert.equal(lines[0].error, undefined);
	const { deliveries } = await sidecar.ask('/v1/deliveries?state=leased&limit=1000');
	const extended = deliveries.find((one: IDataObject) => one.id === delivery.id);
	assert.ok(Date.parse(extended.lease_expires_at) > Date.now() + 3_000_000);
});

test('deliveries are claimed once, whatever number of items came in, and in groups', async () => {
	const { results } = await sidecar.ask('/v1/events', {
		hand_out: false,
		events: [1, 2, 3].map((n) => ({
			system: 'hubspot',
			entity: 'contact',
			record: hubspotContact(`g${n}`, {}),
		})),
	});
	assert.equal(results.length, 3);
	const { lines, traffic } = await store(
		'delivery',
		'claim',
		{ maxDeliveries: 1000, leaseSeconds: 60, inGroups: true, group: 2 },
		[{}, {}, {}],
	);
	assert.equal(traffic.calls.length, 1);
	assert.ok(lines.length >= 2);
	assert.ok(lines.every((line) => (line.deliveries as IDataObject[]).length <= 2));
});

test('a golden record is found by both IDs, explained and told in its history', async () => {
	const outcome = await tell('hubspot', hubspotContact('r1', { firstname: 'Rose' }));
	const goldenId = String(outcome.golden_id);
	const byGolden = await store('record', 'get', {
		entity: 'contact',
		findBy: 'goldenId',
		goldenId,
	});
	const bySystem = await store('record', 'get', {
		entity: 'contact',
		findBy: 'systemId',
		system: 'hubspot',
		recordId: 'r1',
	});
	assert.equal((byGolden.lines[0].record as IDataObject).first_name, 'Rose');
	assert.equal(bySystem.lines[0].golden_id, goldenId);
	const then = await store('record', 'get', {
		entity: 'contact',
		findBy: 'goldenId',
		goldenId,
		at: new Date(Date.now() + 1000).toISOString(),
	});
	assert.equal(then.lines[0].golden_id, goldenId);
	const why = await store('record', 'explain', {
		entity: 'contact',
		goldenId,
		field: 'first_name',
	});
	assert.deepEqual(
		why.lines.map((line) => line.field),
		['first_name'],
	);
	assert.match(String(why.lines[0].why), /hubspot/);
	const history = await store('record', 'history', { entity: 'contact', goldenId });
	assert.ok(history.lines.some((line) => line.field === 'first_name' && line.system === 'hubspot'));
	const links = await store('link', 'getAll', {
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
	await tell('hubspot', hubspotContact('there', {}));
	const items = [{ id: 'there' }, { id: 'missing' }];
	await assert.rejects(store('record', 'get', wanted, items), (error: { context: IDataObject }) => {
		assert.equal(error.context.itemIndex, 1);
		return true;
	});
	const { output } = await store('record', 'get', wanted, items, { continueOnFail: true });
	assert.ok(output[0].json.golden_id);
	assert.ok(output[1].json.error);
	assert.deepEqual(output[1].pairedItem, { item: 1 });
});

test('a cursor is saved, read, and only moved by who read it', async () => {
	const name = 'pages';
	const empty = await store('cursor', 'get', { name });
	assert.deepEqual(empty.lines[0], { name, value: null, version: 0 });
	const saved = await store('cursor', 'save', {
		name,
		value: 'p1',
		onlyIf: 'version',
		version: 0,
		ifMoved: 'fail',
	});
	assert.equal(saved.lines[0].version, 1);
	await assert.rejects(
		store('cursor', 'save', { name, value: 'p2', onlyIf: 'version', version: 0, ifMoved: 'fail' }),
	);
	const moved = await store('cursor', 'save', { name, value: 'p2', onlyIf: 'always' });
	assert.equal(moved.lines[0].version, 2);
	assert.equal((await store('cursor', 'get', { name })).lines[0].value, 'p2');
});

test('of many that save a new cursor one goes on', async () => {
	const claim = async () =>
		(
			await store('cursor', 'save', {
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
	const all = await store('audit', 'getAll', { returnAll: true });
	const { last_sequence } = await sidecar.ask('/v1/audit/verify');
	assert.equal(all.lines.length, last_sequence);
	const few = await store('audit', 'getAll', { returnAll: false, limit: 3, filters: { after: 2 } });
	assert.deepEqual(
		few.lines.map((line) => line.seq),
		[3, 4, 5],
	);
	const verified = await store('audit', 'verify');
	assert.equal(verified.lines[0].ok, true);
	const checkpoint = await store('audit', 'checkpoint');
	assert.ok(checkpoint.lines[0].signature);
});

test('a question is listed, claimed and resolved with a system’s value', async () => {
	const question = await newQuestion();
	const exceptionId = String(question.id);
	const list = await store('exception', 'getAll', {
		state: 'unanswered',
		category: 'conflict',
		returnAll: true,
	});
	assert.ok(list.lines.some((line) => line.id === exceptionId));
	await store('exception', 'claim', { exceptionId, actor: 'rose' });
	const claimed = await store('exception', 'get', { exceptionId });
	assert.equal(claimed.lines[0].claimed_by, 'rose');
	const { lines } = await store('exception', 'resolve', {
		answerWith: 'choose',
		exceptionId,
		system: 'salesforce',
		version: Number(claimed.lines[0].version),
		actor: 'rose',
		note: 'asked the customer',
		ifMoved: 'fail',
	});
	assert.equal(lines[0].moved, false);
	assert.equal((lines[0].exception as IDataObject).state, 'resolved');
	const [delivery] = lines[0].deliveries as IDataObject[];
	assert.equal(delivery.system, 'hubspot');
});

test('an answer to an old version gives the fresh question, or an error', async () => {
	const question = await newQuestion();
	const answer = {
		answerWith: 'choose',
		exceptionId: String(question.id),
		system: 'hubspot',
		version: 99,
	};
	const { lines } = await store('exception', 'resolve', { ...answer, ifMoved: 'fresh' });
	assert.equal(lines[0].moved, true);
	assert.equal((lines[0].exception as IDataObject).id, question.id);
	await assert.rejects(store('exception', 'resolve', { ...answer, ifMoved: 'fail' }), /version/);
});

test('a button answers once, from Slack and from Telegram', async () => {
	for (const chat of ['slack', 'telegram']) {
		const question = await newQuestion();
		const text = question.text as {
			slack: Array<{ elements: IDataObject[] }>;
			telegram: { reply_markup: { inline_keyboard: IDataObject[][] } };
		};
		const button =
			chat === 'slack'
				? text.slack[1].elements[1].value
				: text.telegram.reply_markup.inline_keyboard[1][0].callback_data;
		const press = {
			answerWith: 'button',
			button: String(button),
			actor: `${chat}:7`,
			ifMoved: 'fresh',
		};
		const first = await store('exception', 'resolve', press);
		assert.equal(first.lines[0].moved, false);
		assert.equal((first.lines[0].exception as IDataObject).resolution, 'choose:salesforce');
		assert.equal((first.lines[0].exception as IDataObject).closed_by, `${chat}:7`);
		const second = await store('exception', 'resolve', press);
		assert.equal(second.lines[0].moved, true);
		assert.equal(second.lines[0].code, 'already-settled');
	}
});

test('what is no button is refused before any call', async () => {
	await assert.rejects(
		store('exception', 'resolve', { answerWith: 'button', button: 'hello', ifMoved: 'fresh' }),
		/no button of a Truce message/,
	);
});

test('a value of one’s own and an action resolve', async () => {
	const question = await newQuestion();
	const group = await store('exception', 'resolve', {
		answerWith: 'value',
		exceptionId: String(question.id),
		value: '={{ ({ amount: "150", currency: "EUR" }) }}',
		version: Number(question.version),
		ifMoved: 'fail',
	});
	assert.equal((group.lines[0].exception as IDataObject).state, 'resolved');

	const delivery = await newDelivery();
	await store(
		'delivery',
		'settle',
		settleWith('failed', {
			errorClass: 'permanent',
			errorMessage: 'no',
			refusedFields: '',
			retryAfterSeconds: 0,
		}),
		[delivery],
	);
	const dead = await store('exception', 'getAll', {
		state: 'unanswered',
		category: 'dead_letter',
		returnAll: true,
	});
	const item = dead.lines.find((line) => line.delivery_id === delivery.id);
	const discard = await store('exception', 'resolve', {
		answerWith: 'action',
		exceptionId: String(item?.id),
		answer: 'discard',
		version: Number(item?.version),
		ifMoved: 'fail',
	});
	assert.equal((discard.lines[0].exception as IDataObject).state, 'resolved');
});

test('many questions are dismissed by one call', async () => {
	const items = [await newQuestion(), await newQuestion(), await newQuestion()];
	const { output, traffic } = await store(
		'exception',
		'dismiss',
		{ exceptionId: '={{ $json.id }}', actor: 'rose', note: 'test data' },
		items,
	);
	assert.equal(traffic.calls.length, 1);
	assert.deepEqual(
		output.map((item) => (item.json.exception as IDataObject).state),
		['dismissed', 'dismissed', 'dismissed'],
	);
	await assert.rejects(
		store('exception', 'dismiss', { exceptionId: String(items[0].id) }),
		/is dismissed by rose/,
	);
});

test('dead letters are replayed from the queue', async () => {
	const delivery = await newDelivery();
	await store(
		'delivery',
		'settle',
		settleWith('failed', {
			errorClass: 'permanent',
			errorMessage: 'no',
			refusedFields: '',
			retryAfterSeconds: 0,
		}),
		[delivery],
	);
	const { lines } = await store('exception', 'getAll', {
		state: 'unanswered',
		category: 'dead_letter',
		returnAll: true,
	});
	const item = lines.find((line) => line.delivery_id === delivery.id);
	assert.ok(item);
	const replayed = await store('exception', 'replay', { exceptionId: String(item.id) });
	assert.equal((replayed.lines[0].exception as IDataObject).state, 'resolved');
});

test('statistics and alerts are read', async () => {
	const from = new Date(Date.now() - 86_400_000).toISOString();
	const stats = await store('statistics', 'get', {
		from,
		to: '',
		entity: 'contact',
		system: 'hubspot',
	});
	const events = (stats.lines[0].fast_loop as IDataObject).events as { hubspot: IDataObject };
	assert.ok(Number(events.hubspot.applied) > 0);
	const alerts = await store('alert', 'getAll', { onlyFiring: false });
	assert.ok(alerts.lines.some((line) => line.alert === 'queue_depth'));
	const firing = await store('alert', 'getAll', { onlyFiring: true });
	assert.ok(firing.lines.every((line) => line.state === 'firing'));
});
