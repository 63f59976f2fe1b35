import { setTimeout as pause } from 'node:timers/promises';

import { buttonOf } from './chats.mjs';
import { Editor } from './editor.mjs';
import { Slack } from './fakes/chat.mjs';

const ANSWER_MAX_MS = 120_000;
const EXAMPLES = 3;
const TURNS_MAX = 12;
// What keeps a field from flowing until a person presses a button.
const ANSWERED = ['conflict', 'oscillation'];

/** What has to be true at the end, and what was counted on the way. */
export class Verdict {
	constructor(say) {
		this.say = say;
		this.broken = 0;
	}

	expect(promise, isKept, detail = '') {
		if (!isKept) this.broken++;
		this.say(`${isKept ? 'ok    ' : 'BROKEN'} ${promise}${detail === '' ? '' : `: ${detail}`}`);
	}

	isGood() {
		return this.broken === 0;
	}

	/** As a person in the editor sees it. */
	async editor({ n8n, sidecar }) {
		const editor = new Editor(n8n);
		await editor.open();
		const good = await editor.testCredential({ baseUrl: sidecar.url, token: sidecar.token });
		const bad = await editor.testCredential({ baseUrl: sidecar.url, token: 'wrong' });
		this.expect(
			'the credential’s test tells a wrong token',
			good.status === 'OK' && bad.status === 'Error',
			`${good.message} / ${bad.message}`,
		);
		const systems = await editor.pickList('truceResolve', 'getSystems', 'system');
		const entities = await editor.pickList('truceMerge', 'getEntities', 'entity');
		this.expect(
			'the pick lists come from the policy',
			`${systems} ${entities}` === 'hubspot,salesforce company,contact,deal',
			`${systems} / ${entities}`,
		);
	}

	/** The same event four times at once, again and again: one write each. */
	async parallel({ hubspot, salesforce, isSettled, trials }) {
		const rows = [...salesforce.records.values()];
		for (let trial = 0; trial < trials; trial++) {
			const record = rows[trial % rows.length];
			record.fields.FirstName = `Trial ${trial}`;
			record.modified = salesforce.now();
			const body = JSON.stringify(salesforce.show(record));
			const headers = { 'Content-Type': 'application/json' };
			const posts = [1, 2, 3, 4].map(() =>
				fetch(salesforce.webhookUrl, { method: 'POST', headers, body }),
			);
			await Promise.all(posts);
		}
		await isSettled();
		const names = [...hubspot.applied.values()].flat().map((write) => write.fields.firstname);
		const counts = Array.from(
			{ length: trials },
			(_, trial) => names.filter((name) => name === `Trial ${trial}`).length,
		);
		const once = counts.filter((count) => count === 1).length;
		this.expect(
			'the same event four times at once is applied once',
			once === trials,
			`${once} of ${trials} trials`,
		);
	}

	/** Half of the questions are answered in Slack, half in Telegram, as a person does: a press that is
	 * too late is followed by one of the fresh buttons. One button is pressed twice. */
	async answers({ sidecar, slack, telegram, until }) {
		const open = async () => {
			const unanswered = await sidecar.list('/v1/exceptions?state=unanswered', 'exceptions');
			return unanswered.filter(({ category }) => ANSWERED.includes(category));
		};
		const first = await open();
		const moved = first.filter((question) => question.version > 1).length;
		let presses = 0;
		const isDone = await until(
			'all questions are answered',
			async () => {
				const waiting = await open();
				for (const question of waiting) {
					const isSlack = first.findIndex((one) => one.id === question.id) % 2 === 0;
					const chat = isSlack ? slack : telegram;
					const told = presses < first.length ? buttonOf(chat, question.id) : undefined;
					const fresh = isSlack
						? question.text.slack[1].elements[0]
						: question.text.telegram.reply_markup.inline_keyboard[0][0];
					presses++;
					await chat.press(told ?? fresh).catch(() => undefined);
				}
				await pause(4000);
				return waiting.length === 0;
			},
			ANSWER_MAX_MS,
		);
		this.expect(
			'a pressed button resolves its question',
			isDone,
			`${first.length} questions, ${presses} presses, ${moved} had moved since they were told`,
		);
		const isAnswered = (button) => first.some(({ id }) => button.value.startsWith(`${id}:`));
		const again = slack.messages.find((message) => Slack.buttons(message).some(isAnswered));
		if (again) {
			const before = slack.answers.length;
			await slack.press(Slack.buttons(again)[0]);
			await until(
				'the second press is answered',
				async () => slack.answers.length > before,
				ANSWER_MAX_MS,
			);
			this.expect(
				'a button is good once',
				/Too late/.test(JSON.stringify(slack.answers.at(-1))),
				slack.answers.at(-1)?.text,
			);
		}
		const replays = ({ value }) => value.endsWith(':replay');
		const refused = slack.messages.find((message) => Slack.buttons(message).some(replays));
		if (refused) {
			const before = slack.answers.length;
			await slack.press(Slack.buttons(refused).find(replays));
			const isTold = await until(
				'a press that cannot be done is answered',
				async () => slack.answers.length > before,
				ANSWER_MAX_MS,
			);
			this.expect(
				'a press that cannot be done says why',
				isTold && /Not done/.test(slack.answers.at(-1)?.text),
				slack.answers.at(-1)?.text,
			);
		}
		this.expect(
			'every press was answered',
			slack.answers.length > 0 && telegram.answers.length > 0,
			`${slack.answers.length} in Slack, ${telegram.answers.length} in Telegram`,
		);
	}

	/** Two values in turn, each heard of: in the end nothing more is written, and a person is asked. */
	async toAndFro({ sidecar, hubspot, salesforce, until }) {
		const [mine] = hubspot.records.values();
		const theirs = salesforce.findByEmail(mine.fields.email);
		const asked = async () =>
			await sidecar.list('/v1/exceptions?state=open&category=oscillation', 'exceptions');
		let turns = 0;
		for (; turns < TURNS_MAX && (await asked()).length === 0; turns++) {
			const stage = turns % 2 === 0 ? 'customer' : 'lead';
			hubspot.edit(mine.id, { lifecyclestage: stage });
			await until(
				'the stage is in Salesforce, or a person is asked',
				async () => theirs.fields.Status__c.toLowerCase() === stage || (await asked()).length > 0,
			);
		}
		const [question] = await asked();
		this.expect(
			'a field that goes to and fro is asked about',
			question?.field === 'stage',
			`after ${turns} turns`,
		);
	}

	/** What was written over before anybody read it, with its own time: by the fast loop where HubSpot tells an
	 * ID only, by the catch-up where it tells nothing. */
	async histories({ sidecar, hubspot, salesforce, until }) {
		const over = async (record, word) => {
			const { golden_id } = await sidecar.ask(`/v1/records/contact?system=hubspot&id=${record.id}`);
			const { entries = [] } = await sidecar.ask(`/v1/records/contact/${golden_id}/history`);
			const entry = entries.find((one) => one.value === word && one.system === 'hubspot');
			const [, version] = record.histories.firstname;
			return (
				version.value === word &&
				entry?.evidence === 'certain' &&
				Date.parse(entry.at) === version.at
			);
		};
		const arrives = async (record, word) =>
			await until(`${word} is in Salesforce`, async () => {
				const theirs = salesforce.findByEmail(record.fields.email);
				return theirs?.fields.FirstName === word;
			});

		const email = 'history@example.com';
		const fresh = hubspot.insertQuietly({ email, firstname: 'First Word', lastname: 'Told' });
		hubspot.editQuietly(fresh.id, { firstname: 'Second Word' });
		hubspot.tell(fresh, [], 'CRM_UI', true);
		this.expect(
			'of a contact that is fetched, also what was written over is heard of',
			(await arrives(fresh, 'Second Word')) && (await over(fresh, 'First Word')),
		);
		hubspot.editQuietly(fresh.id, { firstname: 'Third Word' });
		hubspot.editQuietly(fresh.id, { firstname: 'Fourth Word' });
		this.expect(
			'and of one of which no webhook came',
			(await arrives(fresh, 'Fourth Word')) && (await over(fresh, 'Third Word')),
		);
	}

	async agreement({ sidecar, hubspot, salesforce }) {
		let differing = 0;
		let missing = 0;
		const examples = [];
		for (const mine of hubspot.records.values()) {
			const theirs = salesforce.findByEmail(mine.fields.email);
			if (!theirs) {
				missing++;
				continue;
			}
			const one = [
				mine.fields.firstname,
				mine.fields.lastname,
				mine.fields.lifecyclestage,
				Number(mine.fields.contract_value),
			];
			const other = [
				theirs.fields.FirstName,
				theirs.fields.LastName,
				theirs.fields.Status__c?.toLowerCase(),
				Number(theirs.fields.Contract_Value__c),
			];
			if (JSON.stringify(one) === JSON.stringify(other)) continue;
			differing++;
			if (examples.length < 3)
				examples.push(`${mine.id} ${JSON.stringify(one)} / ${theirs.id} ${JSON.stringify(other)}`);
		}
		const detail = `${hubspot.records.size} contacts, ${differing} differ, ${missing} missing ${examples.join('; ')}`;
		this.expect(
			'both CRMs agree on every field that flows',
			differing === 0 && missing === 0,
			detail,
		);
		const dead = await sidecar.list('/v1/deliveries?state=dead', 'deliveries');
		this.expect(
			'no write was given up',
			dead.length === 0,
			`${dead.length} dead ${dead[0]?.error ?? ''}`,
		);
		const audit = await sidecar.ask('/v1/audit/verify');
		this.expect('the audit trail is whole', audit.ok === true, `${audit.entries} entries`);
		const { fast_loop } = await sidecar.ask('/v1/stats');
		this.say(
			`       events ${JSON.stringify(fast_loop.events)} deliveries ${JSON.stringify(fast_loop.deliveries)}`,
		);
	}

	/** A create is never repeated. An update may be, with the same fields, where n8n was killed between
	 * the write and its settling. */
	writes({ hubspot, salesforce }) {
		for (const [name, crm] of [
			['HubSpot', hubspot],
			['Salesforce', salesforce],
		]) {
			const repeated = [...crm.applied].filter(([, writes]) => writes.length > 1);
			const creates = repeated.filter(([, writes]) =>
				writes.some((write) => write.id === undefined),
			);
			const others = repeated.filter(
				([, writes]) => new Set(writes.map((write) => JSON.stringify(write.fields))).size > 1,
			);
			for (const [key, writes] of repeated.slice(0, EXAMPLES))
				this.say(`       ${key}: ${JSON.stringify(writes)}`);
			const detail = `${crm.applied.size} deliveries applied, ${repeated.length} of them repeated with the same fields; ${JSON.stringify(crm.counts)}`;
			this.expect(
				`no delivery made a second record or a second change in ${name}`,
				creates.length + others.length === 0,
				detail,
			);
		}
	}

	/** The report by n8n's own CLI, and the alerts that the run itself has caused. */
	async reports({ n8n, slack }) {
		const alerts = slack.messages.filter((message) =>
			/queue_depth/.test(message.text ?? ''),
		).length;
		this.expect('the queue’s alert was told, and its end', alerts >= 2, `${alerts} messages`);
		await n8n.stop();
		await n8n.cli('execute', '--id=truceReport00006');
		const report = slack.messages.find((message) => /last seven days/.test(message.text ?? ''));
		this.expect(
			'the weekly report reaches Slack',
			report !== undefined,
			report?.text.split('\n').length + ' lines',
		);
		const [agreement] = report?.text.match(/In agreement in time.*/) ?? [];
		this.expect(
			'it says how many changes were in both CRMs in time',
			/contacts [\d.]+ % of \d+ changes in 30 days \(wanted: 99 % within 15 min\); error budget left: -?\d+ %/.test(
				agreement ?? '',
			),
			agreement,
		);
	}
}
