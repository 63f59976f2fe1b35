import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { PROJECT } from './sidecar';

/** What an expression sees beside `$json`: `$` for `$('Node')`, `$runIndex`. */
interface Surroundings {
	$?: (node: string) => unknown;
	$runIndex?: number;
}

const run = (code: string, json: IDataObject, { $, $runIndex }: Surroundings): unknown =>
	new Function('$json', '$', '$runIndex', `return (${code})`)(json, $, $runIndex);

/**
 * A parameter as n8n reads it, as far as the tests need it: `={{ … }}` is the value, `=text {{ … }}` a text. Other
 * than in n8n, where it yields nothing, an expression that fails throws.
 */
export function evaluate(value: unknown, json: IDataObject, around: Surroundings = {}): unknown {
	if (typeof value === 'string' && value.startsWith('=')) {
		const [, whole] = /^=\{\{((?:(?!\}\}).)*)\}\}$/s.exec(value) ?? [];
		if (whole) return run(whole, json, around);
		return value
			.slice(1)
			.replaceAll(/\{\{(.*?)\}\}/gs, (_, code: string) => String(run(code, json, around)));
	}
	if (Array.isArray(value)) return value.map((one) => evaluate(one, json, around));
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value).map(([key, one]) => [key, evaluate(one, json, around)]),
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

interface Rule {
	outputKey: string;
	conditions: { conditions: Array<{ leftValue: string; rightValue: string }> };
}

/** The output of a Switch in one of the shipped workflows; undefined where the item goes nowhere. */
export function wayOf(
	file: string,
	node: string,
	item: IDataObject,
	around: Surroundings = {},
): string | undefined {
	const rules = parameterOf(file, node, 'rules.values') as Rule[];
	const rule = rules.find(
		({
			conditions: {
				conditions: [{ leftValue, rightValue }],
			},
		}) => {
			const left = evaluate(leftValue, item, around);
			return left === true || left === rightValue;
		},
	);
	return rule?.outputKey;
}
