// Rates, times and memory in a real n8n, side by side in one run: what people build in n8n itself, the
// least that any node can take, and Truce. What the columns mean: docs/benchmarks.md. Exit status 1
// where a goal is missed.
//
//   bench.mjs --n8n DIR --truce BINARY --tarball FILE [--sizes 1000,5000,20000,100000] [--filled DIR]
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Executions } from './bench/executions.mjs';
import { peakMiB, resetPeak, residentMiB } from './bench/memory.mjs';
import {
	decidingNode,
	eventWorkflows,
	idOf,
	KEPT_COLUMNS,
	mergeWorkflows,
} from './bench/workflows.mjs';
import { Editor } from './editor.mjs';
import { freePort, N8n } from './n8n.mjs';
import { Sidecar } from './sidecar.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
	options: {
		n8n: { type: 'string' },
		truce: { type: 'string' },
		tarball: { type: 'string' },
		sizes: { type: 'string', default: '1000,5000,20000,100000' },
		filled: { type: 'string' },
	},
});
const REQUESTS = 200;
const CONCURRENCY = 4;
const EVENT_ROUNDS = 5;
const ROUNDS = 3;
const WARM_UP = 1_000;
const SETTLE_MS = 2_000;
const GOAL_SIZE = 20_000;
// Its Code nodes are faster.
const isNewN8n = !flags.n8n.includes('n8n-1.');
const sizes = flags.sizes.split(',').filter(Boolean).map(Number);

/** How often a way is measured with so many records a side; 0: it is left out. */
const roundsOf = {
	send: () => ROUNDS,
	floor: () => ROUNDS,
	truce: () => ROUNDS,
	hash: () => ROUNDS,
	// Its time grows with the square: a minute at 20,000, half an hour at 100,000.
	cd: (size) => (size > 20_000 ? 0 : size === 20_000 ? 1 : ROUNDS),
	// Only for what n8n saves of it.
	everything: (size) => (size > 20_000 ? 0 : 1),
};
const ways = Object.keys(roundsOf);
// When n8n collects its garbage is chance.
const memoryRoundsOf = (size) => (size === GOAL_SIZE ? 3 : 1);

const folder = mkdtempSync(join(tmpdir(), 'truce-n8n-bench-'));
const sidecarIn = (itsFolder, policy) => {
	mkdirSync(itsFolder, { recursive: true });
	return new Sidecar({ binary: flags.truce, policy: join(here, policy), folder: itsFolder });
};
const sidecars = {
	// With what fill.mjs put into it, or nothing.
	events: sidecarIn(resolve(flags.filled ?? join(folder, 'events')), 'policy.json'),
	merges: sidecarIn(join(folder, 'merges'), 'bench/policy.json'),
};
const n8n = new N8n({
	install: flags.n8n,
	folder: join(folder, 'home'),
	port: await freePort(),
	brokerPort: await freePort(),
	internet: { proxyUrl: 'http://127.0.0.1:9', authority: '' },
});
Object.assign(n8n.env, {
	N8N_CUSTOM_EXTENSIONS: join(here, 'bench/nodes'),
	N8N_DATA_TABLES_MAX_SIZE_BYTES: String(4 * 1024 ** 3),
	N8N_RUNNERS_ENABLED: 'true',
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
	NODE_OPTIONS: '--max-old-space-size=4096',
});
delete n8n.env.NODE_EXTRA_CA_CERTS;
const executions = new Executions(n8n, flags.n8n);

/** Does nothing with what comes, and gives it back where it is asked to. */
const nowhere = http.createServer((request, response) => {
	response.setHeader('Content-Type', 'application/json');
	if (request.url === '/back') return request.pipe(response);
	request.resume();
	request.on('end', () => response.end('[]'));
});

async function post(path, body) {
	const reply = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
	await reply.arrayBuffer();
}

let contacts = 0;
const contact = () => ({
	id: `b${++contacts}`,
	properties: {
		email: `b${contacts}@example.com`,
		lastname: 'Okafor',
		lastmodifieddate: new Date().toISOString(),
	},
});

async function eventRate(path) {
	const started = performance.now();
	let left = REQUESTS;
	await Promise.all(
		Array.from({ length: CONCURRENCY }, async () => {
			while (left-- > 0) await post(path, contact());
		}),
	);
	return REQUESTS / ((performance.now() - started) / 1000);
}

/** One run, over when n8n has saved it, so that nothing of it is left to the next. */
async function run(way, count) {
	const started = performance.now();
	await post(way, { count });
	const seconds = (performance.now() - started) / 1000;
	const id = await executions.last(idOf(way));
	return { seconds, id };
}

async function setUp() {
	nowhere.listen(0, '127.0.0.1');
	await once(nowhere, 'listening');
	for (const sidecar of Object.values(sidecars)) await sidecar.start();
	mkdirSync(n8n.folder);
	n8n.installPackage(resolve(flags.tarball));

	await n8n.start();
	const editor = new Editor(n8n);
	await editor.open();
	const table = await editor.makeTable('kept', KEPT_COLUMNS);
	await n8n.stop();

	await n8n.importCredentials(
		Object.entries(sidecars).map(([name, { url, token }]) => ({
			id: name,
			name,
			type: 'truceApi',
			data: { baseUrl: url, token },
		})),
	);
	const nowhereUrl = `http://127.0.0.1:${nowhere.address().port}`;
	const all = [...eventWorkflows(), ...mergeWorkflows({ table, nowhereUrl })];
	await n8n.importWorkflows(all);
	await n8n.activate(all);
	await n8n.start();
	for (const path of ['nothing', 'resolve', 'settle']) await n8n.waitForWebhook(path, contact());
	for (const way of ways) await n8n.waitForWebhook(way, { count: WARM_UP });
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** n8n gets faster for a while after its start, so the first round does not count. */
async function measureEvents() {
	const rates = { nothing: [], resolve: [], settle: [] };
	for (const path of Object.keys(rates)) await eventRate(path);
	for (let round = 0; round < EVENT_ROUNDS; round++) {
		for (const path of Object.keys(rates)) rates[path].push(await eventRate(path));
	}
	return Object.entries(rates).map(([path, all]) => ({
		path,
		rate: median(all),
		ratio: median(all.map((rate, round) => rate / rates.nothing[round])),
		all,
	}));
}

/** All ways in turn in one n8n, so that a busy machine slows them alike. */
async function measureTimes(size) {
	const seconds = Object.fromEntries(ways.map((way) => [way, []]));
	const last = {};
	for (let round = 0; round < ROUNDS; round++) {
		for (const way of ways.filter((one) => round < roundsOf[one](size))) {
			last[way] = await run(way, size);
			seconds[way].push(last[way].seconds);
		}
	}
	const lines = ways.filter((way) => last[way]);
	return await Promise.all(
		lines.map(async (way) => ({
			size,
			way,
			seconds: median(seconds[way]),
			all: seconds[way],
			savedMiB: (await executions.bytesOf(last[way].id)) / 1024 ** 2,
			nodes: await executions.nodesOf(last[way].id),
		})),
	);
}

/** In an n8n and a sidecar that have just started: neither gives back what an earlier run took. */
async function measureMemoryOnce(way, size) {
	const sidecar = sidecars.merges;
	await n8n.stop();
	await sidecar.end('SIGTERM');
	await sidecar.start();
	await n8n.start();
	await n8n.waitForWebhook(way, { count: WARM_UP });
	await executions.last(idOf(way));
	await pause(SETTLE_MS);
	const pids = [n8n.process.pid, sidecar.process.pid];
	const idle = pids.map(residentMiB);
	pids.forEach(resetPeak);
	await run(way, size);
	const [ofN8n, ofSidecar] = pids.map((pid, index) => peakMiB(pid) - idle[index]);
	return { memoryMiB: ofN8n + ofSidecar, sidecarMiB: ofSidecar };
}

/** The middle one of a few. */
async function measureMemory(way, size) {
	const all = [];
	for (let round = 0; round < memoryRoundsOf(size); round++) {
		all.push(await measureMemoryOnce(way, size));
	}
	return all.sort((one, other) => one.memoryMiB - other.memoryMiB)[all.length >> 1];
}

/** All ways have to find the same differences, or their times say nothing. */
function checkDifferences(lines) {
	const found = lines
		.filter(({ way }) => way in decidingNode && way !== 'everything')
		.map(({ way, nodes }) => nodes[decidingNode[way]].items[0]);
	if (new Set(found).size > 1) throw new Error(`the ways differ in what they found: ${found}`);
}

const number = (value, digits = 0) =>
	value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
function printTable(head, rows) {
	const widths = head.map((_, column) =>
		Math.max(...[head, ...rows].map((row) => row[column].length)),
	);
	for (const row of [head, ...rows]) {
		console.log(
			row
				.map((cell, column) =>
					column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column] + 2),
				)
				.join(''),
		);
	}
	console.log();
}

function printEvents(lines) {
	printTable(
		['one event a run', 'runs/s', 'of nothing', 'rounds'],
		lines.map(({ path, rate, ratio, all }) => [
			path,
			number(rate, 1),
			number(ratio, 2),
			all.map((one) => number(one, 1)).join(' '),
		]),
	);
}

function printMerges(lines) {
	const of = (line) => lines.find(({ size, way }) => size === line.size && way === 'truce');
	const rows = lines.map((line) => [
		`${number(line.size)} x 2 ${line.way}`,
		number(line.seconds, 2),
		number(line.seconds / of(line).seconds, 2),
		number(line.memoryMiB),
		number(line.memoryMiB / of(line).memoryMiB, 2),
		number(line.sidecarMiB),
		number(line.savedMiB, 1),
		line.all.map((one) => number(one, 2)).join(' '),
	]);
	for (const size of sizes.filter((one) => roundsOf.cd(one) === 0)) {
		rows.push([`${number(size)} x 2 cd`, 'left out', ...Array(6).fill('')]);
	}
	printTable(
		['records', 'seconds', 'of truce', 'MiB', 'of truce', 'sidecar MiB', 'saved MiB', 'rounds'],
		rows,
	);
}

/** Where the time goes, from what n8n saves. */
function printNodes(lines) {
	for (const { size, way, nodes } of lines.filter((line) => line.size === GOAL_SIZE)) {
		const parts = Object.entries(nodes).map(
			([name, { seconds }]) => `${name} ${number(seconds, 2)}`,
		);
		console.log(`${number(size)} x 2 ${way}, seconds by node: ${parts.join(', ')}`);
	}
	console.log();
}

function goalsOf(events, merges) {
	const rate = (path) => events.find((line) => line.path === path).ratio;
	const goals = [
		['resolve, of a webhook that does nothing', rate('resolve'), '>=', 0.72],
		['settle, of a webhook that does nothing', rate('settle'), '>=', 0.6],
	];
	const at = Object.fromEntries(
		merges.filter(({ size }) => size === GOAL_SIZE).map((line) => [line.way, line]),
	);
	if (!at.truce) return goals;
	const { send, floor, truce, hash, cd, everything } = at;
	const ofTheNode = (line) => line.savedMiB - send.savedMiB;
	return [
		...goals,
		['times faster than cd', cd.seconds / truce.seconds, '>=', 15],
		['times faster than hash', hash.seconds / truce.seconds, '>=', isNewN8n ? 1.5 : 2.5],
		['times the floor', truce.seconds / floor.seconds, '<=', 1.3],
		['memory, of cd’s', truce.memoryMiB / cd.memoryMiB, '<=', 0.5],
		['memory, of hash’s', truce.memoryMiB / hash.memoryMiB, '<=', 0.5],
		['saved of the node, of everything’s', ofTheNode(truce) / ofTheNode(everything), '<=', 0.1],
	];
}

/** Whether all are met. */
function printGoals(goals) {
	const rows = goals.map(([name, value, relation, limit]) => {
		const isMet = relation === '>=' ? value >= limit : value <= limit;
		return [name, number(value, 2), `${relation} ${limit}`, isMet ? 'met' : 'MISSED'];
	});
	printTable([`goals, merges at ${number(GOAL_SIZE)} x 2`, 'is', 'goal', ''], rows);
	return rows.every((row) => row.at(-1) === 'met');
}

async function main() {
	await setUp();
	const events = await measureEvents();
	printEvents(events);

	const merges = [];
	for (const size of sizes) {
		const lines = await measureTimes(size);
		checkDifferences(lines);
		merges.push(...lines);
	}
	for (const line of merges) Object.assign(line, await measureMemory(line.way, line.size));
	printMerges(merges);
	printNodes(merges);
	return printGoals(goalsOf(events, merges));
}

let isMet = false;
try {
	isMet = await main();
} finally {
	await n8n.stop();
	for (const sidecar of Object.values(sidecars)) await sidecar.end('SIGTERM');
	rmSync(folder, { recursive: true, force: true });
}
process.exit(isMet ? 0 : 1);
