// What a person reads in a real n8n when something is wrong with the way to the sidecar: each message
// has to name the line that mends it.
//
//   bad_days.mjs --n8n DIR --truce BINARY --tarball FILE
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { freePort, N8n } from './n8n.mjs';
import { Sidecar } from './sidecar.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
	options: { n8n: { type: 'string' }, truce: { type: 'string' }, tarball: { type: 'string' } },
});

const listening = async (server) => {
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return server.address().port;
};
const folder = mkdtempSync(join(tmpdir(), 'truce-n8n-bad-'));
const sidecar = new Sidecar({ binary: flags.truce, policy: join(here, 'policy.json'), folder });
const silent = http.createServer(() => {});
const gone = http.createServer();
let broken = 0;

const workflow = (id, credential) => ({
	id,
	name: id,
	active: false,
	settings: { executionOrder: 'v1' },
	nodes: [
		{
			id: 'a',
			name: 'Run',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'b',
			name: 'Alerts',
			type: 'n8n-nodes-truce.truceStore',
			typeVersion: 1,
			position: [200, 0],
			parameters: {
				resource: 'alert',
				operation: 'getAll',
				onlyFiring: false,
				options: { timeoutSeconds: 1 },
			},
			credentials: { truceApi: { id: credential, name: credential } },
		},
	],
	connections: { Run: { main: [[{ node: 'Alerts', type: 'main', index: 0 }]] } },
});

async function main() {
	await sidecar.start();
	const silentPort = await listening(silent);
	const gonePort = await listening(gone);
	gone.close();
	const days = [
		{
			day: 'down',
			baseUrl: `http://127.0.0.1:${gonePort}`,
			token: 'x',
			says: [/Nothing listens at/, /truce serve/, /host\.docker\.internal/],
		},
		{
			day: 'token',
			baseUrl: sidecar.url,
			token: 'wrong',
			says: [/does not know this token/, /token file/],
		},
		{
			day: 'silent',
			baseUrl: `http://127.0.0.1:${silentPort}`,
			token: 'x',
			says: [/no answer within 1 seconds/, /already changes nothing the second time/],
		},
		{
			day: 'proxy',
			baseUrl: sidecar.url,
			token: sidecar.token,
			env: { HTTP_PROXY: `http://127.0.0.1:${gonePort}`, NO_PROXY: '' },
			says: [/refused by a proxy/, /NO_PROXY=127\.0\.0\.1,localhost,::1/],
		},
		{ day: 'good', baseUrl: sidecar.url, token: sidecar.token, says: [] },
	];
	const n8n = new N8n({
		install: flags.n8n,
		folder: join(folder, 'home'),
		port: await freePort(),
		brokerPort: await freePort(),
		internet: { proxyUrl: '', authority: '' },
	});
	for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'])
		delete n8n.env[name];
	const plain = n8n.env;
	mkdirSync(n8n.folder);
	n8n.installPackage(resolve(flags.tarball));
	const idOf = (kind, day) => `${kind}${day}`.padEnd(16, '0');
	await n8n.importCredentials(
		days.map(({ day, baseUrl, token }) => ({
			id: idOf('cred', day),
			name: day,
			type: 'truceApi',
			data: { baseUrl, token },
		})),
	);
	await n8n.importWorkflows(days.map(({ day }) => workflow(idOf('flow', day), idOf('cred', day))));
	for (const { day, env, says } of days) {
		n8n.env = { ...plain, ...env };
		const said = await n8n.cli('execute', `--id=${idOf('flow', day)}`).then(
			() => '',
			(error) => error.message,
		);
		const missing =
			says.length === 0
				? said === ''
					? []
					: [said.slice(0, 300)]
				: says.filter((one) => !one.test(said));
		if (missing.length > 0) broken++;
		const [line] = said
			.split('\n')
			.filter((one) => /"message"/.test(one))
			.concat(said.split('\n')[4] ?? '');
		console.log(
			`${missing.length === 0 ? 'ok    ' : 'BROKEN'} ${day.padEnd(7)} ${line.trim().slice(0, 140)} ${missing.length ? `lacks ${missing.join(' ')}` : ''}`,
		);
	}
}

try {
	await main();
} finally {
	await sidecar.end('SIGTERM');
	silent.closeAllConnections();
	silent.close();
	rmSync(folder, { recursive: true, force: true });
}
process.exit(broken === 0 ? 0 : 1);
