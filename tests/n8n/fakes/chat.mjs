// Slack and Telegram: they keep what they were told, and press buttons.

export class Slack {
	messages = [];
	answers = [];
	webhookUrl;

	answer({ path, body }) {
		if (path === '/api/chat.postMessage') {
			this.messages.push(body);
			return {
				status: 200,
				body: {
					ok: true,
					channel: 'C1',
					ts: `${this.messages.length}.0`,
					message: { text: body.text },
				},
			};
		}
		if (path.startsWith('/actions/')) {
			this.answers.push(body);
			return { status: 200, body: { ok: true } };
		}
		return { status: 200, body: { ok: true } };
	}

	static buttons(message) {
		const blocks =
			typeof message.blocks === 'string' ? JSON.parse(message.blocks) : (message.blocks ?? []);
		return blocks.filter((block) => block.type === 'actions').flatMap((block) => block.elements);
	}

	async press(button, user = 'U1') {
		const payload = {
			type: 'block_actions',
			user: { id: user },
			actions: [{ action_id: button.action_id, value: button.value }],
			response_url: 'https://hooks.slack.com/actions/T1/1',
		};
		return await fetch(this.webhookUrl, {
			method: 'POST',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ payload: JSON.stringify(payload) }),
		});
	}
}

export class Telegram {
	messages = [];
	answers = [];
	hook;
	updates = 0;

	answer({ path, body }) {
		const method = path.split('/').at(-1);
		if (method === 'setWebhook') this.hook = body;
		if (method === 'sendMessage') this.messages.push(body);
		if (method === 'answerCallbackQuery') this.answers.push(body);
		if (method === 'getWebhookInfo')
			return { status: 200, body: { ok: true, result: { url: this.hook?.url ?? '' } } };
		return { status: 200, body: { ok: true, result: { message_id: this.messages.length } } };
	}

	static buttons(message) {
		const markup =
			typeof message.reply_markup === 'string'
				? JSON.parse(message.reply_markup)
				: message.reply_markup;
		return (markup?.inline_keyboard ?? []).flat();
	}

	async press(button, user = 42) {
		const callback_query = {
			id: `cb${++this.updates}`,
			from: { id: user, first_name: 'Op' },
			message: { message_id: 1, chat: { id: -1001234567890 } },
			data: button.callback_data,
		};
		return await fetch(this.hook.url, {
			method: 'POST',
			headers: {
				'Content-Type': 'application/json',
				'X-Telegram-Bot-Api-Secret-Token': this.hook.secret_token,
			},
			body: JSON.stringify({ update_id: this.updates, callback_query }),
		});
	}
}
