// The hosts that n8n's nodes call, all on loopback: a TLS server under their names, and the proxy
// that leads there. A name that is not among them is refused, so nothing leaves the machine.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';

export class Internet {
	constructor(folder, hosts) {
		this.folder = folder;
		this.hosts = hosts; // name -> {answer(request)}
		this.strangers = new Set();
	}

	async open() {
		const { key, cert } = this.certificate();
		this.tls = https.createServer(
			{ key, cert },
			(request, response) => void this.serve(request, response),
		);
		this.proxy = http.createServer((request, response) => {
			this.strangers.add(request.url);
			response.writeHead(403).end();
		});
		this.proxy.on('connect', (request, client, head) => this.connect(request, client, head));
		await Promise.all(
			[this.tls, this.proxy].map(
				(server) => new Promise((done) => server.listen(0, '127.0.0.1', done)),
			),
		);
		this.proxyUrl = `http://127.0.0.1:${this.proxy.address().port}`;
	}

	close() {
		for (const server of [this.tls, this.proxy]) {
			server.closeAllConnections();
			server.close();
		}
	}

	connect(request, client, head) {
		const [name] = request.url.split(':');
		client.on('error', () => {});
		if (!this.hosts[name.toLowerCase()]) {
			this.strangers.add(request.url);
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const server = net.connect(this.tls.address().port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			server.write(head);
			server.pipe(client).pipe(server);
		});
		server.on('error', () => client.destroy());
		client.on('close', () => server.destroy());
	}

	async serve(request, response) {
		const chunks = [];
		for await (const chunk of request) chunks.push(chunk);
		const text = Buffer.concat(chunks).toString();
		const url = new URL(request.url, 'https://host');
		const host = this.hosts[request.headers.host.split(':')[0].toLowerCase()];
		const answer = host.answer({
			method: request.method,
			path: url.pathname,
			query: url.searchParams,
			headers: request.headers,
			body: parse(text),
		});
		if (answer.lost) return response.destroy();
		const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
		response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
		response.end(answer.status === 204 ? undefined : body);
	}

	certificate() {
		const at = (name) => join(this.folder, name);
		const names = Object.keys(this.hosts)
			.map((name) => `DNS:${name}`)
			.join(',');
		writeFileSync(at('names.cnf'), `subjectAltName=${names}\n`);
		const openssl = (...flags) => execFileSync('openssl', flags, { stdio: 'ignore' });
		openssl(
			'req',
			'-x509',
			'-newkey',
			'rsa:2048',
			'-nodes',
			'-days',
			'2',
			'-subj',
			'/CN=Loopback',
			'-keyout',
			at('ca.key'),
			'-out',
			at('ca.pem'),
		);
		openssl(
			'req',
			'-newkey',
			'rsa:2048',
			'-nodes',
			'-subj',
			'/CN=fakes',
			'-keyout',
			at('fakes.key'),
			'-out',
			at('fakes.csr'),
		);
		openssl(
			'x509',
			'-req',
			'-in',
			at('fakes.csr'),
			'-CA',
			at('ca.pem'),
			'-CAkey',
			at('ca.key'),
			'-CAcreateserial',
			'-days',
			'2',
			'-extfile',
			at('names.cnf'),
			'-out',
			at('fakes.pem'),
		);
		this.authority = at('ca.pem');
		return { key: readFileSync(at('fakes.key')), cert: readFileSync(at('fakes.pem')) };
	}
}

function parse(text) {
	if (text === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return Object.fromEntries(new URLSearchParams(text));
	}
}
