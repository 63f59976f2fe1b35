import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { TruceMerge } from '../../nodes/nodes/TruceMerge/TruceMerge.node';
import { contextOf, type Setting } from './context';
import { conflictPair, hubspotContact, salesforceContact } from './records';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

const twoInputs = {
	entity: 'contact',
	numberInputs: 2,
	system1: 'hubspot',
	system2: 'salesforce',
	output: 'merged',
};

async function merge(
	parameters: IDataObject,
	inputs: IDataObject[][],
	rest: Partial<Setting> = {},
	beforeCall: (path: string) => Promise<void> = async () => {},
) {
	const { context, traffic } = contextOf('truceMerge', {
		credentials: sidecar.credentials,
		parameters,
		inputs,
		...rest,
	});
	const { helpers } = context;
	const send = helpers.httpRequestWithAuthentication;
	helpers.httpRequestWithAuthentication = async function (type, options) {
		await beforeCall(options.url);
		return await send.call(this, type, options);
	};
	const [merged, only, conflict, ambiguous] = await new TruceMerge().execute.call(context);
	return { merged, only, conflict, ambiguous, traffic };
}

const older = '2026-05-12T10:00:00.000Z';
const newer = '2026-05-13T10:00:00.000+0000';

test('records with one address become one item with a winner for each field', async () => {
	const { merged, only, conflict, ambiguous, traffic } = await merge(twoInputs, [
		[
			hubspotContact('h1', { email: 'solo@example.com' }, older),
			hubspotContact('h2', { email: 'rose@example.com', firstname: 'Rosa' }, older),
		],
		[salesforceContact('0031', { Email: 'Rose@Example.com', FirstName: 'Rose' }, newer)],
	]);
	assert.equal(traffic.calls.length, 1);
	assert.equal(merged.length, 1);
	const { ids, record, winners } = merged[0].json as {
		[name: string]: IDataObject;
	};
	assert.deepEqual(ids, { hubspot: 'h2', salesforce: '0031' });
	assert.equal(record.first_name, 'Rose');
	assert.equal((winners.first_name as IDataObject).system, 'salesforce');
	assert.equal((winners.first_name as IDataObject).rule, 'recency');
	assert.equal((winners.email as IDataObject).rule, 'source_of_truth');
	assert.deepEqual(merged[0].pairedItem, [
		{ item: 1, input: 0 },
		{ item: 0, input: 1 },
	]);
	assert.deepEqual(
		only.map((item) => [item.json.id, item.pairedItem]),
		[['h1', [{ item: 0, input: 0 }]]],
	);
	assert.equal(conflict.length + ambiguous.length, 0);
});

test('a difference that a person has to decide leaves by Conflict', async () => {
	const { hubspot, salesforce } = conflictPair('m1');
	const { merged, conflict } = await merge(twoInputs, [[hubspot], [salesforce]]);
	assert.equal(merged.length, 0);
	assert.equal(conflict.length, 1);
	const [first] = conflict[0].json.conflicts as IDataObject[];
	assert.equal(first.field, 'amount');
});

test('a conflict leaves by Conflict with every output, with an item of the same shape', async () => {
	const { hubspot, salesforce } = conflictPair('m2');
	for (const [output, members] of Object.entries({
		merged: ['conflicts', 'ids', 'record', 'winners'],
		changed: ['changed', 'conflicts', 'ids', 'was', 'won_by'],
		everything: ['conflicts', 'fields', 'inputs', 'record'],
	})) {
		const { conflict } = await merge({ ...twoInputs, output }, [[hubspot], [salesforce]]);
		assert.deepEqual(Object.keys(conflict[0].json).sort(), members);
	}
});

test('what could not be read is said in the item, with the system', async () => {
	for (const output of ['merged', 'changed']) {
		const { merged } = await merge({ ...twoInputs, output }, [
			[
				hubspotContact('e1', {
					contract_value: 'a lot',
					contract_currency: 'EUR',
				}),
			],
			[salesforceContact('0031', { Email: 'e1@example.com' })],
		]);
		const [error] = merged[0].json.errors as IDataObject[];
		assert.equal(error.system, 'hubspot');
		assert.equal(error.field, 'amount');
	}
});

test('what is only in one system carries its record unless only changes are wanted', async () => {
	for (const [output, members] of Object.entries({
		merged: ['id', 'index', 'record', 'system'],
		changed: ['id', 'index', 'system'],
		everything: ['id', 'index', 'record', 'system'],
	})) {
		const inputs = [[hubspotContact('s1', { email: 's1@example.com' })], []];
		const { only } = await merge({ ...twoInputs, output }, inputs);
		assert.deepEqual(Object.keys(only[0].json).sort(), members);
	}
});

test('two records of one system with one key are Ambiguous', async () => {
	const same = { Email: 'twin@example.com' };
	const { ambiguous, only } = await merge(twoInputs, [
		[],
		[salesforceContact('0031', same), salesforceContact('0032', same)],
	]);
	assert.equal(only.length, 0);
	assert.equal(ambiguous.length, 1);
	assert.deepEqual(ambiguous[0].pairedItem, [
		{ item: 0, input: 1 },
		{ item: 1, input: 1 },
	]);
});

test('Changed Fields Only leaves out what agrees', async () => {
	const pair = (name: string, first: string, second: string) => [
		hubspotContact(`h-${name}`, { email: `${name}@example.com`, firstname: first }, older),
		salesforceContact(`003${name}`, { Email: `${name}@example.com`, FirstName: second }, newer),
	];
	const same = pair('same', 'Ada', 'Ada');
	const other = pair('other', 'Ida', 'Ada');
	const { merged } = await merge({ ...twoInputs, output: 'changed' }, [
		[same[0], other[0]],
		[same[1], other[1]],
	]);
	assert.equal(merged.length, 1);
	assert.deepEqual(merged[0].json, {
		ids: { hubspot: 'h-other', salesforce: '003other' },
		changed: { first_name: 'Ada' },
		won_by: { first_name: 'salesforce' },
		was: { hubspot: { first_name: 'Ida' } },
	});
});

test('Everything carries the values that lost', async () => {
	const { merged } = await merge({ ...twoInputs, output: 'everything' }, [
		[hubspotContact('h9', { email: 'l@example.com', firstname: 'Old' }, older)],
		[salesforceContact('0039', { Email: 'l@example.com', FirstName: 'New' }, newer)],
	]);
	const fields = merged[0].json.fields as {
		first_name: { losers: IDataObject[] };
	};
	assert.equal(fields.first_name.losers[0].value, 'Old');
});

test('three systems merge in one call', async () => {
	const { merged, traffic } = await merge({ ...twoInputs, numberInputs: 3, system3: 'zendesk' }, [
		[hubspotContact('h1', { email: 'three@example.com' })],
		[salesforceContact('0031', { Email: 'three@example.com' })],
		[
			{
				id: 77,
				email: 'three@example.com',
				tags: ['vip'],
				updated_at: '2026-05-12T10:00:00Z',
			},
		],
	]);
	assert.equal(traffic.calls.length, 1);
	assert.equal(merged.length, 1);
	assert.deepEqual((merged[0].json.record as IDataObject).tags, ['vip']);
	assert.equal((merged[0].pairedItem as unknown[]).length, 3);
});

test('inputs that nothing is connected to have no items', async () => {
	const { only } = await merge({ ...twoInputs, numberInputs: 3, system3: 'zendesk' }, [
		[hubspotContact('u1', { email: 'u1@example.com' })],
	]);
	assert.deepEqual(
		only.map((item) => item.json.id),
		['u1'],
	);
});

test('nothing is kept', async () => {
	await merge(twoInputs, [[hubspotContact('k1', {})], []]);
	const found = await sidecar.ask('/v1/records/contact?system=hubspot&id=k1');
	assert.equal(found.code, 'not-found');
});

test('one system for two inputs is refused before any call', async () => {
	await assert.rejects(
		merge({ ...twoInputs, system2: 'hubspot' }, [[hubspotContact('1', {})], []]),
		/“hubspot” is chosen for two inputs/,
	);
});

test('with Continue on an error leaves as an item', async () => {
	const { merged } = await merge({ ...twoInputs, entity: 'nothing' }, [[{ id: 1 }], []], {
		continueOnFail: true,
	});
	assert.match(String(merged[0].json.error), /no entity 'nothing'/);
});

/** More records than one call takes: half of them in both systems, every fourth of those differs. */
const manyRecords = (count: number) => [
	Array.from({ length: count }, (_, n) =>
		hubspotContact(`h${n}`, { email: `p${n}@example.com`, firstname: 'Ada' }, older),
	),
	Array.from({ length: count }, (_, index) => {
		const n = index + count / 2;
		const fields = {
			Email: `p${n}@example.com`,
			FirstName: n % 4 ? 'Ada' : 'Ida',
		};
		return salesforceContact(`s${n}`, fields, newer);
	}),
];
const stepsOf = (calls: Array<{ method: string; path: string }>) =>
	calls.map(({ method, path }) => `${method} ${path.replace(/merges\/[^/]+/, 'merges/ID')}`);
const onePass = (pages: number, answers = 1) => [
	'POST /v1/merges',
	...Array.from({ length: pages }, () => 'POST /v1/merges/ID/pages'),
	...Array.from({ length: answers }, () => 'POST /v1/merges/ID/complete'),
	'DELETE /v1/merges/ID',
];

test('more than one call can hold goes in pages, and says what one call would have said', async () => {
	const [hubspot, salesforce] = manyRecords(12_000);
	const inputs = { hubspot, salesforce };
	for (const output of ['merged', 'changed', 'everything']) {
		const { merged, only, traffic } = await merge({ ...twoInputs, output }, [hubspot, salesforce]);
		assert.deepEqual(stepsOf(traffic.calls), onePass(4, 2));
		assert.ok(traffic.calls.every((call) => call.bytes <= 8.1 * 1024 * 1024));

		const whole = await sidecar.ask('/v1/merge', {
			entity: 'contact',
			output,
			inputs,
		});
		assert.equal(merged.length, output === 'changed' ? 1_500 : 6_000);
		assert.equal(only.length, 12_000);
		const pairsOf = (reads: IDataObject[]) =>
			reads.map((read) => ({
				item: read.index,
				input: read.system === 'hubspot' ? 0 : 1,
			}));
		const byPlace = (one: unknown, other: unknown) =>
			JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
		assert.deepEqual(
			merged.map((item) => item.pairedItem).sort(byPlace),
			whole.matched
				.map((match: IDataObject) => pairsOf(match.inputs as IDataObject[]))
				.sort(byPlace),
		);
		assert.deepEqual(
			only.map((item) => item.json).sort(byPlace),
			Object.values(whole.only as { [system: string]: IDataObject[] })
				.flat()
				.sort(byPlace),
		);
		const last = merged.find((item) => JSON.stringify(item.json).includes('"h11996"'));
		assert.deepEqual(last?.pairedItem, [
			{ item: 11_996, input: 0 },
			{ item: 5_996, input: 1 },
		]);
	}
});

test('a few large records go in pages of at most 8 MiB', async () => {
	const text = 'x'.repeat(220 * 1024);
	const records = Array.from({ length: 40 }, (_, n) => hubspotContact(`g${n}`, { text }));
	const { only, traffic } = await merge(twoInputs, [records, []]);
	assert.deepEqual(stepsOf(traffic.calls), onePass(2));
	assert.ok(traffic.calls.every((call) => call.bytes <= 8.1 * 1024 * 1024));
	assert.deepEqual(
		only.map((item) => item.pairedItem),
		records.map((_, item) => [{ item, input: 0 }]),
	);
});

test('a long answer is read in pieces', async () => {
	const records = Array.from({ length: 20_001 }, (_, n) => ({ id: `l${n}` }));
	const { only, traffic } = await merge(twoInputs, [records, []]);
	assert.deepEqual(stepsOf(traffic.calls), onePass(3, 2));
	assert.equal(new Set(only.map((item) => item.json.id)).size, 20_001);
});

test('at most two pages are under way', async () => {
	const records = Array.from({ length: 45_000 }, (_, n) => ({ id: `f${n}` }));
	let sent = 0;
	const { traffic } = await merge(twoInputs, [records, []], {}, async (path) => {
		if (path.endsWith('/pages')) sent++;
	});
	assert.equal(sent, 5);
	assert.ok(traffic.inFlightMax <= 2, String(traffic.inFlightMax));
});

test('a merge that a restart of the sidecar has cost starts over, once', async () => {
	const inputs = manyRecords(6_000);
	const restartTimes = (times: number) => async (path: string) => {
		if (!path.endsWith('/complete') || times-- <= 0) return;
		await sidecar.kill();
		await sidecar.up();
	};
	const { merged, traffic } = await merge(twoInputs, inputs, {}, restartTimes(1));
	assert.equal(merged.length, 3_000);
	assert.deepEqual(stepsOf(traffic.calls), [...onePass(2), ...onePass(2)]);

	await assert.rejects(
		merge(twoInputs, inputs, {}, restartTimes(2)),
		(error: { message: string; description: string }) => {
			assert.equal(error.message, 'Truce lost this merge twice');
			assert.match(error.description, /run the workflow again/);
			return true;
		},
	);
});

test('a merge in pages is given up when a page is refused', async () => {
	const paths: string[] = [];
	await assert.rejects(
		merge({ ...twoInputs, system2: 'nobody' }, manyRecords(12_000), {}, async (path) => {
			paths.push(path);
		}),
		/nobody/,
	);
	const { status } = await fetch(sidecar.url + paths.at(-1), {
		method: 'DELETE',
		headers: { Authorization: `Bearer ${sidecar.token}` },
	});
	assert.equal(paths.at(-1), paths.find((path) => path.endsWith('/pages'))?.replace('/pages', ''));
	assert.equal(status, 404);
});
