import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { Desk } from './desk';
import { hubspotContact } from './records';
import { PROJECT, Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

const run = async (operation: string, parameters: IDataObject = {}) =>
	(await desk.store('migration', operation, parameters)).lines[0];

const POLICY = readFileSync(join(PROJECT, 'workflows/policies/demo.json'), 'utf8');
const RENAMED = POLICY.replace('"first_name": {', '"given_name": {');

const shown = async (id: string) =>
	(await desk.sidecar.ask(`/v1/records/contact?system=hubspot&id=${id}`)).record;

test('a migration is planned, applied, undone, applied again and accepted', async () => {
	const contact = hubspotContact('m1', { firstname: 'Ada' });
	await desk.tell('hubspot', contact);
	const id = String(contact.id);

	const plan = await run('plan', { policy: RENAMED });
	const [step] = plan.steps as IDataObject[];
	assert.deepEqual([step.kind, step.from, step.to], ['renamed', ['first_name'], ['given_name']]);
	assert.equal((step.values as IDataObject).lossless, 1);
	assert.equal((await shown(id)).first_name, 'Ada');

	const applied = await run('apply', { policy: RENAMED, waitSeconds: 60 });
	assert.equal(applied.state, 'applied');
	assert.equal((await shown(id)).given_name, 'Ada');
	await assert.rejects(run('apply', { policy: POLICY, waitSeconds: 60 }), /accept or undo/);

	const undone = await run('undo', { migrationId: applied.id, waitSeconds: 60 });
	assert.equal(undone.state, 'undone');
	assert.equal((await shown(id)).first_name, 'Ada');

	const again = await run('apply', { policy: RENAMED, waitSeconds: 60 });
	const accepted = await run('accept', { migrationId: again.id, waitSeconds: 60 });
	assert.equal(accepted.state, 'accepted');
	assert.equal((await run('get', { migrationId: again.id })).state, 'accepted');
	assert.equal((await shown(id)).given_name, 'Ada');
});
