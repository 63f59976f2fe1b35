import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { evaluate, parameterOf, wayOf } from './expressions';
import { PROJECT } from './sidecar';

interface Field {
	map: { [system: string]: string | { path: string } };
}

const read = (file: string) => readFileSync(join(PROJECT, 'workflows', file), 'utf8');
const policy = JSON.parse(read('policies/crm.json').replaceAll(/^\s*\/\/.*$/gm, ''));

function hubspotProperties(entity: string): string[] {
	const { fields, modified } = policy.entities[entity];
	const paths = (Object.values(fields) as Field[]).map(({ map: { hubspot } }) =>
		typeof hubspot === 'string' ? hubspot : hubspot.path,
	);
	return [modified.hubspot, ...paths].map((path) => path.replace('properties.', '')).sort();
}

/** Every list of HubSpot's properties in a workflow, by what it asks for. */
function listsIn(file: string): string[][] {
	const lists = [
		...read(file).matchAll(/properties(?:WithHistory)?(?:=|\\": \\"|: \[)([\w, ']+)/g),
	];
	return lists.map(([, list]) => list.split(',').map((name) => name.replaceAll(/[ ']/g, '')));
}

for (const [file, entities] of [
	['1-fast-loop.json', ['contact', 'contact']],
	['8-catch-up.json', ['contact', 'contact', 'contact']],
	['9-daily-reconciliation.json', ['contact']],
	['10-weekly-attribution.json', ['company', 'deal']],
] as const) {
	test(`workflow ${file} asks HubSpot for what the policy maps`, () => {
		const lists = listsIn(file);
		assert.equal(lists.length, entities.length);
		lists.forEach((list, index) => {
			const { modified } = policy.entities[entities[index]];
			const always = modified.hubspot.replace('properties.', '');
			const asked = [...new Set([...list, always])].sort();
			assert.deepEqual(asked, hubspotProperties(entities[index]));
		});
	});
}

test('workflow 1 fetches a contact up to five times, and hands over no other answer', () => {
	const way = (statusCode: number | undefined, $runIndex: number) =>
		wayOf('1-fast-loop.json', 'Was It Fetched', { statusCode, body: {} }, { $runIndex });
	assert.equal(way(200, 0), 'Fetched');
	for (const status of [429, 500, 503, undefined]) {
		assert.equal(way(status, 0), 'Try Again');
		assert.equal(way(status, 3), 'Try Again');
		assert.equal(way(status, 4), undefined);
	}
	assert.equal(way(404, 0), undefined);
	const { connections } = JSON.parse(read('1-fast-loop.json'));
	const after = (node: string) =>
		connections[node].main.map((output: Array<{ node: string }>) => output[0].node);
	assert.deepEqual(after('Fetch the Contact'), ['Was It Fetched']);
	assert.deepEqual(after('Was It Fetched'), ['Contacts Only', 'A Moment']);
	assert.deepEqual(after('A Moment'), ['Fetch the Contact']);
});

test('workflow 1 knows the contact again when it is fetched once more', () => {
	const url = parameterOf('1-fast-loop.json', 'Fetch the Contact', 'url');
	const $ = () => ({ item: { json: { id: '151' } } });
	const fetched = String(evaluate(url, { statusCode: 500 }, { $ }));
	assert.match(fetched, /\/contacts\/151\?properties=/);
});
