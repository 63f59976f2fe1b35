import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type {
	ICredentialTestRequest,
	IDataObject,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeType,
} from 'n8n-workflow';

import { TruceApi } from '../../nodes/credentials/TruceApi.credentials';
import { TruceMerge } from '../../nodes/nodes/TruceMerge/TruceMerge.node';
import { TruceResolve } from '../../nodes/nodes/TruceResolve/TruceResolve.node';
import { TruceStore } from '../../nodes/nodes/TruceStore/TruceStore.node';
import { resources } from '../../nodes/nodes/TruceStore/operations';
import { TruceTrigger } from '../../nodes/nodes/TruceTrigger/TruceTrigger.node';
import { splitIntoBatches } from '../../nodes/shared/batches';
import { SOURCES } from '../../nodes/shared/sources';
import { contextOf } from './context';
import { PROJECT, Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

const nodes: INodeType[] = [
	new TruceMerge(),
	new TruceResolve(),
	new TruceStore(),
	new TruceTrigger(),
];

test('the README has a line for each resource of Truce Store', () => {
	const readme = readFileSync(join(PROJECT, 'nodes/README.md'), 'utf8');
	for (const { name } of resources) assert.ok(readme.includes(`\n| ${name} | `), name);
});

test('the pick lists hold what the policy has, and nothing else', async () => {
	const load = async (method: string, parameters: IDataObject = {}) => {
		const { context } = contextOf('truceStore', { credentials: sidecar.credentials, parameters });
		const options = await new TruceStore().methods.loadOptions[
			method as keyof TruceStore['methods']['loadOptions']
		].call(context as unknown as ILoadOptionsFunctions);
		return options.map((option) => option.value);
	};
	assert.deepEqual(await load('getSystems'), ['hubspot', 'salesforce', 'zendesk']);
	assert.deepEqual(await load('getEntities'), ['contact']);
	const fields = await load('getFields', { entity: 'contact' });
	assert.ok(fields.includes('email') && fields.includes('amount'));
	assert.ok((await load('getRules')).includes('source_of_truth'));
});

test('every pick list of every node has its method', () => {
	for (const node of nodes) {
		const methods = Object.keys(node.methods?.loadOptions ?? {});
		for (const property of node.description.properties) {
			const method = property.typeOptions?.loadOptionsMethod;
			if (method) assert.ok(methods.includes(method), `${node.description.name}: ${method}`);
		}
	}
});

test('the credential’s test fails on a wrong token', async () => {
	const { request } = new TruceApi().test as ICredentialTestRequest;
	const ask = async (token: string) =>
		(await fetch(sidecar.url + request.url, { headers: { Authorization: `Bearer ${token}` } }))
			.status;
	assert.equal(await ask(sidecar.token), 200);
	assert.equal(await ask('wrong'), 401);
});

test('the credential gives a path its address, and any other request nothing but the token', async () => {
	const credentials = { baseUrl: 'http://127.0.0.1:8377//', token: 'secret' };
	const signed = async (request: IHttpRequestOptions) =>
		await new TruceApi().authenticate(credentials, request);
	const headers = { Authorization: 'Bearer secret' };
	assert.deepEqual(await signed({ url: '/v1/events', headers: { Accept: 'text/csv' } }), {
		url: 'http://127.0.0.1:8377/v1/events',
		headers: { Accept: 'text/csv', ...headers },
	});
	const withBase = { baseURL: 'http://[::1]:8377', url: '/v1/alerts' };
	assert.deepEqual(await signed(withBase), { ...withBase, headers });
	const whole = { url: 'http://localhost:8377/v1/events' };
	assert.deepEqual(await signed(whole), { ...whole, headers });
	// What n8n's HTTP Request gives.
	const old = { uri: 'http://localhost:8377/v1/events' } as unknown as IHttpRequestOptions;
	assert.deepEqual(await signed(old), { ...old, headers });
});

test('the sidecar knows every preset that the drop-down offers', async () => {
	for (const source of SOURCES.filter((one) => one.preset)) {
		const { results } = await sidecar.ask('/v1/events', {
			events: [
				{
					preset: source.preset,
					system: 'hubspot',
					entity: 'contact',
					payload: { nothing: 'known' },
				},
			],
		});
		assert.doesNotMatch(JSON.stringify(results[0].errors), /no preset/i, source.preset);
	}
});

test('every operation says what it does, and every field too', () => {
	for (const { name, operations } of resources) {
		for (const operation of operations) {
			assert.ok(
				operation.action.length > 0 && operation.description.length > 0,
				`${name} ${operation.name}`,
			);
			for (const property of operation.properties) {
				assert.ok(property.description, `${name} ${operation.name} ${property.name}`);
			}
		}
	}
});

test('batches keep to both limits and lose nothing', () => {
	const batches = splitIntoBatches(['aaaa', 'bbbb', 'c', 'd'.repeat(50), 'e'], 2, 10);
	assert.deepEqual(batches, [
		{ from: 0, to: 2 },
		{ from: 2, to: 3 },
		{ from: 3, to: 4 },
		{ from: 4, to: 5 },
	]);
	assert.deepEqual(splitIntoBatches([]), []);
});
