// What n8n has saved of the runs of a workflow, read from its database.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SAVED_MAX_MS = 120_000;

export class Executions {
	constructor(n8n, install) {
		this.require = createRequire(join(install, 'node_modules/'));
		this.file = join(n8n.folder, '.n8n/database.sqlite');
	}

	async row(sql, ...values) {
		const sqlite3 = this.require('sqlite3');
		const database = new sqlite3.Database(this.file, sqlite3.OPEN_READONLY);
		database.configure('busyTimeout', 10_000);
		try {
			return await new Promise((resolve, reject) =>
				database.get(sql, values, (error, row) => (error ? reject(error) : resolve(row))),
			);
		} finally {
			database.close();
		}
	}

	/** The last run, once it is saved: n8n answers the webhook before that. */
	async last(workflowId) {
		for (let waited = 0; waited < SAVED_MAX_MS; waited += 50) {
			const run = await this.row(
				'SELECT id, status FROM execution_entity WHERE workflowId = ? ORDER BY id DESC LIMIT 1',
				workflowId,
			);
			if (run?.status === 'success') return run.id;
			if (run?.status === 'error' || run?.status === 'crashed') {
				throw new Error(`${workflowId} ended with ${run.status}`);
			}
			await pause(50);
		}
		throw new Error(`a run of ${workflowId} was not saved`);
	}

	async bytesOf(id) {
		const { bytes } = await this.row(
			'SELECT length(CAST(data AS BLOB)) AS bytes FROM execution_data WHERE executionId = ?',
			id,
		);
		return bytes;
	}

	/** By the name of the node: how long it took, and how many items left by its outputs. */
	async nodesOf(id) {
		const { data } = await this.row('SELECT data FROM execution_data WHERE executionId = ?', id);
		const { runData } = this.require('flatted').parse(data).resultData;
		return Object.fromEntries(
			Object.entries(runData).map(([name, [run]]) => [
				name,
				{
					seconds: run.executionTime / 1000,
					items: (run.data?.main ?? []).map((output) => output?.length ?? 0),
				},
			]),
		);
	}
}
