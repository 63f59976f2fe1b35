import { Crm } from './crm.mjs';

export class HubSpot extends Crm {
	emailField = 'email';
	ids = 1000;
	events = 0;
	// Records that a bulk call refuses, and a call of their own does not.
	refusedInBulk = new Set();
	// No page but the first is given out.
	isListBroken = false;

	nextId() {
		return String(++this.ids);
	}

	show(record) {
		const lastmodifieddate = new Date(record.modified).toISOString();
		return { id: record.id, properties: { ...record.fields, lastmodifieddate }, archived: false };
	}

	tell(record, names, source, isNew = false) {
		const head = {
			objectId: Number(record.id),
			occurredAt: record.modified,
			portalId: 7,
			subscriptionId: 3,
			attemptNumber: 0,
			changeSource: source,
		};
		if (isNew)
			return this.send([{ ...head, eventId: ++this.events, subscriptionType: 'contact.creation' }]);
		return this.send(
			names.map((propertyName) => ({
				...head,
				eventId: ++this.events,
				subscriptionType: 'contact.propertyChange',
				propertyName,
				propertyValue: String(record.fields[propertyName] ?? ''),
			})),
		);
	}

	answer({ method, path, query, body, headers }) {
		if (headers.authorization !== 'Bearer pat-hubspot')
			return { status: 401, body: { message: 'token' } };
		if (path === '/crm/v3/objects/contacts/search') return { status: 200, body: this.search(body) };
		if (method === 'GET' && path === '/crm/v3/objects/contacts') return this.list(query);
		const id = /^\/crm\/v3\/objects\/contacts\/(\d+)/.exec(path)?.[1];
		if (method === 'GET') {
			const record = this.records.get(id);
			return record
				? { status: 200, body: this.show(record) }
				: { status: 404, body: { message: 'not found' } };
		}
		const fate = this.fate();
		if (fate === 'refuse') {
			this.counts.refused429++;
			return {
				status: 429,
				headers: { 'Retry-After': '1' },
				body: { message: 'You have reached your secondly limit.' },
			};
		}
		if (fate === 'fail') {
			this.counts.failed500++;
			return { status: 500, body: { message: 'internal error' } };
		}
		if (path.endsWith('/batch/update')) {
			const done = this.updateAll(body.inputs);
			return fate === 'lose' ? { lost: true } : done;
		}
		this.noteCall('write', 1);
		const done =
			method === 'POST' ? this.create(body.properties) : this.update(id, body.properties);
		if (done.status < 300) this.noteApplied(headers['idempotency-key'], id, body.properties);
		if (fate === 'lose') this.counts.lostAnswers++;
		return fate === 'lose' ? { lost: true } : done;
	}

	create(properties) {
		const holder = this.findByEmail(properties.email);
		if (holder)
			return {
				status: 409,
				body: { message: `Contact already exists. Existing ID: ${holder.id}` },
			};
		return { status: 201, body: this.show(this.insert(textsOf(properties), 'INTEGRATION')) };
	}

	update(id, properties) {
		const record = this.records.get(id);
		if (!record) return { status: 404, body: { message: 'not found' } };
		Object.assign(record.fields, textsOf(properties));
		record.modified = this.now();
		this.tell(record, Object.keys(properties), 'INTEGRATION');
		return { status: 200, body: this.show(record) };
	}

	updateAll(inputs) {
		this.noteCall('bulk', inputs.length);
		const answers = inputs.map(({ id, properties }) =>
			this.refusedInBulk.has(id) ? { id, status: 400 } : { id, ...this.update(id, properties) },
		);
		const missing = answers.filter(({ status }) => status >= 300);
		return {
			status: missing.length > 0 ? 207 : 200,
			body: {
				status: 'COMPLETE',
				results: answers.filter(({ status }) => status < 300).map(({ body }) => body),
				errors: missing.map(({ id }) => ({ category: 'VALIDATION_ERROR', context: { ids: [id] } })),
			},
		};
	}

	list(query) {
		if (this.isListBroken && query.has('after'))
			return { status: 500, body: { message: 'internal' } };
		const limit = Math.min(Number(query.get('limit') ?? 10), 100);
		const page = this.pageAfter(query.get('after') ?? undefined, limit + 1);
		const results = page.slice(0, limit).map((record) => this.show(record));
		this.noteCall('page', results.length);
		const paging = page.length > limit ? { next: { after: results.at(-1).id } } : undefined;
		return { status: 200, body: { results, paging } };
	}

	search({ filterGroups, sorts = [], limit = 100 }) {
		const fits = (record, { propertyName, operator, value }) => {
			if (propertyName === 'hs_object_id' && operator === 'GT')
				return Number(record.id) > Number(value);
			if (propertyName === 'hs_object_id') return record.id === value;
			if (propertyName === 'lastmodifieddate' && operator === 'GTE')
				return record.modified >= Number(value);
			return record.fields[propertyName] === value;
		};
		const byId = sorts[0] === 'hs_object_id';
		const results = [...this.records.values()]
			.filter((record) => filterGroups[0].filters.every((filter) => fits(record, filter)))
			.sort((one, other) =>
				byId ? Number(one.id) - Number(other.id) : one.modified - other.modified,
			)
			.slice(0, limit)
			.map((record) => this.show(record));
		return { total: results.length, results };
	}
}

// HubSpot keeps every property as text.
const textsOf = (properties) =>
	Object.fromEntries(
		Object.entries(properties).map(([name, value]) => [name, value === null ? '' : String(value)]),
	);
