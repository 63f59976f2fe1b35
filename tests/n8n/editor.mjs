// What the editor asks of n8n: the credential's test, the pick lists and a new data table.

export class Editor {
	constructor(n8n) {
		this.url = `${n8n.url}/rest`;
		this.headers = { 'Content-Type': 'application/json', 'browser-id': 'test' };
	}

	async call(method, path, body) {
		const reply = await fetch(this.url + path, {
			method,
			headers: this.headers,
			body: JSON.stringify(body),
		});
		const cookie = reply.headers.getSetCookie().find((one) => one.startsWith('n8n-auth='));
		if (cookie) this.headers.Cookie = cookie.split(';')[0];
		const answer = await reply.json();
		if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(answer)}`);
		return answer.data;
	}

	post = async (path, body) => await this.call('POST', path, body);

	async open() {
		const person = {
			email: 'op@example.com',
			firstName: 'Op',
			lastName: 'Erator',
			password: 'Only-for-this-test-1',
		};
		await this.post('/owner/setup', person);
	}

	/** The id of a new data table. */
	async makeTable(name, columns) {
		const project = await this.call('GET', '/projects/personal');
		const table = await this.post(`/projects/${project.id}/data-tables`, { name, columns });
		return table.id;
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
