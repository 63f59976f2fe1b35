// The pictures of nodes/README.md: its first steps in a real n8n with a real sidecar, seen by a real browser. Fails
// where what the README promises is not on the screen.
//
//   pictures.mjs --n8n DIR --truce BINARY --tarball FILE --tools DIR [--browser FILE] [--folder DIR]
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Editor } from './editor.mjs';
import { Internet } from './fakes/internet.mjs';
import { freePort, N8n } from './n8n.mjs';
import { Sidecar } from './sidecar.mjs';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: flags } = parseArgs({
	options: {
		n8n: { type: 'string' },
		truce: { type: 'string' },
		tarball: { type: 'string' },
		tools: { type: 'string' },
		browser: { type: 'string', default: '/usr/bin/chromium' },
		folder: { type: 'string', default: join(project, 'docs/pictures') },
	},
});

const SEEN_MAX_MS = 60_000;
const SETTLED_MS = 1_500; // of the editor's own animations
const WINDOW = { width: 1440, height: 810 };

// The two contacts stand in the README, indented: what is pictured is what a reader copies from there.
const readme = readFileSync(join(project, 'nodes/README.md'), 'utf8');
const [hubspotContact, salesforceContact] = [/\{"id": "151"[^]*?\}\}/, /\{"Id": "0031"[^]*?\}/].map(
	(one) => JSON.parse(readme.match(one)[0]),
);

const credentials = { truceApi: { id: 'truceApi00000001', name: 'Truce' } };
const start = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};
const contact = (name, record) => ({
	name,
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: { mode: 'raw', jsonOutput: JSON.stringify(record, null, 2), options: {} },
});
const truce = (name, type, parameters) => ({
	name,
	type: `n8n-nodes-truce.${type}`,
	typeVersion: 1,
	parameters,
	credentials,
});
const resolveOf = (name, system) =>
	truce(name, 'truceResolve', {
		source: 'record',
		system,
		entity: 'contact',
		event: {},
		options: {},
	});

/** `links`: [from, its output, to, its input]. */
function workflow(id, name, placed, links) {
	const connections = {};
	for (const [from, output, to, input] of links) {
		const main = (connections[from] ??= { main: [] }).main;
		while (main.length <= output) main.push([]);
		main[output].push({ node: to, type: 'main', index: input });
	}
	const nodes = placed.map(([node, x, y], index) => ({
		...node,
		id: `00000000-0000-4000-8000-00000000000${index}`,
		position: [x, y],
	}));
	return { id, name, nodes, connections, active: false, settings: { executionOrder: 'v1' } };
}

const WRITE = 0;
const CONFLICT = 2;
const firstConflict = workflow(
	'firstConflict001',
	'Truce: to a first resolved conflict',
	[
		[start, 0, 0],
		[contact('HubSpot Contact', hubspotContact), 200, 0],
		[resolveOf('Truce Resolve HubSpot', 'hubspot'), 420, 0],
		[contact('Salesforce Contact', salesforceContact), 700, -160],
		[resolveOf('Truce Resolve Salesforce', 'salesforce'), 920, -160],
		[
			truce('Truce Store', 'truceStore', {
				resource: 'exception',
				operation: 'resolve',
				answerWith: 'choose',
				exceptionId: '={{ $json.id }}',
				system: 'salesforce',
				version: '={{ $json.version }}',
				actor: 'rose@example.com',
				note: '',
				ifMoved: 'fresh',
				options: {},
			}),
			1220,
			-112,
		],
	],
	[
		['Start', 0, 'HubSpot Contact', 0],
		['HubSpot Contact', 0, 'Truce Resolve HubSpot', 0],
		['Truce Resolve HubSpot', WRITE, 'Salesforce Contact', 0],
		['Salesforce Contact', 0, 'Truce Resolve Salesforce', 0],
		['Truce Resolve Salesforce', CONFLICT, 'Truce Store', 0],
	],
);
const merge = workflow(
	'merge00000000001',
	'Truce: merge two lists',
	[
		[start, 0, 0],
		[contact('HubSpot Contact', hubspotContact), 220, -120],
		[contact('Salesforce Contact', salesforceContact), 220, 120],
		[
			truce('Truce Merge', 'truceMerge', {
				entity: 'contact',
				numberInputs: 2,
				system1: 'hubspot',
				system2: 'salesforce',
				output: 'merged',
				options: {},
			}),
			520,
			0,
		],
	],
	[
		['Start', 0, 'HubSpot Contact', 0],
		['Start', 0, 'Salesforce Contact', 0],
		['HubSpot Contact', 0, 'Truce Merge', 0],
		['Salesforce Contact', 0, 'Truce Merge', 1],
	],
);
const trigger = workflow(
	'trigger000000001',
	'Truce: tell of new questions',
	[[truce('Truce Trigger', 'truceTrigger', { event: 'newException', options: {} }), 0, 0]],
	[],
);

class Pictures {
	constructor(page, url) {
		Object.assign(this, { page, url });
	}

	async open({ id, nodes }) {
		await this.page.goto(`${this.url}/workflow/${id}`, { waitUntil: 'domcontentloaded' });
		for (const { name } of nodes)
			await this.page.waitForSelector(nodeOf(name), { timeout: SEEN_MAX_MS });
		await pause(SETTLED_MS);
		await this.page.keyboard.press('1'); // zoom to fit
		await pause(SETTLED_MS);
	}

	/** Ends when every node has run well. */
	async execute({ nodes }) {
		// Not by the button, which would explain itself in all pictures.
		await this.page.keyboard.down('Control');
		await this.page.keyboard.press('Enter');
		await this.page.keyboard.up('Control');
		for (const { name } of nodes) {
			const done = `${nodeOf(name)} [data-test-id="canvas-node-status-success"]`;
			await this.page.waitForSelector(done, { timeout: SEEN_MAX_MS });
		}
		await this.closeMessages();
	}

	/** The toast that says that it was executed lies over the canvas. */
	async closeMessages() {
		await this.page.waitForSelector('.el-notification', { timeout: SEEN_MAX_MS, hidden: true });
		await pause(SETTLED_MS);
	}

	async openNode(name) {
		await this.page.click(nodeOf(name), { count: 2 });
		await this.page.waitForSelector('[data-test-id="output-panel"]', { timeout: SEEN_MAX_MS });
		await pause(2 * SETTLED_MS);
	}

	async showOutputAs(view) {
		await this.page.click(`[data-test-id="output-panel"] [data-test-id="radio-button-${view}"]`);
		await pause(SETTLED_MS);
	}

	async closeNode() {
		await this.page.keyboard.press('Escape');
		await pause(SETTLED_MS);
	}

	async take(name, ...promised) {
		const shown = await this.page.evaluate(() =>
			[
				document.body.innerText,
				...[...document.querySelectorAll('input')].map(({ value }) => value),
			].join('\n'),
		);
		const missing = promised.filter((text) => !shown.includes(text));
		await this.page.screenshot({ path: join(flags.folder, `${name}.png`) });
		console.log(
			`${name}.png${missing.length === 0 ? '' : ` does not show: ${missing.join(', ')}`}`,
		);
		if (missing.length > 0) process.exitCode = 1;
	}
}

const nodeOf = (name) => `[data-test-id="canvas-node"][data-node-name="${name}"]`;

async function takeAll(pictures) {
	await pictures.open(firstConflict);
	await pictures.execute(firstConflict);
	await pictures.take(
		'first-conflict',
		'HubSpot Contact',
		'Truce Resolve Salesforce',
		'Truce Store',
	);
	await pictures.openNode('Truce Resolve Salesforce');
	await pictures.showOutputAs('schema');
	await pictures.take(
		'truce-resolve',
		'Conflict Branch (1 item)',
		'Records Come From',
		'salesforce',
		'candidates',
	);
	await pictures.closeNode();
	await pictures.openNode('Truce Store');
	await pictures.take('truce-store', 'Answer With', "System's Value", 'contract_value', 'leased');
	await pictures.closeNode();
	await pictures.open(merge);
	await pictures.execute(merge);
	await pictures.openNode('Truce Merge');
	await pictures.take('truce-merge', 'System Name or ID of Input 2', 'Conflict Branch (1 item)');
	await pictures.closeNode();
	await pictures.open(trigger);
	await pictures.openNode('Truce Trigger');
	await pictures.take('truce-trigger', 'Trigger On', 'New Exception');
}

const folder = mkdtempSync(join(tmpdir(), 'truce-pictures-'));
mkdirSync(flags.folder, { recursive: true });
// Its certificate wants a name; nothing answers under it.
const internet = new Internet(folder, { 'nobody.invalid': undefined });
await internet.open();
const sidecar = new Sidecar({
	binary: resolve(flags.truce),
	policy: join(project, 'workflows/policies/demo.json'),
	folder,
});
let n8n, browser;
try {
	await sidecar.start();
	n8n = new N8n({
		install: resolve(flags.n8n),
		folder,
		port: await freePort(),
		brokerPort: await freePort(),
		internet,
	});
	n8n.installPackage(resolve(flags.tarball));
	const data = { baseUrl: sidecar.url, token: sidecar.token };
	await n8n.importCredentials([{ ...credentials.truceApi, type: 'truceApi', data }]);
	await n8n.importWorkflows([firstConflict, merge, trigger]);
	await n8n.start();
	const editor = new Editor(n8n);
	await editor.open();

	const { default: puppeteer } = await import(
		createRequire(join(resolve(flags.tools), 'package.json')).resolve('puppeteer-core')
	);
	browser = await puppeteer.launch({
		executablePath: flags.browser,
		defaultViewport: WINDOW,
		// Chromium's sandbox wants no root. Whatever is not on loopback is refused by the proxy.
		args: [
			...(process.getuid() === 0 ? ['--no-sandbox'] : []),
			`--proxy-server=${internet.proxyUrl}`,
			'--force-color-profile=srgb',
		],
	});
	const page = await browser.newPage();
	const [name, value] = editor.headers.Cookie.split(/=(.*)/s);
	await browser.setCookie({ name, value, domain: '127.0.0.1', path: '/' });
	await page.evaluateOnNewDocument(
		(id) => localStorage.setItem('n8n-browserId', id),
		editor.headers['browser-id'],
	);
	await takeAll(new Pictures(page, n8n.url)).catch(async (error) => {
		await page.screenshot({ path: join(tmpdir(), 'truce-pictures-failed.png') });
		throw error;
	});
} finally {
	await browser?.close();
	await n8n?.stop();
	await sidecar.end('SIGTERM');
	internet.close();
	rmSync(folder, { recursive: true, force: true });
}
