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

interface Node {
	name: string;
	type: string;
	retryOnFail?: boolean;
	onError?: string;
	parameters: { batchSize?: number; options?: { [name: string]: unknown } };
}
interface Workflow {
	nodes: Node[];
	connections: { [from: string]: { main: Array<Array<{ node: string }>> } };
}

const chatOf = ({ type }: Node) => /\.(slack|telegram)$/.exec(type)?.[1];

/** The nodes that get what this one hands on, also by way of others. */
function reachedFrom({ nodes, connections }: Workflow, from: string): Node[] {
	const names = new Set([from]);
	for (const name of names) {
		for (const { node } of connections[name]?.main.flat() ?? []) names.add(node);
	}
	return nodes.filter(({ name }) => names.has(name));
}

for (const file of ['3-conflict-alerts.json', '7-alert-thresholds.json']) {
	test(`workflow ${file} tells each chat from a position of its own, one message a run`, () => {
		const workflow = JSON.parse(read(file)) as Workflow;
		const triggers = workflow.nodes.filter(({ type }) => type.endsWith('.truceTrigger'));
		const chats = triggers.map(({ name }) => [
			...new Set(reachedFrom(workflow, name).flatMap((node) => chatOf(node) ?? [])),
		]);
		assert.deepEqual(chats, [['slack'], ['telegram']]);
		const positions = triggers.map(({ parameters: { options = {} } }) => {
			assert.equal(options.maxItems, 1);
			assert.equal(options.onFailure, 'untilItSucceeds');
			return options.positionName;
		});
		assert.equal(new Set(positions).size, 2);
	});
}

test('workflow 5 asks in Slack one at a time, and fails where a message was not taken', () => {
	const workflow = JSON.parse(read('5-dead-letters.json')) as Workflow;
	const [loop] = workflow.nodes.filter(({ type }) => type.endsWith('.splitInBatches'));
	assert.equal(loop.parameters.batchSize ?? 1, 1);
	const [done, each] = workflow.connections[loop.name].main.map((output) => output[0].node);
	assert.deepEqual([done, each], ['Not Taken', 'Ask in Slack']);
	assert.equal(workflow.connections[each].main[0][0].node, loop.name);
	const ask = workflow.nodes.find(({ name }) => name === each);
	assert.deepEqual([ask?.retryOnFail, ask?.onError], [true, 'continueRegularOutput']);
	assert.ok(reachedFrom(workflow, done).some(({ type }) => type.endsWith('.stopAndError')));
	const asks = workflow.nodes.filter((node) => chatOf(node));
	assert.deepEqual(asks, [ask]);
});
