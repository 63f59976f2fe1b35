import { setTimeout as pause } from 'node:timers/promises';

import { Slack, Telegram } from './fakes/chat.mjs';

const ANSWER_MAX_MS = 60_000;

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

	async messages({ sidecar, slack, telegram }) {
		const questions = await sidecar.list('/v1/exceptions?category=conflict', 'exceptions');
		const told = (messages, buttonsOf, read) => {
			const counts = new Map();
			for (const message of messages) {
				const [first] = buttonsOf(message);
				if (!first) continue;
				const id = read(first).split(':')[0];
				counts.set(id, (counts.get(id) ?? 0) + 1);
			}
			return counts;
		};
		const inSlack = told(slack.messages, Slack.buttons, (button) => button.value);
		const inTelegram = told(telegram.messages, Telegram.buttons, (button) => button.callback_data);
		this.expect('there were conflicts', questions.length > 0, `${questions.length}`);
		for (const [name, counts] of [['Slack', inSlack], ['Telegram', inTelegram]]) {
			const never = questions.filter((one) => one.state === 'open' && !counts.has(one.id)).length;
			const often = [...counts.values()].filter((count) => count > 1).length;
			this.expect(`each open conflict has exactly one ${name} message`, never === 0 && often === 0, `${counts.size} messages, ${never} without, ${often} with several`);
		}
	}

	/** Half of the questions are answered in Slack, half in Telegram; one button is pressed twice. */
	async answers({ sidecar, slack, telegram, until }) {
		const open = async () => await sidecar.list('/v1/exceptions?state=unanswered&category=conflict', 'exceptions');
		const waiting = await open();
		const moved = waiting.filter((one) => one.version > 1).length;
		let pressed = 0;
		for (const [index, question] of waiting.entries()) {
			const isSlack = index % 2 === 0;
			const [chat, buttonsOf, read] = isSlack
				? [slack, Slack.buttons, (button) => button.value]
				: [telegram, Telegram.buttons, (button) => button.callback_data];
			const message = chat.messages.find((one) => buttonsOf(one).some((button) => read(button).startsWith(question.id)));
			// A question whose values moved meanwhile shows fresh buttons after the stale press.
			let button = message && buttonsOf(message)[index % 2];
			if (!button) continue;
			await chat.press(button);
			pressed++;
			if (question.version > 1) {
				const fresh = await sidecar.ask(`/v1/exceptions/${question.id}`);
				button = isSlack ? fresh.text.slack[1].elements[0] : fresh.text.telegram.reply_markup.inline_keyboard[0][0];
				await chat.press(button);
			}
		}
		await until('the answered questions are closed', async () => (await open()).length === 0, ANSWER_MAX_MS);
		const left = (await open()).length;
		this.expect('a pressed button resolves its conflict', left === 0, `${pressed} pressed, ${moved} had moved, ${left} still open`);
		const [again] = slack.messages.filter((message) => Slack.buttons(message).length > 0);
		if (again) {
			const before = slack.answers.length;
			await slack.press(Slack.buttons(again)[0]);
			await until('the second press is answered', async () => slack.answers.length > before, ANSWER_MAX_MS);
			this.expect('a button is good once', /Too late/.test(JSON.stringify(slack.answers.at(-1))), slack.answers.at(-1)?.text);
		}
		this.expect('every press was answered', slack.answers.length > 0 && telegram.answers.length > 0, `${slack.answers.length} in Slack, ${telegram.answers.length} in Telegram`);
		await pause(2000);
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
			const one = [mine.fields.firstname, mine.fields.lastname, mine.fields.lifecyclestage, Number(mine.fields.contract_value)];
			const other = [theirs.fields.FirstName, theirs.fields.LastName, theirs.fields.Status__c?.toLowerCase(), Number(theirs.fields.Contract_Value__c)];
			if (JSON.stringify(one) === JSON.stringify(other)) continue;
			differing++;
			if (examples.length < 3) examples.push(`${mine.id} ${JSON.stringify(one)} / ${theirs.id} ${JSON.stringify(other)}`);
		}
		const detail = `${hubspot.records.size} contacts, ${differing} differ, ${missing} missing ${examples.join('; ')}`;
		this.expect('both CRMs agree on every field that flows', differing === 0 && missing === 0, detail);
		const dead = await sidecar.list('/v1/deliveries?state=dead', 'deliveries');
		this.expect('no write was given up', dead.length === 0, `${dead.length} dead ${dead[0]?.error ?? ''}`);
		const audit = await sidecar.ask('/v1/audit/verify');
		this.expect('the audit trail is whole', audit.ok === true, `${audit.entries} entries`);
		const { fast_loop } = await sidecar.ask('/v1/stats');
		this.say(`       events ${JSON.stringify(fast_loop.events)} deliveries ${JSON.stringify(fast_loop.deliveries)}`);
	}

	writes({ hubspot, salesforce }) {
		for (const [name, crm] of [['HubSpot', hubspot], ['Salesforce', salesforce]]) {
			const twice = [...crm.applied.values()].filter((count) => count > 1).length;
			this.expect(`no delivery was applied twice in ${name}`, twice === 0, `${crm.applied.size} applied, ${twice} twice; ${JSON.stringify(crm.counts)}`);
		}
	}

	/** The report by n8n's own CLI, and the alerts that the run itself has caused. */
	async reports({ n8n, slack }) {
		const alerts = slack.messages.filter((message) => /queue_depth/.test(message.text ?? '')).length;
		this.expect('the queue’s alert was told, and its end', alerts >= 2, `${alerts} messages`);
		await n8n.stop();
		n8n.cli('execute', '--id=truceReport00006');
		const report = slack.messages.find((message) => /last seven days/.test(message.text ?? ''));
		this.expect('the weekly report reaches Slack', report !== undefined, report?.text.split('\n').length + ' lines');
	}
}
