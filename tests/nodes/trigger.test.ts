import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import type { IDataObject, NodeApiError } from 'n8n-workflow';

import { TruceTrigger } from '../../nodes/nodes/TruceTrigger/TruceTrigger.node';
import { triggerContextOf } from './context';
import { conflictPair, hubspotContact } from './records';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

let names = 0;
async function conflict(): Promise<string> {
	const pair = conflictPair(`t${++names}`);
	await sidecar.ask('/v1/events', { system: 'hubspot', entity: 'contact', record: pair.hubspot });
	const { results } = await sidecar.ask('/v1/events', {
		system: 'salesforce',
		entity: 'contact',
		record: pair.salesforce,
	});
	return results[0].conflicts[0].exception_id;
}

interface Started {
	seen: IDataObject[];
	runs: number;
	complaints: string[];
	saves(): number;
	close(): Promise<void>;
}

/** A trigger whose workflow ends as `endsWell` says; without an answer it never ends. */
async function start(
	parameters: IDataObject,
	workflowId: string,
	endsWell: (run: number) => boolean | Promise<boolean> = () => true,
	Trigger = TruceTrigger,
): Promise<Started> {
	const started: Started = {
		seen: [],
		runs: 0,
		complaints: [],
		saves: () => 0,
		close: async () => {},
	};
	const { context, complaints, traffic } = triggerContextOf(
		{
			credentials: sidecar.credentials,
			parameters: {
				startWith: 'beginning',
				...parameters,
				options: { pollSeconds: 0.05, ...(parameters.options as IDataObject) },
			},
			workflowId,
		},
		async (items) => {
			started.runs++;
			started.seen.push(...items);
			return await endsWell(started.runs);
		},
	);
	const response = await new Trigger().trigger.call(context);
	started.complaints = complaints;
	started.saves = () => traffic.calls.filter(({ method }) => method === 'PUT').length;
	started.close = async () => await response.closeFunction?.();
	open.push(started.close);
	return started;
}

async function until(isTrue: () => boolean): Promise<void> {
	for (let tries = 0; tries < 300 && !isTrue(); tries++) await pause(30);
	assert.ok(isTrue(), 'it did not happen');
}
const pause = async (ms: number) => await new Promise((done) => setTimeout(done, ms));
const idsOf = (started: Started) => started.seen.map((item) => item.id);

/** The node in an n8n that has just been started: nothing is in work there. */
function startedAfresh(): typeof TruceTrigger {
	for (const file of Object.keys(require.cache)) {
		if (file.includes('/TruceTrigger/')) delete require.cache[file];
	}
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	return require('../../nodes/nodes/TruceTrigger/TruceTrigger.node').TruceTrigger;
}

test('each new question starts the workflow once, with its texts', async () => {
	const first = await conflict();
	const started = await start({ event: 'newException', categories: ['conflict'] }, 'once');
	await until(() => started.seen.length === 1);
	const second = await conflict();
	await until(() => started.seen.length === 2);
	await pause(300);
	assert.deepEqual(idsOf(started), [first, second]);
	assert.ok((started.seen[0].text as IDataObject).slack);
	assert.equal(started.seen[0].kind, 'exception');
});

test('after a restart nothing comes twice and nothing is missed', async () => {
	const one = await start({ event: 'newException', categories: ['conflict'] }, 'restart');
	await until(() => one.seen.length >= 2);
	await pause(200);
	await one.close();
	const between = await conflict();
	const two = await start({ event: 'newException', categories: ['conflict'] }, 'restart');
	await until(() => two.seen.length === 1);
	await pause(200);
	assert.deepEqual(idsOf(two), [between]);
});

test('what was in work when n8n was killed is handed over again', async () => {
	const killed = await start(
		{ event: 'newException', categories: ['conflict'], startWith: 'now' },
		'killed',
		async () => await new Promise(() => {}),
	);
	await pause(300);
	const id = await conflict();
	await until(() => killed.seen.length === 1);
	const again = await start(
		{ event: 'newException', categories: ['conflict'], startWith: 'now' },
		'killed',
		() => true,
		startedAfresh(),
	);
	await until(() => again.seen.length === 1);
	assert.deepEqual(idsOf(again), [id]);
});

test('what is in work while the workflow is saved does not come twice', async () => {
	const parameters = { event: 'newException', categories: ['conflict'], startWith: 'now' };
	let end = (_endsWell: boolean) => {};
	const before = await start(
		parameters,
		'saved',
		async () => await new Promise((done) => (end = done)),
	);
	await pause(300);
	const id = await conflict();
	await until(() => before.seen.length === 1);
	await before.close();
	const after = await start(parameters, 'saved');
	await pause(300);
	assert.deepEqual(idsOf(after), []);
	end(true);
	const next = await conflict();
	await until(() => after.seen.length >= 1);
	await pause(300);
	assert.deepEqual([idsOf(before), idsOf(after)], [[id], [next]]);
});

test('what fails while the workflow is saved comes again', async () => {
	const parameters = { event: 'newException', categories: ['conflict'], startWith: 'now' };
	let end = (_endsWell: boolean) => {};
	const before = await start(
		parameters,
		'saved and failed',
		async () => await new Promise((done) => (end = done)),
	);
	await pause(300);
	const id = await conflict();
	await until(() => before.seen.length === 1);
	await before.close();
	const after = await start(parameters, 'saved and failed');
	end(false);
	await until(() => after.seen.length === 1);
	assert.deepEqual(idsOf(after), [id]);
});

test('a run that ends while the sidecar is down does not come twice', async () => {
	const started = await start(
		{ event: 'newException', categories: ['conflict'], startWith: 'now' },
		'down at its end',
		async (run) => {
			if (run === 1) await sidecar.kill();
			return true;
		},
	);
	await pause(300);
	const id = await conflict();
	await until(() => started.complaints.length > 0);
	await sidecar.up();
	const next = await conflict();
	await until(() => started.seen.length >= 2);
	await pause(300);
	assert.deepEqual(idsOf(started), [id, next]);
});

test('one at a time, each in its turn, whatever else stands between them in the feed', async () => {
	const parameters = { event: 'newException', categories: ['conflict'], startWith: 'now' };
	const started = await start({ ...parameters, options: { maxItems: 1 } }, 'one at a time');
	await pause(300);
	const ids: string[] = [];
	for (let index = 0; index < 4; index++) ids.push(await conflict());
	await until(() => started.runs >= 4);
	await pause(300);
	assert.deepEqual(idsOf(started), ids);
	assert.equal(started.runs, 4);
});

test('what does not start the workflow is passed over in one step, also with one item a run', async () => {
	for (let index = 0; index < 3; index++) await conflict();
	const passing = await start(
		{ event: 'newException', categories: ['drift'], options: { maxItems: 1 } },
		'passing',
	);
	const after = async () => (await sidecar.ask('/v1/cursors/n8n-passing-a1b2')).value;
	const { next } = await sidecar.ask('/v1/changes?after=0&kinds=exception&limit=1000');
	while ((await after()) !== String(next)) await pause(30);
	assert.deepEqual(idsOf(passing), []);
	assert.equal(passing.saves(), 2);
});

test('Until It Succeeds hands over more than five times, and then goes on', async () => {
	const started = await start(
		{
			event: 'newException',
			categories: ['conflict'],
			startWith: 'now',
			options: { onFailure: 'untilItSucceeds', pollSeconds: 0.02, maxItems: 1 },
		},
		'until it succeeds',
		(run) => run > 6,
	);
	await pause(300);
	const ids = [await conflict(), await conflict()];
	await until(() => started.seen.length === 8);
	assert.deepEqual(idsOf(started), [...Array(7).fill(ids[0]), ids[1]]);
});

test('a workflow that fails gets the same items again, and then the next ones', async () => {
	const started = await start(
		{ event: 'newException', categories: ['conflict'], startWith: 'now' },
		'fails',
		(run) => run > 1,
	);
	await pause(300);
	const id = await conflict();
	await until(() => started.runs >= 2);
	const next = await conflict();
	await until(() => started.seen.length === 3);
	assert.deepEqual(idsOf(started), [id, id, next]);
});

test('Go On hands failed items over only once', async () => {
	const started = await start(
		{ event: 'newException', startWith: 'now', options: { onFailure: 'goOn' } },
		'goon',
		() => false,
	);
	await pause(300);
	await conflict();
	await until(() => started.runs === 1);
	await pause(400);
	assert.equal(started.runs, 1);
});

test('From Now On leaves out what was before', async () => {
	await conflict();
	const started = await start({ event: 'newException', startWith: 'now' }, 'now');
	await pause(300);
	const id = await conflict();
	await until(() => started.seen.length === 1);
	assert.deepEqual(idsOf(started), [id]);
});

test('a question that was answered meanwhile does not start the workflow', async () => {
	const id = await conflict();
	await sidecar.ask(`/v1/exceptions/${id}/dismiss`, {});
	const started = await start({ event: 'newException', categories: ['conflict'] }, 'answered');
	await until(() => started.seen.length >= 1);
	await pause(200);
	assert.ok(!idsOf(started).includes(id));
});

test('due deliveries come leased, and again only when the lease has run out', async () => {
	await sidecar.ask('/v1/events', {
		hand_out: false,
		events: [{ system: 'hubspot', entity: 'contact', record: hubspotContact('due1', {}) }],
	});
	const started = await start({ event: 'dueDeliveries', options: { leaseSeconds: 1 } }, 'due');
	const mine = () =>
		started.seen.filter((item) => (item.fields as IDataObject).Email === 'due1@example.com');
	await until(() => mine().length === 1);
	assert.equal(mine()[0].state, 'leased');
	await pause(300);
	assert.equal(mine().length, 1);
	await until(() => mine().length === 2);
	assert.equal(mine()[1].op, 'lookup');
});

test('due deliveries come in groups where that is asked for', async () => {
	const emails = ['grouped1', 'grouped2', 'grouped3'];
	await sidecar.ask('/v1/events', {
		events: emails.map((email) => ({
			system: 'hubspot',
			entity: 'contact',
			record: hubspotContact(email, {}),
		})),
		hand_out: false,
	});
	const options = { leaseSeconds: 60, maxItems: 3, group: 2 };
	const started = await start({ event: 'dueDeliveries', options }, 'groups');
	const groups = () => started.seen.filter(({ op }) => op === 'create');
	await until(() => groups().length === 2);
	assert.deepEqual(
		groups().map(({ system, entity, deliveries }) => [
			`${system} ${entity}`,
			(deliveries as IDataObject[]).length,
		]),
		[
			['salesforce contact', 2],
			['salesforce contact', 1],
		],
	);
});

test('a dead letter starts the workflow', async () => {
	const started = await start({ event: 'deadLetter', startWith: 'now' }, 'dead');
	await pause(300);
	const { results } = await sidecar.ask('/v1/events', {
		system: 'hubspot',
		entity: 'contact',
		record: hubspotContact('dead1', {}),
	});
	const [delivery] = results[0].deliveries;
	await sidecar.ask('/v1/deliveries/settle', {
		results: [
			{
				id: delivery.id,
				attempt: 1,
				status: 'failed',
				error: { class: 'permanent', status: 400, message: 'no' },
			},
		],
	});
	await until(() => started.seen.length === 1);
	assert.equal(started.seen[0].id, delivery.id);
	assert.equal(started.seen[0].kind, 'dead_letter');
});

test('the sidecar may be down for a while', async () => {
	const started = await start({ event: 'newException', startWith: 'now' }, 'down');
	await pause(300);
	await sidecar.kill();
	await until(() => started.complaints.length > 0);
	assert.match(started.complaints[0], /Nothing listens|broke off/);
	await sidecar.up();
	const id = await conflict();
	await until(() => started.seen.length === 1);
	assert.deepEqual(idsOf(started), [id]);
});

test('a wrong token stops the activation', async () => {
	const { context } = triggerContextOf(
		{
			credentials: { baseUrl: sidecar.url, token: 'wrong' },
			parameters: { event: 'newException' },
		},
		() => true,
	);
	await assert.rejects(new TruceTrigger().trigger.call(context), (error: NodeApiError) => {
		assert.match(error.message, /does not know this token/);
		return true;
	});
});
