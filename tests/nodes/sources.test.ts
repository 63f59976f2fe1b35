import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { TruceResolve } from '../../nodes/nodes/TruceResolve/TruceResolve.node';
import { SOURCES } from '../../nodes/shared/sources';
import { contextOf } from './context';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start('workflows/policies/contact.json');
});
after(async () => await sidecar.stop());

interface Case {
	system: string;
	item: IDataObject;
	/** The output by which it leaves. */
	leavesBy: 'write' | 'noChange' | 'incomplete';
}

// What n8n's own nodes and triggers hand on.
const cases: { [source: string]: Case } = {
	hubspotNode: {
		system: 'hubspot',
		item: {
			vid: 51,
			'canonical-vid': 51,
			'is-contact': true,
			properties: {
				email: { value: 'v1@example.com' },
				lastname: { value: 'Okafor' },
				lastmodifieddate: { value: '1778580000000' },
			},
		},
		leavesBy: 'write',
	},
	hubspotTrigger: {
		system: 'hubspot',
		item: {
			contactId: 52,
			subscriptionType: 'contact.creation',
			occurredAt: 1778580000000,
			eventId: 1,
			subscriptionId: 2,
			portalId: 3,
			attemptNumber: 0,
		},
		leavesBy: 'incomplete',
	},
	record: {
		system: 'hubspot',
		item: { id: '53', properties: { email: 'plain@example.com', lastname: 'Okafor' } },
		leavesBy: 'write',
	},
	event: {
		system: 'hubspot',
		item: {
			system: 'hubspot',
			entity: 'contact',
			record: { id: '54', properties: { email: 'event@example.com', lastname: 'Okafor' } },
		},
		leavesBy: 'write',
	},
	salesforceNode: {
		system: 'salesforce',
		item: {
			attributes: { type: 'Contact', url: '/services/data/v59.0/sobjects/Contact/003A00000000001' },
			Id: '003A00000000001',
			LastName: 'Okafor',
			Email: 'row@example.com',
			SystemModstamp: '2026-05-12T10:00:00.000+0000',
		},
		leavesBy: 'write',
	},
	salesforceCdc: {
		system: 'salesforce',
		item: {
			body: {
				data: {
					event: { replayId: 7 },
					payload: {
						ChangeEventHeader: {
							entityName: 'Contact',
							recordIds: ['003A00000000002'],
							changeType: 'CREATE',
							changeOrigin: 'com/salesforce/api',
							transactionKey: '1',
							sequenceNumber: 1,
							commitTimestamp: 1778580000000,
							commitUser: '005',
							commitNumber: 1,
						},
						Name: { LastName: 'Okafor', FirstName: 'Rose' },
						Email: 'cdc@example.com',
					},
				},
			},
			headers: {},
		},
		leavesBy: 'write',
	},
	pipedriveNode: {
		system: 'pipedrive',
		item: {
			id: 55,
			first_name: 'Rose',
			last_name: 'Okafor',
			email: [{ value: 'pipe@example.com', primary: true }],
			update_time: '2026-05-12 10:00:00',
		},
		leavesBy: 'write',
	},
	pipedriveTrigger: {
		system: 'pipedrive',
		item: {
			meta: {
				action: 'create',
				entity: 'person',
				entity_id: '56',
				id: 'm1',
				timestamp: '2026-05-12T10:00:00.000Z',
				version: '2.0',
			},
			data: {
				id: 56,
				first_name: 'Rose',
				last_name: 'Okafor',
				emails: [{ value: 'hook@example.com', primary: true }],
				update_time: '2026-05-12T10:00:00Z',
			},
			previous: null,
		},
		leavesBy: 'write',
	},
	zendeskNode: {
		system: 'zendesk',
		item: {
			id: 57,
			url: 'https://x.zendesk.com/api/v2/users/57.json',
			name: 'Rose Okafor',
			email: 'zen@example.com',
			active: true,
			role: 'end-user',
			updated_at: '2026-05-12T10:00:00Z',
		},
		leavesBy: 'write',
	},
	zendeskTrigger: { system: 'zendesk', item: { 'ticket.id': '58' }, leavesBy: 'incomplete' },
	zendeskEvent: {
		system: 'zendesk',
		item: {
			headers: {},
			body: {
				type: 'zen:event-type:user.name_changed',
				id: 'e1',
				time: '2026-05-12T10:00:00Z',
				subject: 'zen:user:59',
				detail: {
					id: '59',
					name: 'Rose',
					email: 'zenevent@example.com',
					updated_at: '2026-05-12T10:00:00Z',
				},
				event: { current: 'Rose', previous: 'Ros' },
			},
		},
		leavesBy: 'incomplete',
	},
	stripeNode: {
		system: 'stripe',
		item: {
			id: 'cus_1',
			object: 'customer',
			email: 'stripe@example.com',
			name: 'Rose Okafor',
			created: 1778580000,
		},
		leavesBy: 'write',
	},
	stripeTrigger: {
		system: 'stripe',
		item: {
			id: 'evt_1',
			object: 'event',
			type: 'customer.created',
			created: 1778580000,
			data: {
				object: {
					id: 'cus_2',
					object: 'customer',
					email: 'evt@example.com',
					name: 'Ada',
					created: 1778580000,
				},
			},
			request: { id: 'req_1' },
		},
		leavesBy: 'write',
	},
};

async function resolve(source: string, { system, item }: Case, options: IDataObject = {}) {
	const { context } = contextOf('truceResolve', {
		credentials: sidecar.credentials,
		parameters: {
			source,
			system,
			entity: 'contact',
			defaultEntity: source === 'zendeskTrigger' ? '' : 'contact',
			options,
		},
		inputs: [[item]],
	});
	const [write, noChange, conflict, rejected, incomplete] = await new TruceResolve().execute.call(
		context,
	);
	return { write, noChange, conflict, rejected, incomplete };
}

test('there is a case for every source', () => {
	assert.deepEqual(Object.keys(cases).sort(), SOURCES.map((source) => String(source.value)).sort());
});

for (const [source, given] of Object.entries(cases)) {
	test(`${source}: an item leaves by ${given.leavesBy}`, async () => {
		const outputs = await resolve(source, given);
		if (source === 'zendeskTrigger') {
			// The policy has no tickets, and says so.
			assert.match(String(outputs.rejected[0]?.json.message), /ticket/);
			return;
		}
		assert.deepEqual(
			outputs.rejected.map((item) => item.json),
			[],
		);
		assert.ok(outputs[given.leavesBy].length > 0, JSON.stringify(outputs));
	});
}

test('a history counts since the time that is asked for, and tells of what was written over', async () => {
	const item = (id: string) => ({
		id,
		properties: { email: `history${id}@example.com`, lastname: 'C' },
		propertiesWithHistory: {
			lastname: [
				{ value: 'C', timestamp: '2026-05-12T10:02:00.000Z' },
				{ value: 'B', timestamp: '2026-05-12T10:01:00.000Z' },
				{ value: 'A', timestamp: '2026-05-12T10:00:00.000Z' },
			],
		},
	});
	const words = async (id: string, historySince: string) => {
		const given = { ...cases.hubspotNode, item: item(id) };
		const { write } = await resolve('hubspotNode', given, { historySince });
		const { golden_id } = write[0].json;
		const { entries } = await sidecar.ask(`/v1/records/contact/${golden_id}/history`);
		return entries
			.filter((entry: IDataObject) => entry.field === 'last_name' && entry.kind !== 'write')
			.map((entry: IDataObject) => `${entry.value} ${entry.evidence}`);
	};
	assert.deepEqual(await words('62', '2026-05-12T10:01:00Z'), ['B certain', 'C certain']);
	assert.deepEqual(await words('63', '2026-05-12T10:03:00Z'), ['C possible']);
});

test('a History Since that is no time is rejected with what is wrong', async () => {
	const { rejected, write } = await resolve('hubspotNode', cases.hubspotNode, {
		historySince: 'yesterday',
	});
	assert.equal(write.length, 0);
	assert.match(JSON.stringify(rejected[0].json), /timestamp-invalid.*history_since/);
});

test('a record that came as an event and as a row is one golden record', async () => {
	const [write] = (
		await resolve('hubspotNode', {
			...cases.hubspotNode,
			item: { id: '61', properties: { email: 'both@example.com', lastname: 'B' } },
		})
	).write;
	const trigger = {
		contactId: 61,
		subscriptionType: 'contact.propertyChange',
		propertyName: 'lastname',
		propertyValue: 'C',
		occurredAt: Date.now(),
		eventId: 9,
		portalId: 3,
	};
	await resolve('hubspotTrigger', { ...cases.hubspotTrigger, item: trigger });
	const record = await sidecar.ask(`/v1/records/contact/${write.json.golden_id}`);
	assert.equal(record.record.last_name, 'C');
});
