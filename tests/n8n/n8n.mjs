// A real n8n with a home of its own: the package installed as a user installs it, credentials and
// workflows imported by n8n's own CLI.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { openSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const START_MAX_MS = 120_000;
const STOP_MAX_MS = 40_000;

// Below those that outgoing connections get, one of which may be somebody's when n8n starts again.
const PORTS = { from: 20_000, count: 10_000 };

const startsByItself = ({ type }) =>
	/(webhook|formTrigger|scheduleTrigger|telegramTrigger|truceTrigger)$/.test(type);

/** Fails where something listens already. */
async function tryPort(port) {
	const server = net.createServer();
	await new Promise((done, failed) => {
		server.once('error', failed);
		server.listen(port, '127.0.0.1', done);
	});
	await new Promise((done) => server.close(done));
	return port;
}

export async function freePort() {
	const drawn = PORTS.from + Math.floor(Math.random() * PORTS.count);
	return await tryPort(drawn).catch(freePort);
}

export class N8n {
	constructor({ install, folder, port, brokerPort, internet }) {
		this.binary = join(install, 'node_modules/.bin/n8n');
		const { version } = JSON.parse(
			readFileSync(join(install, 'node_modules/n8n/package.json'), 'utf8'),
		);
		this.version = version;
		this.folder = folder;
		this.port = port;
		this.brokerPort = brokerPort;
		this.url = `http://127.0.0.1:${port}`;
		this.env = {
			PATH: process.env.PATH,
			HOME: folder,
			N8N_USER_FOLDER: folder,
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_HOST: '127.0.0.1',
			WEBHOOK_URL: `http://127.0.0.1:${port}/`,
			N8N_ENCRYPTION_KEY: 'only-for-this-test-0123456789abcdef',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_RUNNERS_ENABLED: 'false',
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			// The other one needs isolated-vm, which is built by a script of its own.
			N8N_EXPRESSION_ENGINE: 'legacy',
			N8N_SECURE_COOKIE: 'false',
			N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
			N8N_GIT_NODE_DISABLE_BARE_REPOS: 'true',
			N8N_LOG_LEVEL: 'info',
			DB_SQLITE_POOL_SIZE: '2',
			EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
			HTTP_PROXY: internet.proxyUrl,
			HTTPS_PROXY: internet.proxyUrl,
			NO_PROXY: '127.0.0.1,localhost,::1',
			NODE_EXTRA_CA_CERTS: internet.authority,
			NODE_OPTIONS: '--max-old-space-size=2048',
		};
		// n8n 2 asks its makers for lists of MCP servers; n8n 1 refuses to start with a module that it does not know.
		if (!version.startsWith('1.')) this.env.N8N_DISABLED_MODULES = 'mcp-registry';
		this.log = join(folder, 'n8n.log');
	}

	/** The packed tarball into n8n's own folder for community nodes. */
	installPackage(tarball) {
		const nodes = join(this.folder, '.n8n/nodes');
		mkdirSync(nodes, { recursive: true });
		writeFileSync(
			join(nodes, 'package.json'),
			'{"name":"installed-nodes","private":true,"dependencies":{}}',
		);
		const flags = [
			'install',
			'--ignore-scripts',
			'--omit=peer',
			'--legacy-peer-deps',
			'--no-audit',
			'--no-fund',
			'--offline',
			tarball,
		];
		execFileSync('npm', flags, { cwd: nodes, stdio: ['ignore', 'ignore', 'inherit'] });
	}

	/** Not blocking: what a workflow calls is served by this very process. */
	async cli(...flags) {
		try {
			return await promisify(execFile)(this.binary, flags, { env: this.env, maxBuffer: 64 << 20 });
		} catch (error) {
			throw new Error(`n8n ${flags[0]} failed: ${error.stdout}${error.stderr}`);
		}
	}

	async importCredentials(all) {
		const file = join(this.folder, 'credentials.json');
		writeFileSync(file, JSON.stringify(all));
		await this.cli('import:credentials', `--input=${file}`);
	}

	/** A folder of workflows, as workflows/README.md says. */
	async importWorkflows(all) {
		const folder = join(this.folder, 'workflows');
		mkdirSync(folder);
		for (const workflow of all)
			writeFileSync(join(folder, `${workflow.id}.json`), JSON.stringify(workflow));
		await this.cli('import:workflow', '--separate', `--input=${folder}`);
	}

	/** All of them, before the start. n8n 2 publishes, one by one, also what only other workflows call; n8n 1 refuses
	 * to activate that. */
	async activate(all) {
		if (!this.version.startsWith('1.')) {
			for (const { id } of all) await this.cli('publish:workflow', `--id=${id}`);
			return;
		}
		await this.cli('update:workflow', '--all', '--active=true');
		for (const { id, nodes } of all) {
			if (!nodes.some(startsByItself))
				await this.cli('update:workflow', `--id=${id}`, '--active=false');
		}
	}

	/** Whatever answers there is not the n8n that this run is about. */
	async refuseStrangers() {
		for (const port of [this.port, this.brokerPort]) {
			await tryPort(port).catch((error) => {
				throw new Error(`port ${port} is not free for n8n (${error.code}): end what listens there`);
			});
		}
	}

	async start() {
		await this.refuseStrangers();
		const log = openSync(this.log, 'a');
		this.process = spawn(this.binary, ['start'], {
			env: this.env,
			stdio: ['ignore', log, log],
			detached: true,
		});
		this.process.unref();
		for (let waited = 0; waited < START_MAX_MS; waited += 200) {
			if (this.process.exitCode !== null)
				throw new Error(`n8n ended at its start; see ${this.log}`);
			const answer = await fetch(`${this.url}/rest/settings`)
				.then((reply) => reply.text())
				.catch(() => '');
			if (answer.includes('"data"')) return;
			await pause(200);
		}
		throw new Error(`n8n did not start; see ${this.log}`);
	}

	/** A production webhook appears a little after n8n itself. */
	async waitForWebhook(path, body) {
		for (let waited = 0; waited < START_MAX_MS; waited += 300) {
			const status = await fetch(`${this.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
			})
				.then((reply) => reply.status)
				.catch(() => 0);
			if (status !== 0 && status !== 404) return;
			await pause(300);
		}
		throw new Error(`the webhook ${path} did not appear`);
	}

	async end(signal) {
		if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
		// n8n starts children of its own, which end with it: the whole group, which we started.
		process.kill(-this.process.pid, signal);
		for (let waited = 0; waited < STOP_MAX_MS; waited += 100) {
			if (this.process.exitCode !== null || this.process.signalCode !== null) return;
			await pause(100);
		}
		process.kill(-this.process.pid, 'SIGKILL');
	}

	kill = async () => await this.end('SIGKILL');
	stop = async () => await this.end('SIGTERM');
}
