import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { PROJECT } from './sidecar';

/** What `$('Node')` gives an expression. */
type Nodes = (name: string) => unknown;

const run = (code: string, json: IDataObject, nodes?: Nodes): unknown =>
	new Function('$json', '$', `return (${code})`)(json, nodes);

/**
 * A parameter as n8n reads it, as far as the tests need it: `={{ … }}` is the value, `=text {{ … }}` a text. Other
 * than in n8n, where it yields nothing, an expression that fails throws.
 */
export function evaluate(value: unknown, json: IDataObject, nodes?: Nodes): unknown {
	if (typeof value === 'string' && value.startsWith('=')) {
		const [, whole] = /^=\{\{((?:(?!\}\}).)*)\}\}$/s.exec(value) ?? [];
		if (whole) return run(whole, json, nodes);
		return value
			.slice(1)
			.replaceAll(/\{\{(.*?)\}\}/gs, (_, code: string) => String(run(code, json, nodes)));
	}
	if (Array.isArray(value)) return value.map((one) => evaluate(one, json, nodes));
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value).map(([key, one]) => [key, evaluate(one, json, nodes)]),
		);
	}
	return value;
}

/** A parameter of a node in one of the shipped workflows; `path` as in `options.timeout`. */
export function parameterOf(file: string, node: string, path: string): unknown {
	const { nodes } = JSON.parse(readFileSync(join(PROJECT, 'workflows', file), 'utf8'));
	const { parameters } = nodes.find((one: IDataObject) => one.name === node);
	return path.split('.').reduce((held, key) => held[key], parameters);
}
