import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export class Sidecar {
	constructor({ binary, policy, folder }) {
		Object.assign(this, { binary, policy, folder, port: 0 });
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	get token() {
		return readFileSync(join(this.folder, 'truce.db.token'), 'utf8').trim();
	}

	async start() {
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
		this.process = spawn(this.binary, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
		for (let waited = 0; waited < 20_000 && !existsSync(portFile); waited += 20) await pause(20);
		this.port = Number(readFileSync(portFile, 'utf8'));
		for (let waited = 0; waited < 20_000; waited += 20) {
			if ((await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok) return;
			await pause(20);
		}
		throw new Error('the sidecar did not start');
	}

	async end(signal) {
		if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
		const ended = once(this.process, 'exit');
		this.process.kill(signal);
		await ended;
	}

	async ask(path, body) {
		const send = async () =>
			await fetch(this.url + path, {
				method: body === undefined ? 'GET' : 'POST',
				headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
				body: body === undefined ? undefined : JSON.stringify(body),
			});
		// A kept connection that the sidecar has just closed; every call may be made twice.
		const reply = await send().catch(async (error) => {
			if (this.process.exitCode !== null || this.process.signalCode !== null) throw error;
			return await send();
		});
		return await reply.json();
	}

	/** All pages of a list. */
	async list(path, member) {
		const lines = [];
		for (let after = ''; ; ) {
			const page = await this.ask(`${path}${path.includes('?') ? '&' : '?'}limit=1000${after}`);
			lines.push(...page[member]);
			if (!page.next || page[member].length === 0) return lines;
			after = `&after=${page.next}`;
		}
	}
}
