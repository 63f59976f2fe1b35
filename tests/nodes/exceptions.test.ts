import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { Desk, givenUp } from './desk';
import { Sidecar } from './sidecar';

let desk: Desk;
before(async () => {
	desk = new Desk(await Sidecar.start());
});
after(async () => await desk.sidecar.stop());

test('a question is listed, claimed and resolved with a system’s value', async () => {
	const question = await desk.newQuestion();
	const exceptionId = String(question.id);
	const list = await desk.store('exception', 'getAll', {
		state: 'unanswered',
		category: 'conflict',
		returnAll: true,
	});
	assert.ok(list.lines.some((line) => line.id === exceptionId));
	await desk.store('exception', 'claim', { exceptionId, actor: 'rose' });
	const claimed = await desk.store('exception', 'get', { exceptionId });
	assert.equal(claimed.lines[0].claimed_by, 'rose');
	const { lines } = await desk.store('exception', 'resolve', {
		answerWith: 'choose',
		exceptionId,
		system: 'salesforce',
		version: Number(claimed.lines[0].version),
		actor: 'rose',
		note: 'asked the customer',
		ifMoved: 'fail',
	});
	assert.equal(lines[0].moved, false);
	assert.equal((lines[0].exception as IDataObject).state, 'resolved');
	const [delivery] = lines[0].deliveries as IDataObject[];
	assert.equal(delivery.system, 'hubspot');
});

test('an answer to an old version gives the fresh question, or an error', async () => {
	const question = await desk.newQuestion();
	const answer = {
		answerWith: 'choose',
		exceptionId: String(question.id),
		system: 'hubspot',
		version: 99,
	};
	const { lines } = await desk.store('exception', 'resolve', { ...answer, ifMoved: 'fresh' });
	assert.equal(lines[0].moved, true);
	assert.equal((lines[0].exception as IDataObject).id, question.id);
	await assert.rejects(
		desk.store('exception', 'resolve', { ...answer, ifMoved: 'fail' }),
		/version/,
	);
});

test('a button answers once, from Slack and from Telegram', async () => {
	for (const chat of ['slack', 'telegram']) {
		const question = await desk.newQuestion();
		const text = question.text as {
			slack: Array<{ elements: IDataObject[] }>;
			telegram: { reply_markup: { inline_keyboard: IDataObject[][] } };
		};
		const button =
			chat === 'slack'
				? text.slack[1].elements[1].value
				: text.telegram.reply_markup.inline_keyboard[1][0].callback_data;
		const press = {
			answerWith: 'button',
			button: String(button),
			actor: `${chat}:7`,
			ifMoved: 'fresh',
		};
		const first = await desk.store('exception', 'resolve', press);
		assert.equal(first.lines[0].moved, false);
		assert.equal((first.lines[0].exception as IDataObject).resolution, 'choose:salesforce');
		assert.equal((first.lines[0].exception as IDataObject).closed_by, `${chat}:7`);
		const second = await desk.store('exception', 'resolve', press);
		assert.equal(second.lines[0].moved, true);
		assert.equal(second.lines[0].code, 'already-settled');
	}
});

test('what is no button is refused before any call', async () => {
	await assert.rejects(
		desk.store('exception', 'resolve', { answerWith: 'button', button: 'hello', ifMoved: 'fresh' }),
		/no button of a Truce message/,
	);
});

test('a value of one’s own and an action resolve', async () => {
	const question = await desk.newQuestion();
	const group = await desk.store('exception', 'resolve', {
		answerWith: 'value',
		exceptionId: String(question.id),
		value: '={{ ({ amount: "150", currency: "EUR" }) }}',
		version: Number(question.version),
		ifMoved: 'fail',
	});
	assert.equal((group.lines[0].exception as IDataObject).state, 'resolved');

	const delivery = await desk.newDelivery();
	await desk.store('delivery', 'settle', givenUp, [delivery]);
	const dead = await desk.store('exception', 'getAll', {
		state: 'unanswered',
		category: 'dead_letter',
		returnAll: true,
	});
	const item = dead.lines.find((line) => line.delivery_id === delivery.id);
	const discard = await desk.store('exception', 'resolve', {
		answerWith: 'action',
		exceptionId: String(item?.id),
		answer: 'discard',
		version: Number(item?.version),
		ifMoved: 'fail',
	});
	assert.equal((discard.lines[0].exception as IDataObject).state, 'resolved');
});

test('many questions are dismissed by one call', async () => {
	const items = [await desk.newQuestion(), await desk.newQuestion(), await desk.newQuestion()];
	const { output, traffic } = await desk.store(
		'exception',
		'dismiss',
		{ exceptionId: '={{ $json.id }}', actor: 'rose', note: 'test data' },
		items,
	);
	assert.equal(traffic.calls.length, 1);
	assert.deepEqual(
		output.map((item) => (item.json.exception as IDataObject).state),
		['dismissed', 'dismissed', 'dismissed'],
	);
	await assert.rejects(
		desk.store('exception', 'dismiss', { exceptionId: String(items[0].id) }),
		/is dismissed by rose/,
	);
});

test('dead letters are replayed from the queue', async () => {
	const delivery = await desk.newDelivery();
	await desk.store('delivery', 'settle', givenUp, [delivery]);
	const { lines } = await desk.store('exception', 'getAll', {
		state: 'unanswered',
		category: 'dead_letter',
		returnAll: true,
	});
	const item = lines.find((line) => line.delivery_id === delivery.id);
	assert.ok(item);
	const replayed = await desk.store('exception', 'replay', { exceptionId: String(item.id) });
	assert.equal((replayed.lines[0].exception as IDataObject).state, 'resolved');
});

test('a group is answered with a JSON object, typed or from an expression', async () => {
	const house = new Desk(await Sidecar.start('workflows/policies/crm.json'));
	try {
		const own = { contract_value: '150', contract_currency: 'EUR' };
		for (const value of [JSON.stringify(own), '={{ $json.own }}']) {
			const { id, version } = await house.newQuestion();
			const { lines } = await house.store(
				'exception',
				'resolve',
				{ answerWith: 'value', exceptionId: id, version, value, ifMoved: 'fail' },
				[{ own }],
			);
			assert.equal((lines[0].exception as IDataObject).state, 'resolved');
		}
	} finally {
		await house.sidecar.stop();
	}
});
