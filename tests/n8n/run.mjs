// End to end in a real n8n: two CRMs that lose, double and refuse, people in Slack and Telegram, which refuse
// messages and are down for a while, n8n and the sidecar killed in the middle, edits lost on purpose. Says what
// was seen; exit status 1 where a promise was broken.
//
//   run.mjs --n8n DIR --truce BINARY --tarball FILE [--edits 500] [--seed 1] [--keep]
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Attribution } from './attribution.mjs';
import { alerts, messages, outages } from './chats.mjs';
import { Slack, Telegram } from './fakes/chat.mjs';
import { Dice } from './fakes/dice.mjs';
import { HubSpot, HubSpotAccount } from './fakes/hubspot.mjs';
import { Internet } from './fakes/internet.mjs';
import { Salesforce, SalesforceOrg } from './fakes/salesforce.mjs';
import { freePort, N8n } from './n8n.mjs';
import { Sidecar } from './sidecar.mjs';
import { loseEdits, slowLoop } from './slow_loop.mjs';
import { Verdict } from './verdict.mjs';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: flags } = parseArgs({
	options: {
		n8n: { type: 'string' },
		truce: { type: 'string' },
		tarball: { type: 'string' },
		edits: { type: 'string', default: '500' },
		seed: { type: 'string', default: '1' },
		keep: { type: 'boolean', default: false },
	},
});

const FAULTS = { refuse: 0.05, fail: 0.05, lose: 0.05, webhookLost: 0.1, webhookDoubled: 0.1 };
const CONTACTS = 40;
const CHAT_TOO_MANY_EVERY = 4;
const QUARRELS = 6;
const QUIET_MAX_MS = 240_000;
const CATCH_UP_S = 15;

const folder = mkdtempSync(join(tmpdir(), 'truce-n8n-'));
const started = Date.now();
const say = (text) =>
	console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  ${text}`);

const dice = new Dice(Number(flags.seed));
const hubspot = new HubSpot(new Dice(dice.below(1e9)), FAULTS);
const salesforce = new Salesforce(new Dice(dice.below(1e9)), FAULTS);
const attribution = new Attribution(dice);
const slack = new Slack();
const telegram = new Telegram();
const internet = new Internet(folder, {
	'api.hubapi.com': new HubSpotAccount(hubspot, attribution.companies, attribution.deals),
	'mydomain.my.salesforce.com': new SalesforceOrg(
		salesforce,
		attribution.accounts,
		attribution.opportunities,
	),
	'slack.com': slack,
	'hooks.slack.com': slack,
	'api.telegram.org': telegram,
});

const credentials = (sidecar) => [
	{
		id: 'truceApi00000001',
		name: 'Truce',
		type: 'truceApi',
		data: { baseUrl: sidecar.url, token: sidecar.token },
	},
	{
		id: 'hubspotToken0001',
		name: 'HubSpot',
		type: 'hubspotAppToken',
		data: { appToken: 'pat-hubspot' },
	},
	{
		id: 'salesforce000001',
		name: 'Salesforce',
		type: 'salesforceOAuth2Api',
		data: {
			environment: 'production',
			clientId: 'id',
			clientSecret: 'secret',
			accessTokenUrl: 'https://MyDomain.my.salesforce.com/services/oauth2/token',
			oauthTokenData: {
				access_token: 'sf-token',
				token_type: 'Bearer',
				instance_url: 'https://MyDomain.my.salesforce.com',
			},
		},
	},
	{ id: 'slackApi00000001', name: 'Slack', type: 'slackApi', data: { accessToken: 'xoxb-slack' } },
	{
		id: 'telegramApi00001',
		name: 'Telegram',
		type: 'telegramApi',
		data: { accessToken: '1:telegram', baseUrl: 'https://api.telegram.org' },
	},
];

/** The policy that is shipped for the workflows; but the clocks are one, and retries come sooner. */
function writePolicy() {
	const text = readFileSync(join(project, 'workflows/policies/crm.json'), 'utf8');
	const policy = JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));
	for (const system of Object.values(policy.systems)) {
		system.clock_skew_ms = 200;
		system.retry = { attempts: 20, first_ms: 500, max_ms: 5000 };
	}
	policy.alerts.thresholds.queue_depth = 3;
	const file = join(folder, 'policy.json');
	writeFileSync(file, JSON.stringify(policy));
	return file;
}

/** The workflows as they are shipped; but clocks are set faster. */
function workflows() {
	return readdirSync(join(project, 'workflows'))
		.filter((name) => /^\d+-.*\.json$/.test(name))
		.map((name) => JSON.parse(readFileSync(join(project, 'workflows', name), 'utf8')))
		.map((workflow) => {
			for (const node of workflow.nodes) {
				if (node.name === 'Read HubSpot') node.waitBetweenTries = 100;
				if (node.name !== 'Every Five Minutes') continue;
				node.parameters.rule.interval = [{ field: 'seconds', secondsInterval: CATCH_UP_S }];
			}
			return workflow;
		});
}

async function until(what, isTrue, maxMs = QUIET_MAX_MS) {
	for (let waited = 0; waited < maxMs; waited += 500) {
		if (await isTrue()) return true;
		await pause(500);
	}
	say(`gave up waiting: ${what}`);
	return false;
}

const NAMES = ['Rose', 'Ada', 'Li', 'Noor', 'Ivo', 'Mia', 'Jan', 'Zoë'];
const STAGES = ['lead', 'opportunity', 'customer'];

/** One edit by a person, in one of the CRMs. */
function edit() {
	const inHubspot = dice.happens(0.5);
	const crm = inHubspot ? hubspot : salesforce;
	const record = dice.pick([...crm.records.values()]);
	const drawn = dice.next();
	if (drawn < 0.06) return disagree(record, crm);
	if (drawn < 0.5) {
		const name = `${dice.pick(NAMES)} ${dice.below(1000)}`;
		return crm.edit(record.id, inHubspot ? { firstname: name } : { FirstName: name });
	}
	const stage = dice.pick(STAGES);
	if (inHubspot) return crm.edit(record.id, { lifecyclestage: stage });
	return crm.edit(record.id, { Status__c: stage[0].toUpperCase() + stage.slice(1) });
}

/** Two people put another amount into the same contact, one in each CRM. */
function disagree(record, crm) {
	const email = record.fields[crm.emailField];
	const amount = 100 * (1 + dice.below(90));
	const [mine, theirs] = [hubspot.findByEmail(email), salesforce.findByEmail(email)];
	if (mine) hubspot.edit(mine.id, { contract_value: String(amount) });
	if (theirs) salesforce.edit(theirs.id, { Contract_Value__c: String(amount + 50) });
}

/** Some contacts with an amount in each CRM, others with each call. */
function quarrels() {
	let next = 0;
	return () => {
		const records = [...hubspot.records.values()].slice(next, next + QUARRELS);
		next += QUARRELS;
		for (const record of records) disagree(record, hubspot);
		return records.length;
	};
}

async function isQuiet(sidecar) {
	if (hubspot.underWay + salesforce.underWay > 0) return false;
	for (const state of ['pending', 'leased', 'waiting', 'verifying']) {
		if ((await sidecar.ask(`/v1/deliveries?state=${state}&limit=1`)).deliveries.length > 0)
			return false;
	}
	return true;
}

async function settleDown(sidecar) {
	await pause(2.5 * CATCH_UP_S * 1000);
	return await until('no delivery is open', async () => await isQuiet(sidecar));
}

async function main() {
	await internet.open();
	const sidecarFolder = join(folder, 'sidecar');
	mkdirSync(sidecarFolder);
	const sidecar = new Sidecar({
		binary: flags.truce,
		policy: writePolicy(),
		folder: sidecarFolder,
	});
	await sidecar.start();
	const n8n = new N8n({
		install: flags.n8n,
		folder: join(folder, 'home'),
		port: await freePort(),
		brokerPort: await freePort(),
		internet,
	});
	mkdirSync(n8n.folder);
	const verdict = new Verdict(say);
	try {
		n8n.installPackage(resolve(flags.tarball));
		await n8n.importCredentials(credentials(sidecar));
		const all = workflows();
		await n8n.importWorkflows(all);
		await n8n.activate(all);
		say(`n8n ${n8n.version} has the package, ${all.length} workflows and the credentials`);
		await n8n.start();
		slack.webhookUrl = `${n8n.url}/webhook/truce-slack`;
		hubspot.webhookUrl = `${n8n.url}/webhook/truce-hubspot`;
		salesforce.webhookUrl = `${n8n.url}/webhook/truce-salesforce`;
		await n8n.waitForWebhook('truce-hubspot', [{}]);
		await n8n.waitForWebhook('truce-salesforce', {});
		say('n8n runs');
		await verdict.editor({ n8n, sidecar });

		for (let index = 0; index < CONTACTS; index++) {
			const email = `person${index}@example.com`;
			const fields = {
				email,
				firstname: dice.pick(NAMES),
				lastname: `Number${index}`,
				lifecyclestage: 'lead',
				contract_value: '500',
			};
			hubspot.insert(fields, 'CRM_UI');
			await pause(50);
		}
		await until('all contacts are in both', async () => salesforce.records.size >= CONTACTS);
		await until('no delivery is open', async () => await isQuiet(sidecar));
		say(`${hubspot.records.size} contacts in HubSpot, ${salesforce.records.size} in Salesforce`);
		verdict.expect(
			'every contact was created once',
			salesforce.records.size === CONTACTS && hubspot.records.size === CONTACTS,
		);

		hubspot.isCalm = salesforce.isCalm = true;
		const isSettled = async () =>
			await until('no delivery is open', async () => await isQuiet(sidecar));
		await verdict.parallel({ hubspot, salesforce, isSettled, trials: 50 });
		await verdict.histories({ sidecar, hubspot, salesforce, until });
		await verdict.toAndFro({ sidecar, hubspot, salesforce, until });
		slack.tooManyEvery = telegram.tooManyEvery = CHAT_TOO_MANY_EVERY;
		await outages({ verdict, sidecar, slack, telegram, disagree: quarrels(), until });
		hubspot.isCalm = salesforce.isCalm = false;

		const edits = Number(flags.edits);
		for (let count = 1; count <= edits; count++) {
			edit();
			await pause(100 + dice.below(150));
			if (count === Math.floor(edits / 3)) {
				say('n8n is killed');
				await n8n.kill();
				await pause(1000);
				await n8n.start();
				say('n8n runs again');
			}
			if (count === Math.floor((2 * edits) / 3)) {
				say('the sidecar is killed');
				await sidecar.end('SIGKILL');
				await pause(2000);
				await sidecar.start();
				say('the sidecar runs again');
			}
		}
		say(`${edits} edits made`);
		hubspot.isCalm = salesforce.isCalm = true;
		await settleDown(sidecar);
		await messages({ verdict, sidecar, slack, telegram, until });
		await verdict.answers({ sidecar, slack, telegram, until });
		await settleDown(sidecar);
		await alerts({ verdict, sidecar, slack, telegram, until });
		await verdict.agreement({ sidecar, hubspot, salesforce });
		verdict.writes({ hubspot, salesforce });
		await attribution.apply({ n8n, until, verdict });
		await n8n.stop();
		const lost = loseEdits({ hubspot, salesforce });
		await verdict.reports({ n8n, slack });
		await attribution.plan({ n8n, sidecar, slack, verdict });
		await slowLoop({ n8n, sidecar, hubspot, salesforce, slack, lost, verdict });
		verdict.expect(
			'nothing called another host',
			internet.strangers.size === 0,
			[...internet.strangers].join(' '),
		);
	} finally {
		await n8n.stop();
		await sidecar.end('SIGTERM');
		internet.close();
	}
	return verdict.isGood();
}

const isGood = await main().catch((error) => {
	console.error(error);
	return false;
});
if (flags.keep || !isGood) console.log(`What it left is in ${folder}`);
else rmSync(folder, { recursive: true, force: true });
process.exit(isGood ? 0 : 1);
