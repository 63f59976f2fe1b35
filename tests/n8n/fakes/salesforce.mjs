import { Crm } from './crm.mjs';

const TYPES = {
	Contact: {
		prefix: '003',
		names: [
			...['Email', 'FirstName', 'LastName', 'Phone', 'Status__c', 'Tags__c'],
			...['Contract_Value__c', 'CurrencyIsoCode'],
		],
	},
	Account: { prefix: '001', names: ['Name', 'Website', 'Phone'] },
	Opportunity: {
		prefix: '006',
		names: ['Name', 'Deal_Number__c', 'StageName', 'Amount', 'CloseDate'],
	},
};

/** The records of one type. */
export class Salesforce extends Crm {
	emailField = 'Email';
	ids = 0;

	constructor(dice, faults, type = 'Contact') {
		super(dice, faults);
		Object.assign(this, { type, ...TYPES[type] });
	}

	nextId() {
		return `${this.prefix}${String(++this.ids).padStart(12, '0')}`;
	}

	/** A row has all fields; one without a value is null. */
	show(record) {
		const row = Object.fromEntries(this.names.map((name) => [name, null]));
		return {
			attributes: {
				type: this.type,
				url: `/services/data/v59.0/sobjects/${this.type}/${record.id}`,
			},
			Id: record.id,
			...row,
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
		const id = new RegExp(`/sobjects/${this.type}/(\\w+)$`).exec(path)?.[1];
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
		const holder = this.type === 'Contact' && this.findByEmail(fields.Email);
		if (holder) {
			const message = `duplicate value found: Email duplicates value on record with id: ${holder.id}`;
			return { status: 400, body: [{ errorCode: 'DUPLICATE_VALUE', message }] };
		}
		return { status: 201, body: { id: this.insert(fields, 'API').id, success: true, errors: [] } };
	}

	update(id, fields) {
		const record = this.records.get(id);
		if (!record) return { status: 404, body: [{ errorCode: 'NOT_FOUND' }] };
		this.put(record, fields, 'API');
		this.tell(record);
		return { status: 204 };
	}

	updateAll(records) {
		this.noteCall('bulk', records.length);
		const body = records.map(({ attributes, id, ...fields }) => {
			const { status, body: errors } = this.update(id, fields);
			if (status < 300) this.noteAppliedInBulk(id, fields);
			return { id, success: status < 300 && attributes.type === this.type, errors: errors ?? [] };
		});
		return { status: 200, body };
	}

	query(soql) {
		if (/ORDER BY Id /.test(soql)) return this.list(soql);
		const [, field, value] = /WHERE (\w+) = '([^']*)'/.exec(soql) ?? [];
		const limit = Number(/LIMIT (\d+)/.exec(soql)?.[1] ?? 200);
		const records = [...this.records.values()]
			.filter((record) => (field === 'Id' ? record.id === value : record.fields[field] === value))
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

/** One host for the records of all types. */
export class SalesforceOrg {
	constructor(...types) {
		this.types = new Map(types.map((records) => [records.type, records]));
	}

	answer(request) {
		const [, type] =
			/\/sobjects\/([A-Z]\w+)/.exec(request.path) ??
			/ FROM (\w+)/.exec(request.query.get('q') ?? '') ??
			[];
		const named = type ?? request.body.records?.[0]?.attributes?.type;
		return (
			this.types.get(named)?.answer(request) ?? { status: 404, body: [{ errorCode: 'NOT_FOUND' }] }
		);
	}
}
