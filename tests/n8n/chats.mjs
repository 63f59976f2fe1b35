// What people are told in Slack and Telegram: everything once, also while the chats refuse it.
import { setTimeout as pause } from 'node:timers/promises';

import { Slack, Telegram } from './fakes/chat.mjs';

const TOLD_MAX_MS = 120_000;
// Retry On Fail in workflows 3 and 7.
const TRIES_OF_A_RUN = 5;
const DOUBLED_MAX_MS = 8000;
// What n8n was killed with may have reached a chat, and reaches it again.
const KILLS_OF_N8N = 1;

const kinds = [
	[Slack, Slack.buttons, (button) => button.value],
	[Telegram, Telegram.buttons, (button) => button.callback_data],
];

/** A button that the chat was told about a question. */
export function buttonOf(chat, id) {
	const [, buttonsOf, read] = kinds.find(([kind]) => chat instanceof kind);
	return chat.messages.flatMap(buttonsOf).find((button) => read(button).startsWith(`${id}:`));
}

/** How often a chat was told of each question. */
function toldBy(chat) {
	const [, buttonsOf, read] = kinds.find(([kind]) => chat instanceof kind);
	const counts = new Map();
	for (const [first] of chat.messages.map(buttonsOf)) {
		if (!first) continue;
		const id = read(first).split(':')[0];
		counts.set(id, (counts.get(id) ?? 0) + 1);
	}
	return counts;
}

/** Each chat in its turn takes nothing for longer than a run tries it. `disagree` opens some questions. */
export async function outages({ verdict, sidecar, slack, telegram, disagree, until }) {
	const open = async () =>
		await sidecar.list('/v1/exceptions?state=open&category=conflict', 'exceptions');
	for (const [name, down, other] of [
		['Telegram', telegram, slack],
		['Slack', slack, telegram],
	]) {
		const known = new Set((await open()).map(({ id }) => id));
		const refused = down.refused;
		down.isDown = true;
		const count = disagree();
		let fresh = [];
		await until('the questions are open', async () => {
			fresh = (await open()).map(({ id }) => id).filter((id) => !known.has(id));
			return fresh.length === count;
		});
		const isTold = (chat) => fresh.every((id) => toldBy(chat).has(id));
		await until('the other chat is told', () => isTold(other), TOLD_MAX_MS);
		const tries = () => down.refused - refused;
		await until('it is tried again', () => tries() > TRIES_OF_A_RUN, TOLD_MAX_MS);
		down.isDown = false;
		await until(`${name} is told`, () => isTold(down), TOLD_MAX_MS);
		await pause(DOUBLED_MAX_MS);
		const told = [down, other].map((chat) => fresh.map((id) => toldBy(chat).get(id) ?? 0));
		verdict.expect(
			`while ${name} takes nothing no message is lost, and none comes twice`,
			fresh.length === count && told.flat().every((times) => times === 1),
			`${name} ${told[0]}, the other one ${told[1]}; ${tries()} tries`,
		);
	}
}

export async function messages({ verdict, sidecar, slack, telegram, until }) {
	const questions = await sidecar.list('/v1/exceptions?category=conflict', 'exceptions');
	const open = questions.filter((one) => one.state === 'open');
	const areTold = (chat) => open.every((one) => toldBy(chat).has(one.id));
	// One that has just been opened is told with the trigger's next look.
	await until(
		'each open conflict is told',
		async () => areTold(slack) && areTold(telegram),
		TOLD_MAX_MS,
	);
	verdict.expect('there were conflicts', questions.length > 0, `${questions.length}`);
	for (const [name, chat] of [
		['Slack', slack],
		['Telegram', telegram],
	]) {
		const counts = toldBy(chat);
		const never = open.filter((one) => !counts.has(one.id)).length;
		const often = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
		verdict.expect(
			`each open conflict has exactly one ${name} message, but for what n8n was killed with`,
			never === 0 && often <= KILLS_OF_N8N,
			`${counts.size} messages, ${never} without, ${often} too many; ${chat.refused} tries refused`,
		);
	}
}

/** Of each change of an alert, while both chats refuse some messages. */
export async function alerts({ verdict, sidecar, slack, telegram, until }) {
	const changes = await sidecar.list('/v1/changes?kinds=alert', 'changes');
	const told = (chat) => chat.messages.filter(({ text }) => /^(🔴|🟢)/u.test(text ?? '')).length;
	const isTold = (chat) => told(chat) >= changes.length;
	await until(
		'each change of an alert is told',
		async () => isTold(slack) && isTold(telegram),
		TOLD_MAX_MS,
	);
	for (const [name, chat] of [
		['Slack', slack],
		['Telegram', telegram],
	]) {
		const often = told(chat) - changes.length;
		verdict.expect(
			`each change of an alert has one ${name} message, but for what n8n was killed with`,
			changes.length > 0 && often >= 0 && often <= KILLS_OF_N8N,
			`${changes.length} changes, ${told(chat)} messages`,
		);
	}
}
