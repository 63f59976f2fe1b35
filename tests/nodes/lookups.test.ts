import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { readAnswer } from '../../nodes/nodes/TruceStore/operations/delivery/readAnswer';
import { evaluate, parameterOf, wayOf } from './expressions';

// Workflow 0 looks for what may have been made, before it is made again.

const FILE = '0-write-and-settle.json';
const param = (node: string, path: string) => parameterOf(FILE, node, path);

/** The lookup as it reaches the switch, and where that sends it. */
function routed(delivery: IDataObject): { item: IDataObject; to?: string } {
	const json = evaluate(param('What to Look For', 'jsonOutput'), { op: 'lookup', ...delivery });
	const item = JSON.parse(String(json)) as IDataObject;
	return { item, to: wayOf(FILE, 'Which System', item) };
}

const soqlOf = (item: IDataObject) =>
	new URL(String(evaluate(param('Write to Salesforce', 'url'), item))).searchParams.get('q');

function filtersOf(item: IDataObject) {
	const body = JSON.parse(String(evaluate(param('Write to HubSpot', 'jsonBody'), item)));
	return body.filterGroups[0].filters;
}

const inSalesforce: Array<[string, IDataObject, string]> = [
	['contact', { Email: "o'neil@example.com" }, "Contact WHERE Email = 'o\\'neil@example.com'"],
	[
		'company',
		{ Name: 'Acme', Website: 'https://acme.com' },
		"Account WHERE Website = 'https://acme.com'",
	],
	['company', { Name: 'Acme' }, "Account WHERE Name = 'Acme'"],
	['deal', { Name: 'Roof', Deal_Number__c: 'D-1' }, "Opportunity WHERE Deal_Number__c = 'D-1'"],
	['deal', { Name: 'Roof', Amount: 12 }, "Opportunity WHERE Name = 'Roof'"],
	['deal', { Name: 'Roof', Deal_Number__c: '' }, "Opportunity WHERE Name = 'Roof'"],
];
for (const [entity, fields, where] of inSalesforce) {
	test(`a ${entity} with ${Object.keys(fields).join(' and ')} is looked for in Salesforce: ${where}`, () => {
		const { item, to } = routed({ system: 'salesforce', entity, record_id: null, fields });
		assert.equal(to, 'Salesforce');
		assert.equal(soqlOf(item), `SELECT FIELDS(ALL) FROM ${where} LIMIT 2`);
	});
}

const inHubSpot: Array<[string, IDataObject, string, string]> = [
	['contact', { email: 'a@example.com' }, 'email', 'a@example.com'],
	['company', { name: 'Acme', domain: 'acme.com' }, 'domain', 'acme.com'],
	['company', { name: 'Acme' }, 'name', 'Acme'],
	['deal', { dealname: 'Roof', deal_number: 'D-1' }, 'deal_number', 'D-1'],
	['deal', { dealname: 'Roof', amount: '12' }, 'dealname', 'Roof'],
];
for (const [entity, properties, propertyName, value] of inHubSpot) {
	test(`a ${entity} with ${Object.keys(properties).join(' and ')} is looked for in HubSpot by ${propertyName}`, () => {
		const { item, to } = routed({
			system: 'hubspot',
			entity,
			record_id: null,
			fields: { properties },
		});
		assert.equal(to, 'HubSpot');
		assert.deepEqual(filtersOf(item), [{ operator: 'EQ', propertyName, value }]);
	});
}

test('a record that is known is looked for by its ID', () => {
	const salesforce = routed({
		system: 'salesforce',
		entity: 'deal',
		record_id: '0061',
		fields: {},
	});
	assert.match(String(soqlOf(salesforce.item)), / WHERE Id = '0061' /);
	const { item } = routed({ system: 'hubspot', entity: 'deal', record_id: '7' });
	assert.deepEqual(filtersOf(item), [{ operator: 'EQ', propertyName: 'hs_object_id', value: '7' }]);
});

for (const [system, fields] of [
	['salesforce', { Amount: 12 }],
	['hubspot', { properties: { amount: '12' } }],
	['salesforce', {}],
] as const) {
	test(`a lookup in ${system} without a key goes to a person: ${JSON.stringify(fields)}`, () => {
		const { to } = routed({ system, entity: 'deal', record_id: null, fields });
		assert.equal(to, 'Nothing to Look For');
	});
}

test('a write is sent whatever keys it has', () => {
	const { to } = routed({
		op: 'create',
		system: 'salesforce',
		entity: 'deal',
		fields: { Amount: 12 },
	});
	assert.equal(to, 'Salesforce');
});

const lookup = { op: 'lookup', recordId: '', attempt: 2 };
const answered = (body: unknown) =>
	readAnswer({ statusCode: 200, headers: {}, body } as IDataObject, lookup);

for (const nothing of [
	{ records: [], totalSize: 0 },
	{ results: [], total: 0 },
	{ data: [] },
	[],
]) {
	test(`an empty list is Absent: ${JSON.stringify(nothing)}`, () => {
		assert.deepEqual(answered(nothing), { status: 'absent' });
	});
}

const directory = {
	sobjects: '/services/data/v59.0/sobjects',
	query: '/services/data/v59.0/query',
};
for (const other of [directory, {}, '', '<html>', { total: 0 }, { data: { items: [] } }]) {
	test(`what is no list is not Absent: ${JSON.stringify(other)}`, () => {
		const { status, error } = answered(other) as { status: string; error: IDataObject };
		assert.equal(status, 'failed');
		assert.equal(error.class, 'permanent');
		assert.match(String(error.message), /neither a list nor a record/);
	});
}

const notFound = 'The resource you are requesting could not be found';
for (const [of, item] of [
	['a system', { statusCode: 404, headers: {}, body: { message: 'Not Found' } }],
	['a system without words', { statusCode: 404, headers: {}, body: '' }],
	['a system that says gone', { statusCode: 410, headers: {}, body: '' }],
	['an HTTP Request node', { error: { message: '404 - "Not Found"', status: 404 } }],
	['a CRM node', { error: notFound }],
] as Array<[string, IDataObject]>) {
	test(`a 404 to a lookup, which a wrong address gives as well, goes to a person: of ${of}`, () => {
		for (const recordId of ['', '0061']) {
			const { status, error } = readAnswer(item, { ...lookup, recordId });
			assert.equal(status, 'failed');
			assert.equal((error as IDataObject).class, 'permanent');
			assert.match(String((error as IDataObject).message), /HTTP 4(04|10).* wrong address/);
		}
	});
}

test('a lookup that the system could not answer is tried again', () => {
	const { status, error } = readAnswer({ statusCode: 500, headers: {}, body: '' }, lookup);
	assert.deepEqual([status, (error as IDataObject).class], ['failed', 'transient']);
});

test('a bulk read that found nothing is Absent, one that was refused goes to a person', () => {
	const refusedFor = (category: string) => ({
		results: [],
		numErrors: 1,
		errors: [{ status: 'error', category }],
	});
	assert.deepEqual(answered(refusedFor('OBJECT_NOT_FOUND')), { status: 'absent' });
	assert.equal(answered(refusedFor('VALIDATION_ERROR')).status, 'failed');
});

test('several records that were found go to a person', () => {
	const { status, error } = answered({ results: [{ id: '1' }, { id: '2' }] }) as {
		status: string;
		error: IDataObject;
	};
	assert.equal(status, 'failed');
	assert.match(String(error.message), /^Which of the 2 records/);
});

test('one record is Found, alone or as a list', () => {
	const record = { Id: '0061', Name: 'Roof' };
	const found = { status: 'found', record_id: '0061', record };
	assert.deepEqual(answered({ records: [record] }), found);
	assert.deepEqual(answered(record), found);
});
