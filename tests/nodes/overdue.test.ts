import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { TruceTrigger } from '../../nodes/nodes/TruceTrigger/TruceTrigger.node';
import { triggerContextOf } from './context';
import { PROJECT, Sidecar } from './sidecar';

// Everything is due at once: a question may wait one second, and one question is too many.
const policy = {
	version: 1,
	systems: { hubspot: { precedence: 1 }, salesforce: { precedence: 2 } },
	entities: {
		contact: {
			id: { hubspot: 'id', salesforce: 'Id' },
			match: [['email']],
			create_in: ['hubspot', 'salesforce'],
			fields: {
				email: {
					type: 'email',
					rule: 'precedence',
					required: true,
					map: { hubspot: 'email', salesforce: 'Email' },
				},
				amount: {
					type: 'decimal',
					rule: 'escalate',
					map: { hubspot: 'amount', salesforce: 'Amount' },
				},
			},
		},
	},
	sla: { default: '1s' },
	alerts: { thresholds: { queue_depth: 1 } },
};

let sidecar: Sidecar;
const folder = mkdtempSync(join(tmpdir(), 'truce-overdue-'));
before(async () => {
	writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
	sidecar = await Sidecar.start(relative(PROJECT, join(folder, 'policy.json')));
});
after(async () => {
	await sidecar.stop();
	rmSync(folder, { recursive: true });
});

const events = ['a', 'b'].flatMap((name) => [
	{
		system: 'hubspot',
		entity: 'contact',
		record: { id: name, email: `${name}@example.com`, amount: 1 },
	},
	{
		system: 'salesforce',
		entity: 'contact',
		record: { Id: name, Email: `${name}@example.com`, Amount: 2 },
	},
]);

async function watch(event: string): Promise<{ seen: IDataObject[]; close(): Promise<unknown> }> {
	const seen: IDataObject[] = [];
	const { context } = triggerContextOf(
		{
			credentials: sidecar.credentials,
			parameters: { event, startWith: 'beginning', options: { pollSeconds: 0.1 } },
			workflowId: event,
		},
		(items) => {
			seen.push(...items);
			return true;
		},
	);
	const { closeFunction } = await new TruceTrigger().trigger.call(context);
	return { seen, close: async () => await closeFunction?.() };
}

async function until(isTrue: () => boolean): Promise<void> {
	for (let tries = 0; tries < 600 && !isTrue(); tries++)
		await new Promise((done) => setTimeout(done, 100));
	assert.ok(isTrue(), 'it did not happen');
}

test('overdue questions and alerts start workflows, and so does the end of an alert', async () => {
	const overdue = await watch('overdue');
	const alerts = await watch('alert');
	try {
		await sidecar.ask('/v1/events', { events });
		await until(() => overdue.seen.length === 2);
		assert.deepEqual(
			overdue.seen.map((item) => [item.kind, item.category]),
			[
				['overdue', 'conflict'],
				['overdue', 'conflict'],
			],
		);
		await until(() => alerts.seen.some((item) => item.alert === 'queue_depth'));
		assert.equal(alerts.seen.find((item) => item.alert === 'queue_depth')?.state, 'firing');
		await sidecar.ask('/v1/exceptions/bulk', { category: 'conflict', action: 'dismiss' });
		await until(() => alerts.seen.filter((item) => item.alert === 'queue_depth').length === 2);
		assert.equal(alerts.seen.filter((item) => item.alert === 'queue_depth')[1].state, 'ok');
	} finally {
		await overdue.close();
		await alerts.close();
	}
});
