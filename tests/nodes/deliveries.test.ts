import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { Desk, givenUp, settleWith } from './desk';
import { hubspotContact } from './records';
import { Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

test('deliveries of a batch are settled by one call', async () => {
	const items = [await desk.newDelivery(), await desk.newDelivery(), await desk.newDelivery()];
	const { output, traffic } = await desk.store(
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
	const record = await desk.sidecar.ask(`/v1/records/contact/${items[0].golden_id}`);
	assert.ok(record.links.some((link: IDataObject) => link.system === 'salesforce'));
});

/** The item of n8n’s CRM nodes with “Continue” on: the message of their error, and nothing else. */
const saidByNode = (refusal: { httpCode?: string; code?: string }): IDataObject => {
	const node = { name: 'Salesforce', type: 'n8n-nodes-base.salesforce' } as INode;
	return { error: new NodeApiError(node, { message: 'The answer', ...refusal }).message };
};

/** One line of Salesforce’s answer to a bulk call. */
const refusedLine = (statusCode: string): IDataObject => ({
	success: false,
	errors: [{ statusCode, message: 'no', fields: [] }],
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
	['404 at a create', { statusCode: 404, body: {}, headers: {} }, 'create', 'dead'],
	['404 at an update', { statusCode: 404, body: {}, headers: {} }, 'update', 'withdrawn'],
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
	['500 of a CRM node', saidByNode({ httpCode: '500' }), 'create', 'verifying'],
	['520 of a CRM node', saidByNode({ httpCode: '520' }), 'create', 'verifying'],
	['503 of a CRM node', saidByNode({ httpCode: '503' }), 'create', 'waiting'],
	['429 of a CRM node', saidByNode({ httpCode: '429' }), 'update', 'waiting'],
	['404 of a CRM node', saidByNode({ httpCode: '404' }), 'update', 'withdrawn'],
	['401 of a CRM node', saidByNode({ httpCode: '401' }), 'update', 'dead'],
	['422 of a CRM node', saidByNode({ httpCode: '422' }), 'create', 'dead'],
	['no such host of a CRM node', saidByNode({ code: 'ENOTFOUND' }), 'create', 'waiting'],
	['a broken connection of a CRM node', saidByNode({ code: 'ECONNRESET' }), 'create', 'verifying'],
	['a CRM node’s error of any kind', { error: 'No such luck' }, 'create', 'verifying'],
	['a CRM node’s error of any kind', { error: 'No such luck' }, 'update', 'waiting'],
	['a refused line of a bulk call', refusedLine('NO_SUCH_OWNER'), 'update', 'dead'],
	['a refused line of a bulk call', refusedLine('NO_SUCH_OWNER'), 'create', 'dead'],
	['a deleted line of a bulk call', refusedLine('ENTITY_IS_DELETED'), 'update', 'withdrawn'],
	['a locked line of a bulk call', refusedLine('UNABLE_TO_LOCK_ROW'), 'update', 'waiting'],
	[
		'a bulk call that was refused inside',
		{ statusCode: 200, body: [refusedLine('NO_SUCH_OWNER')], headers: {} },
		'update',
		'dead',
	],
	[
		'207 that counts an error',
		{
			statusCode: 207,
			body: { results: [], numErrors: 1, errors: [{ category: 'VALIDATION_ERROR' }] },
			headers: {},
		},
		'update',
		'dead',
	],
	['a record as a CRM node gives it', { Id: '0039', success: true }, 'create', 'delivered'],
	[
		'another holder of the key',
		{
			statusCode: 409,
			headers: {},
			body: { message: 'Contact already exists. Existing ID: 151' },
		},
		'update',
		'dead',
	],
];
for (const [what, answer, op, state] of answers) {
	test(`the answer in the item is read: ${what} at ${op} is ${state}`, async () => {
		const delivery = op === 'update' ? await desk.newUpdate() : await desk.newDelivery();
		const { lines } = await desk.store(
			'delivery',
			'settle',
			{ deliveryId: String(delivery.id), attempt: '1', status: 'answer', op },
			[answer],
		);
		assert.equal(lines[0].state, state);
	});
}

for (const [success, state] of [
	[true, 'delivered'],
	[false, 'dead'],
] as const) {
	test(`of a whole bulk call’s answer the record’s own line counts: ${state}`, async () => {
		const { id, attempt, record_id } = await desk.newUpdate();
		const body = [
			{ id: '003other', success: !success, errors: [] },
			{ id: record_id, success, errors: [] },
		];
		const parameters = settleWith('answer', { op: 'update', recordId: record_id });
		const { lines } = await desk.store('delivery', 'settle', parameters, [
			{ statusCode: 200, headers: {}, body, id, attempt },
		]);
		assert.equal(lines[0].state, state);
	});
}

test('a create that met an existing record is linked to it', async () => {
	const delivery = await desk.newDelivery();
	const { lines } = await desk.store(
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
	const lookup = await desk.claimed(delivery);
	assert.equal(lookup.op, 'lookup');
	assert.equal(lookup.record_id, '003F00000000001');
});

test('after Unknown a lookup comes, and its answer is read', async () => {
	const delivery = await desk.newDelivery();
	await desk.store('delivery', 'settle', settleWith('unknown'), [delivery]);
	const lookup = await desk.claimed(delivery);
	assert.equal(lookup.op, 'lookup');
	const { lines } = await desk.store(
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

test('a create that fails again for a reason nobody knows, after a lookup, goes to a person', async () => {
	let delivery = await desk.newDelivery();
	const answer = async (item: IDataObject) => {
		const { id, attempt, op } = delivery;
		const parameters = { deliveryId: String(id), attempt, status: 'answer', op };
		const { lines } = await desk.store('delivery', 'settle', parameters, [item]);
		return lines[0].state;
	};
	assert.equal(await answer({ error: 'No such luck' }), 'verifying');
	delivery = await desk.claimed(delivery);
	assert.equal(await answer({ records: [] }), 'pending');
	delivery = await desk.claimed(delivery);
	assert.equal(delivery.op, 'create');
	assert.equal(await answer({ error: 'No such luck' }), 'dead');
});

test('a lookup that finds nothing is Absent', async () => {
	const delivery = await desk.newDelivery();
	await desk.store('delivery', 'settle', settleWith('unknown'), [delivery]);
	const lookup = await desk.claimed(delivery);
	const { lines } = await desk.store(
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

test('an unknown delivery stops Settle and is named; with Continue on it leaves with its error', async () => {
	const good = await desk.newDelivery();
	const items = [good, { id: 'd0000', attempt: 1 }];
	await assert.rejects(
		desk.store('delivery', 'settle', settleWith('delivered', { recordId: '0034' }), items),
		/Delivery d0000/,
	);
	const { lines } = await desk.store(
		'delivery',
		'settle',
		settleWith('delivered', { recordId: '0034' }),
		items,
		{ continueOnFail: true },
	);
	assert.equal((lines[1].error as IDataObject).code, 'not-found');
});

test('a Delivery ID that is empty fails alone', async () => {
	const items = [await desk.newDelivery(), { id: '', attempt: 1 }];
	const parameters = settleWith('delivered', { recordId: '0036' });
	const { lines } = await desk.store('delivery', 'settle', parameters, items, {
		continueOnFail: true,
	});
	assert.equal(lines[0].state, 'delivered');
	assert.deepEqual(lines[1], { error: 'Delivery ID is empty' });
});

test('a delivery that was not given up says so when it is replayed', async () => {
	const { id } = await desk.newDelivery();
	await assert.rejects(
		desk.store('delivery', 'replay', { deliveryId: id }),
		(error: { message: string; description: string }) => {
			assert.match(error.message, /the delivery is leased/);
			assert.match(error.description, /given up \(dead\) can be replayed/);
			return true;
		},
	);
});

test('with an error output a refused line is an error alone, which n8n takes there, and names itself in it', async () => {
	const items = [await desk.newDelivery(), { id: 'd0000', attempt: 1 }];
	const { lines } = await desk.store(
		'delivery',
		'settle',
		settleWith('delivered', { recordId: '0035' }),
		items,
		{ continueOnFail: true, onError: 'continueErrorOutput' },
	);
	assert.equal(lines[0].state, 'delivered');
	assert.deepEqual(Object.keys(lines[1]), ['error']);
	const { id, index, code } = lines[1].error as IDataObject;
	assert.deepEqual({ id, index, code }, { id: 'd0000', index: 1, code: 'not-found' });
});

test('an item whose result cannot be read fails alone, and is named', async () => {
	const stored = (delivery: IDataObject, record: string): IDataObject => ({ ...delivery, record });
	const withRecord = settleWith('delivered', {
		recordId: "={{ '003' + $json.id.slice(1, 16) }}",
		record: '={{ $json.record }}',
	});
	const first = [
		stored(await desk.newDelivery(), '{bad'),
		stored(await desk.newDelivery(), '{"FirstName":"Rose"}'),
	];
	const { output } = await desk.store('delivery', 'settle', withRecord, first, {
		continueOnFail: true,
	});
	assert.match(String(output[0].json.error), /Stored Record is no JSON/);
	assert.equal(output[1].json.state, 'delivered');
	assert.deepEqual(
		output.map((item) => item.pairedItem),
		[{ item: 0 }, { item: 1 }],
	);

	const second = [stored(await desk.newDelivery(), ''), stored(await desk.newDelivery(), '{bad')];
	await assert.rejects(
		desk.store('delivery', 'settle', withRecord, second),
		(error: NodeOperationError) => {
			assert.ok(error instanceof NodeOperationError);
			assert.match(error.message, /Stored Record is no JSON/);
			assert.equal(error.context.itemIndex, 1);
			return true;
		},
	);
	const { deliveries } = await desk.sidecar.ask('/v1/deliveries?state=delivered&limit=1000');
	assert.ok(deliveries.some((one: IDataObject) => one.id === second[0].id));
});

test('Refused Fields takes names with commas, and the list of an expression', async () => {
	for (const names of ['FirstName, Phone', ['FirstName', 'Phone']]) {
		const delivery: IDataObject = { ...(await desk.newUpdate()), names };
		const refusal = { ...givenUp, refusedFields: '={{ $json.names }}' };
		const { lines } = await desk.store('delivery', 'settle', refusal, [delivery]);
		assert.equal(lines[0].error, undefined);
		const { deliveries } = await desk.sidecar.ask('/v1/deliveries?state=dead&limit=1000');
		const dead = deliveries.find((one: IDataObject) => one.id === delivery.id);
		assert.deepEqual(dead.refused, ['first_name']);
	}
});

test('a result that comes too late is reported in its item', async () => {
	const delivery = await desk.newDelivery();
	const late = {
		...settleWith('failed', {
			errorClass: 'transient',
			refusedFields: '',
			errorMessage: 'x',
			retryAfterSeconds: 0,
		}),
		attempt: '7',
	};
	const { lines } = await desk.store('delivery', 'settle', late, [delivery]);
	assert.equal((lines[0].error as IDataObject).code, 'lease-lost');
	await assert.rejects(
		desk.store('delivery', 'settle', { ...late, lateResults: 'fail' }, [delivery]),
		/lease/i,
	);
});

test('a refusal names fields, and the dead letter can be replayed and discarded', async () => {
	const delivery = await desk.newDelivery();
	const { lines } = await desk.store('delivery', 'settle', givenUp, [delivery]);
	assert.equal(lines[0].state, 'dead');
	const dead = await desk.store('delivery', 'getAll', {
		state: 'dead',
		system: 'salesforce',
		returnAll: true,
	});
	assert.ok(dead.lines.some((line) => line.id === delivery.id));
	const replayed = await desk.store('delivery', 'replay', { deliveryId: String(delivery.id) });
	assert.notEqual(replayed.lines[0].state, 'dead');

	const other = await desk.newDelivery();
	await desk.store('delivery', 'settle', givenUp, [other]);
	const discarded = await desk.store('delivery', 'discard', { deliveryId: String(other.id) });
	assert.equal(discarded.lines[0].state, 'discarded');
});

test('a lease is extended', async () => {
	const delivery = await desk.newDelivery();
	const { lines } = await desk.store('delivery', 'extend', {
		deliveryId: String(delivery.id),
		attempt: '1',
		leaseSeconds: 3600,
	});
	assert.equal(lines[0].error, undefined);
	const { deliveries } = await desk.sidecar.ask('/v1/deliveries?state=leased&limit=1000');
	const extended = deliveries.find((one: IDataObject) => one.id === delivery.id);
	assert.ok(Date.parse(extended.lease_expires_at) > Date.now() + 3_000_000);
});

test('deliveries are claimed once, whatever number of items came in, and in groups', async () => {
	const { results } = await desk.sidecar.ask('/v1/events', {
		hand_out: false,
		events: [1, 2, 3].map((n) => ({
			system: 'hubspot',
			entity: 'contact',
			record: hubspotContact(`g${n}`, {}),
		})),
	});
	assert.equal(results.length, 3);
	const { lines, traffic } = await desk.store(
		'delivery',
		'claim',
		{ maxDeliveries: 1000, leaseSeconds: 60, inGroups: true, group: 2 },
		[{}, {}, {}],
	);
	assert.equal(traffic.calls.length, 1);
	assert.ok(lines.length >= 2);
	assert.ok(lines.every((line) => (line.deliveries as IDataObject[]).length <= 2));
});
