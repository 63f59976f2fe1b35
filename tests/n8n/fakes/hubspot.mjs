import { Crm } from './crm.mjs';

// Of one property, as HubSpot keeps them for contacts.
const VERSIONS_MAX = 45;
const BATCH_MAX = 100;
const BATCH_WITH_HISTORY_MAX = 50;
const KINDS = {
	contacts: { modified: 'lastmodifieddate', withoutAsking: ['email', 'firstname', 'lastname'] },
	companies: { modified: 'hs_lastmodifieddate', withoutAsking: ['domain', 'name'] },
	deals: {
		modified: 'hs_lastmodifieddate',
		withoutAsking: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
	},
};

/** The objects of one kind. */
export class HubSpot extends Crm {
	emailField = 'email';
	ids = 1000;
	events = 0;
	reads = 0;
	// Records that a bulk call refuses, and a call of their own does not.
	refusedInBulk = new Set();
	// No page but the first is given out.
	isListBroken = false;

	constructor(dice, faults, object = 'contacts') {
		super(dice, faults);
		Object.assign(this, { object, ...KINDS[object] });
	}

	nextId() {
		return String(++this.ids);
	}

	put(record, fields, source) {
		const before = { ...record.fields };
		super.put(record, fields, source);
		record.histories ??= {};
		for (const [name, value] of Object.entries(fields)) {
			if (before[name] === value) continue;
			const versions = [{ value, at: record.modified, source }, ...(record.histories[name] ?? [])];
			record.histories[name] = versions.slice(0, VERSIONS_MAX);
		}
	}

	/** A property that was not asked for is not shown, and one that was and has no value is null. */
	show(record, { properties = this.withoutAsking, propertiesWithHistory } = {}) {
		const iso = (at) => new Date(at).toISOString();
		const values = {
			...record.fields,
			createdate: iso(record.created),
			hs_object_id: record.id,
			[this.modified]: iso(record.modified),
		};
		const always = ['createdate', 'hs_object_id', this.modified];
		const shown = new Set([...always, ...properties, ...(propertiesWithHistory ?? [])]);
		const version = ({ value, at, source }) => ({
			value,
			timestamp: iso(at),
			sourceType: source,
			...(source === 'CRM_UI'
				? { sourceId: 'userId:9', updatedByUserId: 9 }
				: { sourceId: '1234567' }),
		});
		return {
			id: record.id,
			properties: Object.fromEntries([...shown].map((name) => [name, values[name] ?? null])),
			...(propertiesWithHistory && {
				propertiesWithHistory: Object.fromEntries(
					propertiesWithHistory.map((name) => [name, (record.histories[name] ?? []).map(version)]),
				),
			}),
			createdAt: values.createdate,
			updatedAt: values[this.modified],
			archived: false,
		};
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
		const what = path.slice(`/crm/v3/objects/${this.object}`.length);
		if (what === '/search') return { status: 200, body: this.search(body) };
		if (what === '/batch/read') return this.batchRead(body);
		if (method === 'GET' && what === '') return this.list(query);
		const id = /^\/(\d+)/.exec(what)?.[1];
		if (method === 'GET') {
			if (this.faults.fail > 0 && ++this.reads % 5 === 0)
				return { status: 503, body: { message: 'service unavailable' } };
			const record = this.records.get(id);
			return record
				? { status: 200, body: this.show(record, asked(query)) }
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
		if (what === '/batch/update') {
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
		const holder = this.object === 'contacts' && this.findByEmail(properties.email);
		if (holder)
			return {
				status: 409,
				body: { message: `Contact already exists. Existing ID: ${holder.id}` },
			};
		const record = this.insert(textsOf(properties), 'INTEGRATION');
		return { status: 201, body: this.show(record, { properties: Object.keys(properties) }) };
	}

	update(id, properties) {
		const record = this.records.get(id);
		if (!record) return { status: 404, body: { message: 'not found' } };
		this.put(record, textsOf(properties), 'INTEGRATION');
		this.tell(record, Object.keys(properties), 'INTEGRATION');
		return { status: 200, body: this.show(record, { properties: Object.keys(properties) }) };
	}

	updateAll(inputs) {
		this.noteCall('bulk', inputs.length);
		const answers = inputs.map(({ id, properties }) =>
			this.refusedInBulk.has(id) ? { id, status: 400 } : { id, ...this.update(id, properties) },
		);
		answers.forEach(({ id, status }, index) => {
			if (status < 300) this.noteAppliedInBulk(id, inputs[index].properties);
		});
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
		const results = page.slice(0, limit).map((record) => this.show(record, asked(query)));
		this.noteCall('page', results.length);
		const paging = page.length > limit ? { next: { after: results.at(-1).id } } : undefined;
		return { status: 200, body: { results, paging } };
	}

	batchRead({ inputs, ...wanted }) {
		const most = wanted.propertiesWithHistory?.length > 0 ? BATCH_WITH_HISTORY_MAX : BATCH_MAX;
		if (!(inputs?.length > 0 && inputs.length <= most))
			return {
				status: 400,
				body: { category: 'VALIDATION_ERROR', message: `1 to ${most} inputs` },
			};
		const found = inputs.map(({ id }) => this.records.get(String(id))).filter(Boolean);
		this.noteCall('page', found.length);
		return {
			status: found.length === inputs.length ? 200 : 207,
			body: { status: 'COMPLETE', results: found.map((record) => this.show(record, wanted)) },
		};
	}

	search({ filterGroups, sorts = [], limit = 100, properties }) {
		const fits = (record, { propertyName, operator, value }) => {
			if (propertyName === 'hs_object_id' && operator === 'GT')
				return Number(record.id) > Number(value);
			if (propertyName === 'hs_object_id') return record.id === value;
			if (propertyName === this.modified && operator === 'GTE')
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
			.map((record) => this.show(record, { properties }));
		return { total: results.length, results };
	}
}

/** One host for the objects of all kinds. */
export class HubSpotAccount {
	constructor(...kinds) {
		this.kinds = new Map(kinds.map((kind) => [kind.object, kind]));
	}

	answer(request) {
		const [, object] = /^\/crm\/v3\/objects\/(\w+)/.exec(request.path) ?? [];
		return this.kinds.get(object)?.answer(request) ?? { status: 404, body: { message: 'object' } };
	}
}

const asked = (query) => ({
	properties: query.get('properties')?.split(','),
	propertiesWithHistory: query.get('propertiesWithHistory')?.split(','),
});

// HubSpot keeps every property as text.
const textsOf = (properties) =>
	Object.fromEntries(
		Object.entries(properties).map(([name, value]) => [name, value === null ? '' : String(value)]),
	);
