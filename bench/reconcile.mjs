// A reconciliation of two or three systems over HTTP, beside DuckDB over the same files: a full outer join with trimming,
// case and digits normalized, and a comparison of every field. DuckDB decides, audits, writes and keeps nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	createReadStream,
	createWriteStream,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

const { values: options } = parseArgs({
	options: {
		truce: { type: 'string' },
		duckdb: { type: 'string' },
		records: { type: 'string', default: '20000' },
		systems: { type: 'string', default: '2' },
		'fast-loop': { type: 'string', default: 'yes' },
	},
});
const count = Number(options.records);
const PAGE = 2_000;
const SYSTEMS = ['hubspot', 'salesforce', 'pipedrive'].slice(0, Number(options.systems));
const GOALS = { first: 25, again: 5, fastLoop: 2 };
const folder = mkdtempSync(join(tmpdir(), 'truce-bench-'));

const FIELDS = [
	['email', 'email'],
	['phone', 'phone'],
	['first_name', 'text'],
	['last_name', 'text'],
	['company', 'text'],
	['title', 'text'],
	['city', 'text'],
	['zip', 'text'],
	['country', 'text'],
	['website', 'url'],
	['employees', 'integer'],
	['revenue', 'decimal'],
];
const pathOf = (system, name) => (system === 'hubspot' ? `properties.${name}` : name);

const only = (places) => Object.fromEntries(SYSTEMS.map((system) => [system, places[system]]));

const policy = {
	version: 1,
	systems: Object.fromEntries(
		SYSTEMS.map((system, i) => [system, { precedence: i + 1, clock_skew_ms: 1000 }]),
	),
	entities: {
		contact: {
			id: only({ hubspot: 'id', salesforce: 'Id', pipedrive: 'id' }),
			modified: only({
				hubspot: 'properties.lastmodifieddate',
				salesforce: 'SystemModstamp',
				pipedrive: 'update_time',
			}),
			match: [['email']],
			create_in: [],
			delete: 'escalate',
			fields: Object.fromEntries(
				FIELDS.map(([name, type]) => [
					name,
					{
						type,
						rule: 'recency',
						...(type === 'phone' ? { region: 'DE' } : {}),
						map: Object.fromEntries(SYSTEMS.map((system) => [system, pathOf(system, name)])),
					},
				]),
			),
		},
	},
};

// The same person, as each system writes it; one in a hundred differs in one field.
function person(i, edits) {
	const n = String(i);
	return {
		email: `person${n}@edge${i % 997}.example`,
		phone: `+49 30 ${String(1_000_000 + i)}`,
		first_name: `First${i % 211}`,
		last_name: `Last${i % 1999}`,
		company: `Company ${i % 5003}`,
		title: ['CEO', 'Engineer', 'Buyer', 'Analyst'][i % 4],
		city: ['Berlin', 'Hamburg', 'München', 'Köln'][i % 4],
		zip: String(10_000 + (i % 80_000)),
		country: 'Germany',
		website: `https://edge${i % 997}.example/`,
		employees: i % 5000,
		revenue: `${i % 100_000}.${10 + (i % 90)}`,
		...edits,
	};
}

function recordOf(system, i, values, modified) {
	if (system === 'salesforce') {
		const fields = { ...values, email: values.email.toUpperCase(), first_name: ` ${values.first_name} ` };
		return { Id: `003${i}`, SystemModstamp: modified, ...fields };
	}
	if (system === 'pipedrive') {
		return { id: i, update_time: modified, ...values, last_name: `${values.last_name} ` };
	}
	const properties = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, String(v)]));
	return { id: String(i), properties: { ...properties, lastmodifieddate: modified } };
}

// `round` 0: what the first run sees. 1: what it found is mended. 2: one in a hundred was edited in HubSpot since.
async function writeSnapshots(round) {
	const files = {};
	for (const system of SYSTEMS) {
		files[system] = join(folder, `${system}-${round}.ndjson`);
		const out = createWriteStream(files[system]);
		for (let i = 0; i < count; i++) {
			const isTitled = i % 100 === 0 && (system === 'hubspot' || round > 0);
			const isEdited = round === 2 && i % 100 === 50 && system === 'hubspot';
			const values = person(i, isEdited ? { title: 'Founder' } : isTitled ? { title: 'Director' } : {});
			const day = isEdited ? 3 : isTitled ? 2 : 1;
			const modified =
				isTitled && system !== 'hubspot'
					? new Date().toISOString()
					: `2026-05-0${day}T00:00:00.000Z`;
			if (!out.write(JSON.stringify(recordOf(system, i, values, modified)) + '\n')) {
				await once(out, 'drain');
			}
		}
		out.end();
		await once(out, 'finish');
	}
	return files;
}

class Truce {
	async start() {
		writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
		const portFile = join(folder, 'port');
		rmSync(portFile, { force: true });
		const flags = ['serve', '--policy', join(folder, 'policy.json'), '--db', join(folder, 'truce.db')];
		flags.push('--listen', '127.0.0.1:0', '--port-file', portFile, '--log-level', 'error');
		this.process = spawn(options.truce, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
		while (!existsSync(portFile)) await pause(20);
		await pause(50);
		this.url = `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`;
		this.token = readFileSync(join(folder, 'truce.db.token'), 'utf8').trim();
	}

	async ask(path, body, type = 'application/json') {
		const reply = await fetch(this.url + path, {
			method: body === undefined ? 'GET' : 'POST',
			headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': type },
			body: typeof body === 'object' ? JSON.stringify(body) : body,
		});
		const answer = await reply.json();
		if (!reply.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
		return answer;
	}

	async postPages(id, system, file) {
		let page = '';
		let lines = 0;
		const send = async () => {
			if (lines === 0) return;
			await this.ask(`/v1/reconciliations/${id}/pages?system=${system}`, page, 'application/x-ndjson');
			page = '';
			lines = 0;
		};
		for await (const line of createInterface({ input: createReadStream(file) })) {
			page += line + '\n';
			if (++lines === PAGE) await send();
		}
		await send();
	}

	// All pages by one client, one after the other, or a client for each system.
	async reconcile(files, clients = 'one') {
		const { id } = await this.ask('/v1/reconciliations', { entity: 'contact', systems: SYSTEMS });
		const posts = SYSTEMS.map((system) => () => this.postPages(id, system, files[system]));
		if (clients === 'each') await Promise.all(posts.map((post) => post()));
		else for (const post of posts) await post();
		let report = await this.ask(`/v1/reconciliations/${id}/complete`, { complete: SYSTEMS });
		while (report.state === 'running') {
			await pause(50);
			report = await this.ask(`/v1/reconciliations/${id}`);
		}
		return report;
	}

	async settleAll() {
		for (;;) {
			const { deliveries } = await this.ask('/v1/deliveries/claim', { limit: 1000 });
			if (deliveries.length === 0) return;
			const results = deliveries.map(({ id, attempt }) => ({ id, attempt, status: 'delivered' }));
			await this.ask('/v1/deliveries/settle', { results });
		}
	}

	peakMib() {
		const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
		return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024;
	}
	cpuSeconds() {
		const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
		return (Number(fields[11]) + Number(fields[12])) / 100;
	}

	async stop() {
		const ended = once(this.process, 'exit');
		this.process.kill('SIGTERM');
		await ended;
	}
}

async function timed(work) {
	const begun = performance.now();
	const result = await work();
	return [(performance.now() - begun) / 1000, result];
}

async function duckdb(files) {
	const require = createRequire(join(options.duckdb, 'package.json'));
	const { DuckDBInstance } = require('@duckdb/node-api');
	const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
	const connection = await instance.connect();
	const plain = (column) => `lower(trim(cast(${column} as varchar)))`;
	const digits = (column) => `regexp_replace(cast(${column} as varchar), '[^0-9]', '', 'g')`;
	const normal = (name, column) => (name === 'phone' ? digits(column) : plain(column));
	const idOf = (system) => (system === 'salesforce' ? 'Id' : 'id');
	const tables = SYSTEMS.map((system, i) => {
		const columns = FIELDS.map(([name]) => `${normal(name, pathOf(system, name))} as ${name}`);
		return `t${i} as (select ${idOf(system)} as id, ${columns.join(', ')} from read_json_auto('${files[system]}'))`;
	});
	const others = SYSTEMS.slice(1).map((_, i) => `t${i + 1}`);
	const joins = others.map((table, i) => {
		const emails = SYSTEMS.slice(0, i + 1).map((_, k) => `t${k}.email`);
		return `full outer join ${table} on coalesce(${emails.join(', ')}) = ${table}.email`;
	});
	const differs = others.flatMap((table) =>
		FIELDS.filter(([name]) => name !== 'email').map(([name]) => `t0.${name} is distinct from ${table}.${name}`),
	);
	const missing = SYSTEMS.map((_, i) => `t${i}.id is null`);
	const [seconds] = await timed(async () => {
		const found = await connection.runAndReadAll(`
			with ${tables.join(', ')} select count(*) from t0 ${joins.join(' ')}
			where ${[...missing, ...differs].join(' or ')}`);
		return found.getRows();
	});
	connection.closeSync();
	return seconds;
}

// The p99 of single events of one client, while `beside` runs or for a while alone.
async function fastLoopP99(truce, beside) {
	const records = Array.from({ length: 500 }, (_, i) => recordOf('hubspot', 10_000_000 + i, person(i), ''));
	const client = new Worker(new URL('single_events.mjs', import.meta.url), {
		workerData: { url: truce.url, token: truce.token, records },
	});
	const answer = once(client, 'message');
	await once(client, 'online');
	await beside();
	client.postMessage('stop');
	const [latencies] = await answer;
	latencies.sort((a, b) => a - b);
	return latencies[Math.floor(latencies.length * 0.99)];
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const row = (...cells) => console.log(cells.map((cell) => String(cell).padEnd(26)).join(''));

const truce = new Truce();
let missed = 0;
try {
	const before = await writeSnapshots(0);
	await truce.start();
	const runs = count > 100_000 ? 1 : 3;
	const duckRuns = [];
	for (let i = 0; i < runs; i++) duckRuns.push(await duckdb(before));
	const duck = median(duckRuns);

	row('', 's', 'records/s', 'CPU s', 'peak MiB', 'times DuckDB');
	row('DuckDB, 2 threads', duck.toFixed(2), Math.round((SYSTEMS.length * count) / duck), '', '', 1);
	const measure = async (name, files, goal) => {
		const cpu = truce.cpuSeconds();
		const [seconds, report] = await timed(() => truce.reconcile(files));
		const times = seconds / duck;
		if (goal && times > goal) missed++;
		row(
			name,
			seconds.toFixed(2),
			Math.round((SYSTEMS.length * count) / seconds),
			(truce.cpuSeconds() - cpu).toFixed(2),
			truce.peakMib().toFixed(0),
			`${times.toFixed(1)}${goal ? ` (goal ${goal})` : ''}`,
		);
		return report;
	};
	const first = await measure('first run', before, GOALS.first);
	await truce.settleAll();
	const mended = await writeSnapshots(1);
	await measure('after its writes', mended);
	const again = await measure('repeated', mended);
	const edited = await writeSnapshots(2);
	const changed = await measure('repeated, 1 % changed', edited, GOALS.again);
	for (const [name, report] of Object.entries({ first, again, changed })) {
		const { matched, different, deliveries, compared } = report;
		console.log(`${name}: ${JSON.stringify({ matched, different, deliveries, compared })}`);
	}
	if (first.different !== count / 100 || changed.different !== count / 100) throw new Error('a run did not find what differs');
	if (options['fast-loop'] === 'yes') {
		const alone = await fastLoopP99(truce, () => pause(5000));
		console.log(`fast loop p99: ${alone.toFixed(2)} ms alone`);
		for (const [clients, name] of [
			['one', 'a client that posts all pages'],
			['each', 'a client for each system'],
		]) {
			const beside = await fastLoopP99(truce, () => truce.reconcile(edited, clients));
			if (beside > GOALS.fastLoop * alone) missed++;
			console.log(
				`during a run with ${name}: ${beside.toFixed(2)} ms, ${(beside / alone).toFixed(2)} times (goal ${GOALS.fastLoop})`,
			);
		}
	}
	await truce.stop();
} finally {
	truce.process?.kill('SIGKILL');
	rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;
