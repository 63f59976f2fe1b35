// What the editor asks of n8n: the credential's test and the pick lists.

export class Editor {
	constructor(n8n) {
		this.url = `${n8n.url}/rest`;
		this.headers = { 'Content-Type': 'application/json', 'browser-id': 'test' };
	}

	async post(path, body) {
		const reply = await fetch(this.url + path, {
			method: 'POST',
			headers: this.headers,
			body: JSON.stringify(body),
		});
		const cookie = reply.headers.getSetCookie().find((one) => one.startsWith('n8n-auth='));
		if (cookie) this.headers.Cookie = cookie.split(';')[0];
		const answer = await reply.json();
		if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(answer)}`);
		return answer.data;
	}

	async open() {
		const person = {
			email: 'op@example.com',
			firstName: 'Op',
			lastName: 'Erator',
			password: 'Only-for-this-test-1',
		};
		await this.post('/owner/setup', person);
	}

	async testCredential(data) {
		return await this.post('/credentials/test', {
			credentials: { id: 'truceApi00000001', name: 'Truce', type: 'truceApi', data },
		});
	}

	async pickList(node, methodName, path) {
		const lines = await this.post('/dynamic-node-parameters/options', {
			nodeTypeAndVersion: { name: `n8n-nodes-truce.${node}`, version: 1 },
			path: `parameters.${path}`,
			methodName,
			currentNodeParameters: {},
			credentials: { truceApi: { id: 'truceApi00000001', name: 'Truce' } },
		});
		return lines.map((line) => line.value);
	}
}
