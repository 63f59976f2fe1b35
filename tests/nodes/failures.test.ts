import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import type { AddressInfo } from 'node:net';

import { NodeApiError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { TruceResolve } from '../../nodes/nodes/TruceResolve/TruceResolve.node';
import { TruceStore } from '../../nodes/nodes/TruceStore/TruceStore.node';
import { callTruce } from '../../nodes/shared/transport/call';
import { explainSilence } from '../../nodes/shared/transport/explain';
import { contextOf, type Setting } from './context';
import { conflictPair, hubspotContact } from './records';
import { Sidecar } from './sidecar';

let sidecar: Sidecar;
before(async () => {
	sidecar = await Sidecar.start();
});
after(async () => await sidecar.stop());

/** What stands between n8n and the sidecar on a bad day: it may answer itself, delay or drop. */
type Mischief = (
	request: http.IncomingMessage,
	response: http.ServerResponse,
	pass: () => Promise<Response>,
) => Promise<void>;

async function between(
	mischief: Mischief,
	work: (baseUrl: string) => Promise<void>,
): Promise<void> {
	const server = http.createServer((request, response) => {
		void (async () => {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk as Buffer);
			const pass = async () =>
				await fetch(sidecar.url + request.url, {
					method: request.method,
					headers: {
						Authorization: String(request.headers.authorization),
						'Content-Type': String(request.headers['content-type'] ?? 'application/json'),
					},
					body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
				});
			await mischief(request, response, pass);
		})();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const relay = async (response: http.ServerResponse, pass: () => Promise<Response>) => {
	const answer = await pass();
	response.writeHead(answer.status, { 'Content-Type': 'application/json' });
	response.end(await answer.text());
};

async function resolve(
	credentials: Setting['credentials'],
	items: IDataObject[],
	rest: Partial<Setting> = {},
) {
	const { context } = contextOf('truceResolve', {
		credentials,
		parameters: {
			source: 'record',
			system: 'hubspot',
			entity: 'contact',
			options: { timeoutSeconds: 1 },
		},
		inputs: [items],
		...rest,
	});
	const [write, noChange, conflict, rejected, incomplete] = await new TruceResolve().execute.call(
		context,
	);
	return { write, noChange, conflict, rejected, incomplete };
}

const says =
	(message: RegExp, description: RegExp) =>
	(error: NodeApiError): boolean => {
		assert.ok(error instanceof NodeApiError, String(error));
		assert.match(error.message, message);
		assert.match(String(error.description), description);
		return true;
	};

test('a sidecar that is down is said to be, with the line that starts it', async () => {
	const credentials = { baseUrl: 'http://127.0.0.1:1', token: 'x' };
	await assert.rejects(
		resolve(credentials, [hubspotContact('f1', {})]),
		says(/Nothing listens at http:\/\/127\.0\.0\.1:1/, /truce serve[\s\S]*host\.docker\.internal/),
	);
});

test('with Continue on the items leave by Rejected with the error', async () => {
	const credentials = { baseUrl: 'http://127.0.0.1:1', token: 'x' };
	const { rejected } = await resolve(credentials, [{ id: 1 }, { id: 2 }], { continueOnFail: true });
	assert.deepEqual(
		rejected.map((item) => item.pairedItem),
		[{ item: 0 }, { item: 1 }],
	);
	assert.match(String(rejected[0].json.error), /Nothing listens/);
});

test('of a text that is too long the place in its item is said, not that in the call', async () => {
	const { token, url: baseUrl } = sidecar;
	const long = hubspotContact('f9', { notes: 'x'.repeat(300_000) });
	await assert.rejects(
		resolve({ baseUrl, token }, [long]),
		says(/^text longer than 262144 bytes$/, /^At properties\.notes$/),
	);
});

test('an ID that Truce does not have is shown', async () => {
	const parameters = { resource: 'exception', operation: 'get', exceptionId: 'x0' };
	const { context } = contextOf('truceStore', { credentials: sidecar.credentials, parameters });
	await assert.rejects(
		new TruceStore().execute.call(context),
		says(/no such exception/, /Asked for was \/v1\/exceptions\/x0/),
	);
});

test('a wrong token is told from everything else', async () => {
	const credentials = { baseUrl: sidecar.url, token: 'wrong' };
	await assert.rejects(
		resolve(credentials, [hubspotContact('f2', {})]),
		says(/does not know this token/, /token file/),
	);
});

test('a host name that the sidecar does not serve gives the flag to add', async () => {
	const credentials = {
		baseUrl: sidecar.url.replace('127.0.0.1', '0.0.0.0'),
		token: sidecar.token,
	};
	await assert.rejects(
		resolve(credentials, [hubspotContact('f3', {})]),
		says(/does not answer to this host name/, /--host-name 0\.0\.0\.0/),
	);
});

test('an older sidecar is recognised by a call that it does not know', async () => {
	const { context } = contextOf('truceStore', { credentials: sidecar.credentials, parameters: {} });
	await assert.rejects(
		callTruce(context as IExecuteFunctions, { method: 'GET', path: '/v1/not-yet' }),
		says(/does not know GET \/v1\/not-yet/, /older than this package/),
	);
});

test('what is too large for one call is answered with what to do', async () => {
	await assert.rejects(
		resolve(sidecar.credentials, [hubspotContact('f4', { notes: 'x'.repeat(17 << 20) })]),
		says(/more than Truce takes in one call/, /Loop Over Items/),
	);
});

test('a busy sidecar is waited for as long as it asks', async () => {
	let refused = 0;
	await between(
		async (_request, response, pass) => {
			if (refused++ > 1) return await relay(response, pass);
			response.writeHead(503, { 'Retry-After': '0', 'Content-Type': 'application/problem+json' });
			response.end(
				JSON.stringify({ code: 'busy', status: 503, title: 'busy', instance: 'urn:uuid:1' }),
			);
		},
		async (baseUrl) => {
			const { write } = await resolve({ baseUrl, token: sidecar.token }, [
				hubspotContact('f5', {}),
			]);
			assert.equal(write.length, 1);
		},
	);
	assert.equal(refused, 3);
});

test('a sidecar that stays busy is an error that says nothing was taken', async () => {
	await between(
		async (_request, response) => {
			response.writeHead(503, { 'Retry-After': '0', 'Content-Type': 'application/problem+json' });
			response.end(
				JSON.stringify({ code: 'busy', status: 503, title: 'busy', instance: 'urn:uuid:1' }),
			);
		},
		async (baseUrl) => {
			await assert.rejects(
				resolve({ baseUrl, token: sidecar.token }, [hubspotContact('f6', {})]),
				says(/busy/, /Nothing of this call was taken[\s\S]*Retry On Fail/),
			);
		},
	);
});

test('an answer that is lost is a time-out; the same batch again loses and doubles nothing', async () => {
	const items = [hubspotContact('f7', {}), hubspotContact('f8', {})];
	await between(
		async (_request, _response, pass) => {
			await pass(); // taken, and the answer never comes
		},
		async (baseUrl) => {
			await assert.rejects(
				resolve({ baseUrl, token: sidecar.token }, items),
				says(/no answer within 1 seconds/, /already changes nothing the second time/),
			);
		},
	);
	const again = await resolve(sidecar.credentials, items);
	assert.deepEqual(
		again.noChange.map((item) => item.json.outcome),
		['duplicate', 'duplicate'],
	);
	assert.equal(again.write.length, 0);
	// The writes of the lost answer are leased, not lost: here they are extended to "now" and come again.
	const { deliveries } = await sidecar.ask('/v1/deliveries?state=leased&limit=1000');
	const lost = deliveries.filter((one: IDataObject) =>
		/^f[78]@/.test(String((one.fields as IDataObject).Email)),
	);
	assert.equal(lost.length, 2);
});

test('an event that told only an ID asks for its record again when the answer that asked was lost', async () => {
	const items = [
		{
			contactId: 902,
			subscriptionType: 'contact.creation',
			occurredAt: 1778580000000,
			eventId: 8,
			portalId: 1,
		},
	];
	const parameters = {
		source: 'hubspotTrigger',
		system: 'hubspot',
		options: { timeoutSeconds: 1 },
	};
	let calls = 0;
	await between(
		async (_request, response, pass) => {
			if (calls++ > 0) return await relay(response, pass);
			await pass();
			response.destroy();
		},
		async (baseUrl) => {
			const credentials = { baseUrl, token: sidecar.token };
			await assert.rejects(
				resolve(credentials, items, { parameters }),
				says(/broke off/, /changes nothing the second time/),
			);
			const { noChange, incomplete } = await resolve(credentials, items, { parameters });
			assert.equal(noChange.length, 0);
			const { system, entity, id, why } = incomplete[0].json;
			assert.deepEqual({ system, entity, id }, { system: 'hubspot', entity: 'contact', id: '902' });
			assert.match(String(why), /taken before \(incomplete\)/);
		},
	);
});

test('a conflict leaves also when its texts cannot be had', async () => {
	const pair = conflictPair('f20');
	await sidecar.ask('/v1/events', { system: 'hubspot', entity: 'contact', record: pair.hubspot });
	await between(
		async (request, response, pass) => {
			if (request.method === 'POST') return await relay(response, pass);
			response.writeHead(500).end();
		},
		async (baseUrl) => {
			const { context } = contextOf('truceResolve', {
				credentials: { baseUrl, token: sidecar.token },
				parameters: { source: 'salesforceNode', system: 'salesforce' },
				inputs: [[pair.salesforce]],
			});
			const [, , conflict] = await new TruceResolve().execute.call(context);
			assert.equal(conflict[0].json.field, 'amount');
			assert.equal(conflict[0].json.text, undefined);
		},
	);
});

test('a proxy that answers in Truce’s place is named', async () => {
	await between(
		async (_request, response) => {
			response.writeHead(502, { 'Content-Type': 'text/html' });
			response.end('<html>Bad gateway</html>');
		},
		async (baseUrl) => {
			await assert.rejects(
				resolve({ baseUrl, token: 'x' }, [hubspotContact('f9', {})]),
				says(/Something else than Truce answered/, /NO_PROXY=127\.0\.0\.1,localhost,::1/),
			);
		},
	);
});

test('a page that answers 200 is not taken for Truce', async () => {
	await between(
		async (_request, response) => {
			response.writeHead(200, { 'Content-Type': 'text/html' });
			response.end('<html>Welcome</html>');
		},
		async (baseUrl) => {
			await assert.rejects(
				resolve({ baseUrl, token: 'x' }, [hubspotContact('f10', {})]),
				says(/Something else than Truce answered/, /base URL/),
			);
		},
	);
});

test('the errors that n8n itself gives are read', () => {
	const place = { baseUrl: 'http://127.0.0.1:8377', timeoutMs: 30_000 };
	const ssrf = explainSilence(
		new Error('The request was blocked because it resolves to a restricted IP address'),
		place,
	);
	assert.match(ssrf.description, /N8N_SSRF_ALLOWED_IP_RANGES=127\.0\.0\.0\/8,::1\/128/);
	const proxy = explainSilence(new Error('connect ECONNREFUSED 127.0.0.1:3128'), place);
	assert.match(proxy.message, /by a proxy/);
	assert.match(proxy.description, /NO_PROXY/);
	const docker = explainSilence(new Error('getaddrinfo ENOTFOUND host.docker.internal'), {
		...place,
		baseUrl: 'http://host.docker.internal:8377',
	});
	assert.match(docker.description, /--add-host=host\.docker\.internal:host-gateway/);
});

test('an error of a list names its item', async () => {
	const { context } = contextOf('truceStore', {
		credentials: sidecar.credentials,
		parameters: { resource: 'exception', operation: 'get', exceptionId: '={{ $json.id }}' },
		inputs: [[{ id: 'x1' }]],
	});
	await assert.rejects(new TruceStore().execute.call(context), (error: NodeApiError) => {
		assert.equal(error.context.itemIndex, 0);
		assert.match(error.message, /no such exception/);
		return true;
	});
});
