import { Crm } from './crm.mjs';

export class Salesforce extends Crm {
	emailField = 'Email';
	ids = 0;

	nextId() {
		return `003${String(++this.ids).padStart(12, '0')}`;
	}

	show(record) {
		return {
			attributes: { type: 'Contact', url: `/services/data/v59.0/sobjects/Contact/${record.id}` },
			Id: record.id,
			...record.fields,
			SystemModstamp: new Date(record.modified).toISOString().replace('Z', '+0000'),
		};
	}

	tell(record) {
		return this.send(this.show(record));
	}

	answer({ method, path, query, body, headers }) {
		if (headers.authorization !== 'Bearer sf-token')
			return { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] };
		if (path.endsWith('/query')) return { status: 200, body: this.query(query.get('q')) };
		const id = /\/sobjects\/Contact\/(\w+)$/.exec(path)?.[1];
		const fate = this.fate();
		if (fate === 'refuse') {
			this.counts.refused429++;
			return {
				status: 503,
				headers: { 'Retry-After': '1' },
				body: [{ errorCode: 'SERVER_UNAVAILABLE' }],
			};
		}
		if (fate === 'fail') {
			this.counts.failed500++;
			return { status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION' }] };
		}
		if (path.endsWith('/composite/sobjects')) {
			const done = this.updateAll(body.records);
			return fate === 'lose' ? { lost: true } : done;
		}
		this.noteCall('write', 1);
		const done = method === 'POST' ? this.create(body) : this.update(id, body);
		if (done.status < 300) this.noteApplied(headers['idempotency-key'], id, body);
		if (fate === 'lose') this.counts.lostAnswers++;
		return fate === 'lose' ? { lost: true } : done;
	}

	create(fields) {
		const holder = this.findByEmail(fields.Email);
		if (holder) {
			const message = `duplicate value found: Email duplicates value on record with id: ${holder.id}`;
			return { status: 400, body: [{ errorCode: 'DUPLICATE_VALUE', message }] };
		}
		return { status: 201, body: { id: this.insert(fields, 'API').id, success: true, errors: [] } };
	}

	update(id, fields) {
		const record = this.records.get(id);
		if (!record) return { status: 404, body: [{ errorCode: 'NOT_FOUND' }] };
		Object.assign(record.fields, fields);
		record.modified = this.now();
		this.tell(record);
		return { status: 204 };
	}

	updateAll(records) {
		this.noteCall('bulk', records.length);
		const body = records.map(({ attributes, id, ...fields }) => {
			const { status, body: errors } = this.update(id, fields);
			return { id, success: status < 300 && attributes.type === 'Contact', errors: errors ?? [] };
		});
		return { status: 200, body };
	}

	query(soql) {
		if (/ORDER BY Id /.test(soql)) return this.list(soql);
		const [, field, value] = /WHERE (Id|Email) = '([^']*)'/.exec(soql) ?? [];
		const limit = Number(/LIMIT (\d+)/.exec(soql)?.[1] ?? 200);
		const records = [...this.records.values()]
			.filter((record) =>
				field === 'Id' ? record.id === value : record.fields.Email === value,
			)
			.slice(0, limit)
			.map((record) => this.show(record));
		return { totalSize: records.length, done: true, records };
	}

	list(soql) {
		const [, after] = /\bId > '(\w+)'/.exec(soql) ?? [];
		const [, since] = /SystemModstamp >= (\S+)/.exec(soql) ?? [];
		const limit = Math.min(Number(/LIMIT (\d+)/.exec(soql)?.[1]), 200);
		const records = this.pageAfter(after, since ? Infinity : limit)
			.filter((record) => !since || record.modified >= Date.parse(since))
			.slice(0, limit)
			.map((record) => this.show(record));
		this.noteCall('page', records.length);
		return { totalSize: records.length, done: true, records };
	}
}
