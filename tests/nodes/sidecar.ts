import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// nodes/build/tests/nodes/*.js, so the project is four folders up.
export const PROJECT = resolve(__dirname, '../../../..');
const BINARY = process.env.TRUCE_BIN ?? join(PROJECT, 'build/release/truce');
const START_MAX_MS = 15_000;

const running = new Set<ChildProcess>();
// A test that is ended from outside leaves no sidecar behind.
process.on('exit', () => {
	for (const child of running) child.kill('SIGKILL');
});
process.once('SIGTERM', () => process.exit(143));

/** A real sidecar with a database of its own. */
export class Sidecar {
	private process?: ChildProcess;
	private readonly folder = mkdtempSync(join(tmpdir(), 'truce-nodes-'));
	private port = 0;

	constructor(
		private readonly policy: string,
		private readonly flags: string[] = [],
	) {}

	static async start(
		policy = 'workflows/policies/demo.json',
		flags: string[] = [],
	): Promise<Sidecar> {
		if (!existsSync(BINARY)) {
			throw new Error(`${BINARY} is not there: build the sidecar, or name it in TRUCE_BIN`);
		}
		const sidecar = new Sidecar(join(PROJECT, policy), flags);
		await sidecar.up();
		return sidecar;
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	get token() {
		return readFileSync(join(this.folder, 'truce.db.token'), 'utf8').trim();
	}

	get credentials() {
		return { baseUrl: this.url, token: this.token };
	}

	async up(): Promise<void> {
		const portFile = join(this.folder, 'port');
		rmSync(portFile, { force: true });
		const flags = ['serve', '--policy', this.policy, '--db', join(this.folder, 'truce.db')];
		flags.push(
			'--listen',
			`127.0.0.1:${this.port}`,
			'--port-file',
			portFile,
			'--log-level',
			'error',
		);
		this.process = spawn(BINARY, [...flags, ...this.flags], {
			stdio: ['ignore', 'inherit', 'inherit'],
		});
		const child = this.process;
		running.add(child);
		child.once('exit', () => running.delete(child));
		for (let waited = 0; waited < START_MAX_MS; waited += 20) {
			if (existsSync(portFile) && readFileSync(portFile, 'utf8').trim() !== '') break;
			if (this.process.exitCode !== null) throw new Error('the sidecar ended at its start');
			await pause(20);
		}
		this.port = Number(readFileSync(portFile, 'utf8'));
		while ((await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok !== true)
			await pause(20);
	}

	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		const child = this.process;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}

	async stop(): Promise<void> {
		await this.kill('SIGTERM');
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** A call beside the nodes, to look at what they have done. */
	// eslint-disable-next-line @typescript-eslint/no-explicit-any
	async ask(path: string, body?: unknown): Promise<any> {
		const response = await fetch(this.url + path, {
			method: body === undefined ? 'GET' : 'POST',
			headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		return await response.json();
	}
}
