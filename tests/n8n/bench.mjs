// Rates and times in a real n8n, side by side in one run: what n8n itself takes, and what Truce adds.
//
//   bench.mjs --n8n DIR --truce BINARY --tarball FILE [--sizes 1000,20000]
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { N8n } from './n8n.mjs';
import { Sidecar } from './sidecar.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
	options: {
		n8n: { type: 'string' },
		truce: { type: 'string' },
		tarball: { type: 'string' },
		sizes: { type: 'string', default: '1000,20000' },
		port: { type: 'string', default: '5691' },
	},
});
const REQUESTS = 200;
const CONCURRENCY = 4;
const ROUNDS = 3;

const credentials = { truceApi: { id: 'truceApi00000001', name: 'Truce' } };
const node = (name, type, typeVersion, parameters, more = {}) => ({
	id: name,
	name,
	type,
	typeVersion,
	parameters,
	position: [0, 0],
	...more,
});
const webhook = (path) =>
	node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'noData', options: {} },
		{ webhookId: path },
	);
const chain = (...links) => {
	const connections = {};
	for (const [from, to, output = 0, input = 0] of links) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output].push({ node: to, type: 'main', index: input });
	}
	return connections;
};
const workflow = (id, nodes, connections) => ({
	id,
	name: id,
	nodes,
	connections,
	active: false,
	settings: { executionOrder: 'v1' },
});

const resolveNode = node(
	'Resolve',
	'n8n-nodes-truce.truceResolve',
	1,
	{ source: 'record', system: 'hubspot', entity: 'contact', options: {} },
	{ credentials },
);
const recordNode = node('Record', 'n8n-nodes-base.set', 3.4, {
	mode: 'raw',
	jsonOutput: '={{ JSON.stringify($json.body) }}',
	options: {},
});
const settleNode = node(
	'Settle',
	'n8n-nodes-truce.truceStore',
	1,
	{
		resource: 'delivery',
		operation: 'settle',
		deliveryId: '={{ $json.id }}',
		attempt: '={{ $json.attempt }}',
		status: 'delivered',
		recordId: '=003{{ $json.id }}',
		lateResults: 'report',
		options: {},
	},
	{ credentials },
);

const generated = (system) => `
const count = $('Webhook').first().json.body.count;
const own = ${system === 'hubspot'};
return Array.from({ length: count }, (_, index) => {
  const n = own ? index : index + Math.floor(count / 5);
  const text = (name) => name + ' ' + n + (own || n % 2 ? '' : ' x');
  const at = own ? '2026-05-12T10:00:00.000Z' : '2026-05-13T10:00:00.000Z';
  return { json: own
    ? { id: 'h' + n, properties: { email: 'p' + n + '@example.com', firstname: text('first'), lastname: text('last'), lifecyclestage: 'lead', contract_value: String(n), lastmodifieddate: at } }
    : { Id: 's' + n, Email: 'p' + n + '@example.com', FirstName: text('first'), LastName: text('last'), Status__c: 'Lead', Contract_Value__c: n, SystemModstamp: at } };
});`;
const code = (name, jsCode) => node(name, 'n8n-nodes-base.code', 2, { jsCode });
const join2 = `
const mine = $('HubSpot').all(), theirs = new Map($('Salesforce').all().map((item) => [item.json.Email, item.json]));
const pairs = [['firstname', 'FirstName'], ['lastname', 'LastName'], ['contract_value', 'Contract_Value__c']];
const merged = [];
for (const { json } of mine) {
  const other = theirs.get(json.properties.email);
  if (!other) continue;
  const changed = {};
  for (const [a, b] of pairs) if (String(json.properties[a]) !== String(other[b])) changed[a] = other.SystemModstamp > json.properties.lastmodifieddate ? other[b] : json.properties[a];
  if (Object.keys(changed).length) merged.push({ json: { id: json.id, changed } });
}
return merged;`;
const summary = code('Summary', 'return [{ json: { count: $input.all().length } }];');
const mergeNode = (output) =>
	node(
		'Merge',
		'n8n-nodes-truce.truceMerge',
		1,
		{
			entity: 'contact',
			numberInputs: 2,
			system1: 'hubspot',
			system2: 'salesforce',
			output,
			options: { timeoutSeconds: 120 },
		},
		{ credentials },
	);
const sources = [
	code('HubSpot', generated('hubspot')),
	code('Salesforce', generated('salesforce')),
];

const workflows = [
	workflow(
		'benchfloor000001',
		[webhook('floor'), node('Nothing', 'n8n-nodes-base.noOp', 1, {})],
		chain(['Webhook', 'Nothing']),
	),
	workflow(
		'benchresolve0001',
		[webhook('resolve'), recordNode, resolveNode],
		chain(['Webhook', 'Record'], ['Record', 'Resolve']),
	),
	workflow(
		'benchsettle00001',
		[webhook('settle'), recordNode, resolveNode, settleNode],
		chain(['Webhook', 'Record'], ['Record', 'Resolve'], ['Resolve', 'Settle']),
	),
	workflow(
		'benchpass0000001',
		[webhook('generate'), ...sources, node('Append', 'n8n-nodes-base.merge', 3.2, {}), summary],
		chain(
			['Webhook', 'HubSpot'],
			['Webhook', 'Salesforce'],
			['HubSpot', 'Append'],
			['Salesforce', 'Append', 0, 1],
			['Append', 'Summary'],
		),
	),
	workflow(
		'benchmerge000001',
		[webhook('merge'), ...sources, mergeNode('changed'), summary],
		chain(
			['Webhook', 'HubSpot'],
			['Webhook', 'Salesforce'],
			['HubSpot', 'Merge'],
			['Salesforce', 'Merge', 0, 1],
			['Merge', 'Summary'],
		),
	),
	workflow(
		'benchjoin0000001',
		[webhook('join'), ...sources, code('Join', join2), summary],
		chain(
			['Webhook', 'HubSpot'],
			['HubSpot', 'Salesforce'],
			['Salesforce', 'Join'],
			['Join', 'Summary'],
		),
	),
];

const folder = mkdtempSync(join(tmpdir(), 'truce-n8n-bench-'));
const sidecar = new Sidecar({ binary: flags.truce, policy: join(here, 'policy.json'), folder });
const internet = { proxyUrl: 'http://127.0.0.1:9', authority: '' };
const n8n = new N8n({
	install: flags.n8n,
	folder: join(folder, 'home'),
	port: Number(flags.port),
	internet,
});
Object.assign(n8n.env, {
	N8N_RUNNERS_ENABLED: 'true',
	N8N_RUNNERS_BROKER_PORT: '5698',
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
	NODE_OPTIONS: '--max-old-space-size=4096',
});
delete n8n.env.NODE_EXTRA_CA_CERTS;

const post = async (path, body) => {
	const reply = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
	await reply.arrayBuffer();
};
let contacts = 0;
const contact = () => ({
	id: `b${++contacts}`,
	properties: {
		email: `b${contacts}@example.com`,
		lastname: 'Okafor',
		lastmodifieddate: new Date().toISOString(),
	},
});

async function rate(path) {
	const started = performance.now();
	let left = REQUESTS;
	await Promise.all(
		Array.from({ length: CONCURRENCY }, async () => {
			while (left-- > 0) await post(path, contact());
		}),
	);
	return REQUESTS / ((performance.now() - started) / 1000);
}

async function time(path, count) {
	const started = performance.now();
	await post(path, { count });
	return (performance.now() - started) / 1000;
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
const peakMiB = (pid) =>
	Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

async function main() {
	await sidecar.start();
	mkdirSync(n8n.folder);
	n8n.installPackage(resolve(flags.tarball));
	await n8n.importCredentials([
		{
			id: 'truceApi00000001',
			name: 'Truce',
			type: 'truceApi',
			data: { baseUrl: sidecar.url, token: sidecar.token },
		},
	]);
	await n8n.importWorkflows(workflows);
	await n8n.cli('update:workflow', '--all', '--active=true');
	await n8n.start();
	for (const path of ['floor', 'resolve', 'settle']) await n8n.waitForWebhook(path, contact());
	for (const path of ['generate', 'merge', 'join']) await n8n.waitForWebhook(path, { count: 10 });

	const rates = { floor: [], resolve: [], settle: [] };
	for (let round = 0; round < ROUNDS; round++) {
		for (const path of Object.keys(rates)) rates[path].push(await rate(path));
	}
	const floor = median(rates.floor);
	for (const [path, all] of Object.entries(rates)) {
		console.log(
			`${path.padEnd(8)} ${median(all).toFixed(1)}/s (${(median(all) / floor).toFixed(2)} of a webhook that does nothing)  ${all.map((one) => one.toFixed(1)).join(' ')}`,
		);
	}
	for (const size of flags.sizes.split(',').map(Number)) {
		const times = { generate: [], merge: [], join: [] };
		for (let round = 0; round < ROUNDS; round++) {
			for (const path of Object.keys(times)) times[path].push(await time(path, size));
		}
		for (const [path, all] of Object.entries(times)) {
			console.log(
				`${String(size).padStart(6)} x 2 ${path.padEnd(8)} ${median(all).toFixed(2)} s  ${all.map((one) => one.toFixed(2)).join(' ')}`,
			);
		}
	}
	console.log(
		`peak memory: n8n ${peakMiB(n8n.process.pid).toFixed(0)} MiB, sidecar ${peakMiB(sidecar.process.pid).toFixed(0)} MiB`,
	);
}

try {
	await main();
} finally {
	await n8n.stop();
	await sidecar.end('SIGTERM');
	rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
