// Slack and Telegram: they keep what they were told, and press buttons. Every so manieth message is one too
// many, and for a while they may take none at all.

class Chat {
	messages = [];
	answers = [];
	isDown = false;
	tooManyEvery = 0;
	posts = 0;
	refused = 0;

	/** The answer to a message that is not taken. */
	refusal() {
		this.posts++;
		const isTooMany = this.tooManyEvery > 0 && this.posts % this.tooManyEvery === 0;
		if (!this.isDown && !isTooMany) return undefined;
		this.refused++;
		const why = this.isDown ? 'service_unavailable' : 'ratelimited';
		return {
			status: this.isDown ? 503 : 429,
			headers: this.isDown ? {} : { 'Retry-After': '1' },
			body: { ok: false, error: why, description: why },
		};
	}
}

export class Slack extends Chat {
	webhookUrl;

	answer({ path, body }) {
		if (path === '/api/chat.postMessage') {
			const refusal = this.refusal();
			if (refusal) return refusal;
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

export class Telegram extends Chat {
	hook;
	updates = 0;

	answer({ path, body }) {
		const method = path.split('/').at(-1);
		if (method === 'setWebhook') this.hook = body;
		if (method === 'sendMessage') {
			const refusal = this.refusal();
			if (refusal) return refusal;
			this.messages.push(body);
		}
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
