// What no event told: edits are lost on purpose while n8n does not run, and the workflows of the slow loop are
// started by n8n's own CLI until there is nothing to say.
import { setTimeout as pause } from 'node:timers/promises';

const DAILY = 'truceDaily000009';
const MONTHLY = 'truceSchema00011';
const UNSEEN_PAIRS = 170;
const LOST_EACH = 5;
const HUBSPOT_PAGE = 100;
const SALESFORCE_PAGE = 200;
const BULK = 100;
// A younger edit may have an event that is still on its way.
export const EVENT_TRAVEL_MS = 10_500;

/** The same contacts in both CRMs, and nobody was told of either. */
function addPairs({ hubspot, salesforce }) {
	for (let index = 0; index < UNSEEN_PAIRS; index++) {
		const email = `unseen${index}@example.com`;
		const shared = { firstname: 'Una', lastname: `Unseen${index}` };
		hubspot.insertQuietly({ email, ...shared, lifecyclestage: 'lead', contract_value: '500' });
		salesforce.insertQuietly({
			Email: email,
			FirstName: shared.firstname,
			LastName: shared.lastname,
			Status__c: 'Lead',
			Contract_Value__c: '500',
		});
	}
}

/** Edits in either CRM and a new contact of which no webhook comes; the IDs of the records. */
export function loseEdits({ hubspot, salesforce }) {
	const known = [...hubspot.records.values()];
	addPairs({ hubspot, salesforce });
	const lost = { at: Date.now(), hubspot: [], salesforce: [], onlyInHubspot: '' };
	for (const record of known.slice(0, LOST_EACH)) {
		hubspot.editQuietly(record.id, { firstname: `Lost ${record.id}` });
		lost.hubspot.push(record.id);
	}
	for (const record of known.slice(LOST_EACH, 2 * LOST_EACH)) {
		const row = salesforce.findByEmail(record.fields.email);
		salesforce.editQuietly(row.id, { FirstName: `Lost ${row.id}` });
		lost.salesforce.push(row.id);
	}
	const fresh = { email: 'unheard@example.com', firstname: 'Unity', lastname: 'Unheard' };
	lost.onlyInHubspot = hubspot.insertQuietly({ ...fresh, lifecyclestage: 'lead' }).id;
	// Its write in bulk is refused: it has to go alone.
	hubspot.refusedInBulk.add(known[LOST_EACH].id);
	return lost;
}

const numbersOf = ({ calls }, kind) =>
	calls.filter((call) => call.kind === kind).map((call) => call.records);

const sorted = (list) => [...list].sort().join(' ');

export async function slowLoop({ n8n, sidecar, hubspot, salesforce, slack, lost, verdict }) {
	const crms = { hubspot, salesforce };
	const messages = (words) => slack.messages.filter((message) => words.test(message.text ?? ''));
	const started = Date.now();

	async function run(id) {
		for (const crm of Object.values(crms)) crm.calls = [];
		const told = slack.messages.length;
		await n8n.cli('execute', `--id=${id}`);
		const runs = await sidecar.list('/v1/reconciliations', 'reconciliations');
		const report = runs.at(-1);
		const rows = await sidecar.list(
			`/v1/reconciliations/${report.id}/discrepancies`,
			'discrepancies',
		);
		return { report, rows, told: slack.messages.length - told };
	}

	await pause(Math.max(0, lost.at + EVENT_TRAVEL_MS - Date.now()));

	const first = await run(DAILY);
	verdict.say(`       ${JSON.stringify(first.report)}`);
	const found = (system) =>
		sorted(
			first.rows
				.filter((row) => row.kind === 'different' && row.system === system)
				.map((row) => row.records[system]),
		);
	verdict.expect(
		'the nightly comparison finds exactly the edits that were lost',
		first.report.state === 'done' &&
			first.rows.length === 2 * LOST_EACH + 1 &&
			found('hubspot') === sorted(lost.hubspot) &&
			found('salesforce') === sorted(lost.salesforce) &&
			first.report.causes.lost_event === 2 * LOST_EACH &&
			first.rows.find((row) => row.kind === 'only')?.record_id === lost.onlyInHubspot,
		`${JSON.stringify(first.report.causes)} of ${first.report.matched + first.report.different} contacts`,
	);
	verdict.expect(
		'both CRMs were read to the end',
		Object.values(first.report.systems).every((system) => system.complete),
	);
	countCalls({ hubspot, salesforce, verdict });
	await verdict.agreement({ sidecar, hubspot, salesforce });
	verdict.expect('Slack hears of it once', first.told === 1, messages(/has compared/).at(-1)?.text);

	const second = await run(DAILY);
	const writes = [hubspot, salesforce].flatMap((crm) => [
		...numbersOf(crm, 'bulk'),
		...numbersOf(crm, 'write'),
	]);
	verdict.expect(
		'a second comparison finds nothing, writes nothing and says nothing',
		second.report.discrepancies === 0 && writes.length === 0 && second.told === 0,
		`${second.report.matched} agree, ${second.report.compared} looked at again`,
	);

	const [drifted] = hubspot.records.keys();
	hubspot.editQuietly(drifted, { lifecyclestage: 'evangelist' });
	hubspot.isListBroken = true;
	const partial = await run(DAILY);
	verdict.expect(
		'a CRM that is not read to the end is compared as far as it was read, and nothing in it is deleted',
		partial.report.state === 'done' &&
			partial.report.systems.hubspot.records === HUBSPOT_PAGE &&
			!partial.report.systems.hubspot.complete &&
			partial.report.systems.salesforce.complete &&
			partial.report.missing === 0 &&
			partial.rows.length === 1 &&
			messages(/hubspot 100 \(not to the end\)/).length === 1,
		JSON.stringify(partial.report.systems),
	);
	await run(MONTHLY);
	const [review] = messages(/For the policy/);
	verdict.expect(
		'the monthly review says what the policy lacks',
		/hubspot: stage: .*evangelist/.test(review?.text ?? ''),
		review?.text,
	);
	verdict.say(`       the slow loop took ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** Pages in and groups out: calls grow with the number of records over the size of a page. */
function countCalls({ hubspot, salesforce, verdict }) {
	for (const [name, crm, size] of [
		['HubSpot', hubspot, HUBSPOT_PAGE],
		['Salesforce', salesforce, SALESFORCE_PAGE],
	]) {
		const pages = numbersOf(crm, 'page');
		const inBulk = numbersOf(crm, 'bulk');
		const alone = numbersOf(crm, 'write');
		const read = pages.reduce((sum, records) => sum + records, 0);
		const written = inBulk.reduce((sum, records) => sum + records, 0);
		verdict.expect(
			`${name} is read in whole pages and written in groups`,
			pages.length > 1 &&
				pages.length <= Math.floor(read / size) + 1 &&
				written === LOST_EACH &&
				inBulk.length <= Math.ceil(written / BULK) &&
				alone.length === 1,
			`${read} records in ${pages.length} calls, ${written} updates in ${inBulk.length}, ${alone.length} alone`,
		);
	}
}
