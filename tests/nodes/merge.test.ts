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
) {
	const { context, traffic } = contextOf('truceMerge', {
		credentials: sidecar.credentials,
		parameters,
		inputs,
		...rest,
	});
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
	const { ids, record, winners } = merged[0].json as { [name: string]: IDataObject };
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
		changed: { first_name: { value: 'Ada', winner: 'salesforce', was: { hubspot: 'Ida' } } },
	});
});

test('Everything carries the values that lost', async () => {
	const { merged } = await merge({ ...twoInputs, output: 'everything' }, [
		[hubspotContact('h9', { email: 'l@example.com', firstname: 'Old' }, older)],
		[salesforceContact('0039', { Email: 'l@example.com', FirstName: 'New' }, newer)],
	]);
	const fields = merged[0].json.fields as { first_name: { losers: IDataObject[] } };
	assert.equal(fields.first_name.losers[0].value, 'Old');
});

test('three systems merge in one call', async () => {
	const { merged, traffic } = await merge({ ...twoInputs, numberInputs: 3, system3: 'zendesk' }, [
		[hubspotContact('h1', { email: 'three@example.com' })],
		[salesforceContact('0031', { Email: 'three@example.com' })],
		[{ id: 77, email: 'three@example.com', tags: ['vip'], updated_at: '2026-05-12T10:00:00Z' }],
	]);
	assert.equal(traffic.calls.length, 1);
	assert.equal(merged.length, 1);
	assert.deepEqual((merged[0].json.record as IDataObject).tags, ['vip']);
	assert.equal((merged[0].pairedItem as unknown[]).length, 3);
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
