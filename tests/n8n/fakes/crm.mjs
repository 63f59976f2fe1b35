// A CRM as its API behaves: records, writes with faults, and webhooks that get lost, doubled and reordered.
import { setTimeout as pause } from 'node:timers/promises';

const WEBHOOK_TRIES = 3;

export class Crm {
	constructor(dice, faults) {
		this.dice = dice;
		this.faults = faults;
		this.records = new Map();
		// idempotency key -> the writes with it that were applied
		this.applied = new Map();
		this.counts = {
			refused429: 0,
			failed500: 0,
			lostAnswers: 0,
			webhooksLost: 0,
			webhooksDoubled: 0,
		};
		this.writesInBulk = 0;
		this.lastChange = 0;
		this.underWay = 0;
		this.isCalm = false;
		// Every call that n8n has made: what, and of how many records.
		this.calls = [];
	}

	// A time that no other change of this CRM has.
	now() {
		this.lastChange = Math.max(Date.now(), this.lastChange + 1);
		return this.lastChange;
	}

	findByEmail(email) {
		return this.findBy(this.emailField, email);
	}

	findBy(field, value) {
		return [...this.records.values()].find((record) => record.fields[field] === value);
	}

	put(record, fields, _source) {
		record.modified = this.now();
		Object.assign(record.fields, fields);
	}

	/** An edit of which nobody is told. */
	editQuietly(id, fields) {
		const record = this.records.get(id);
		this.put(record, fields, 'CRM_UI');
		return record;
	}

	edit(id, fields) {
		const record = this.editQuietly(id, fields);
		this.tell(record, Object.keys(fields), 'CRM_UI');
	}

	insertQuietly(fields, source = 'CRM_UI') {
		const record = { id: this.nextId(), fields: {} };
		this.records.set(record.id, record);
		this.put(record, fields, source);
		record.created = record.modified;
		return record;
	}

	insert(fields, source) {
		const record = this.insertQuietly(fields, source);
		this.tell(record, Object.keys(fields), source, true);
		return record;
	}

	/** A page of a list in the order of the IDs, behind the one named. */
	pageAfter(id, limit) {
		return [...this.records.values()]
			.filter((record) => id === undefined || record.id > id)
			.sort((one, other) => (one.id < other.id ? -1 : 1))
			.slice(0, limit);
	}

	noteCall(kind, records) {
		this.calls.push({ kind, records });
	}

	// What a write call meets: 'refuse', 'fail', 'apply', 'lose' (applied, and the answer is lost).
	fate() {
		if (this.isCalm) return 'apply';
		if (this.dice.happens(this.faults.refuse)) return 'refuse';
		if (this.dice.happens(this.faults.fail)) return 'fail';
		return this.dice.happens(this.faults.lose) ? 'lose' : 'apply';
	}

	noteApplied(key, id, fields) {
		if (key)
			this.applied.set(key, [...(this.applied.get(key) ?? []), { at: new Date(), id, fields }]);
	}

	/** A bulk call has no key for each of its writes. */
	noteAppliedInBulk(id, fields) {
		this.noteApplied(`in bulk ${++this.writesInBulk}`, id, fields);
	}

	/** Nobody subscribed to what has no address. */
	send(body) {
		if (!this.webhookUrl) return;
		if (!this.isCalm && this.dice.happens(this.faults.webhookLost)) {
			this.counts.webhooksLost++;
			return;
		}
		const times = !this.isCalm && this.dice.happens(this.faults.webhookDoubled) ? 2 : 1;
		if (times === 2) this.counts.webhooksDoubled++;
		for (let time = 0; time < times; time++) void this.post(body, this.dice.below(1200));
	}

	async post(body, delayMs) {
		this.underWay++;
		try {
			await pause(delayMs);
			for (let tries = 0; tries < WEBHOOK_TRIES; tries++) {
				const answer = await fetch(this.webhookUrl, {
					method: 'POST',
					headers: { 'Content-Type': 'application/json' },
					body: JSON.stringify(body),
					signal: AbortSignal.timeout(20_000),
				}).catch(() => undefined);
				if (answer?.ok) return;
				await pause(500 * (tries + 1));
			}
			this.counts.webhooksLost++;
		} finally {
			this.underWay--;
		}
	}
}
