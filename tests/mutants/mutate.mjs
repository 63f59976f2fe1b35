// Puts the mutants of mutants.json into a copy of the sources, each behind a switch that is read at run time.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const COPIED = ['engine', 'sidecar', 'tests', 'bench', 'docs', 'workflows', 'scripts'];
const COPIED_FILES = ['CMakeLists.txt', 'CMakePresets.json', 'README.md'];

// «…» marks what is replaced; the text around it says where. Runs of white space are all alike.
function placeOf(mutant, text) {
	const [before, marked, after, ...more] = mutant.was.split(/[«»]/);
	if (after === undefined || more.length > 0) {
		throw new Error(`${mutant.name}: 'was' marks one piece with «»`);
	}
	const pattern = (words) =>
		words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
	const wanted = new RegExp(`(${pattern(before)})(${pattern(marked)})${pattern(after)}`, 'g');
	const found = [...text.matchAll(wanted)];
	if (found.length !== 1) {
		throw new Error(`${mutant.name}: 'was' is ${found.length} times in ${mutant.file}`);
	}
	const begin = found[0].index + found[0][1].length;
	return { begin, end: begin + found[0][2].length };
}

// A piece that ends with ; or } is a statement, anything else an expression.
function switched(mutants, original) {
	const isStatement = /[;}]\s*$/.test(original);
	return mutants.reduceRight(
		(otherwise, { name, is }) =>
			isStatement
				? `{ if (TRUCE_MUTANT("${name}")) { ${is} } else { ${otherwise} } }`
				: `(TRUCE_MUTANT("${name}") ? (${is}) : (${otherwise}))`,
		original,
	);
}

export function mutated(text, mutants) {
	const places = new Map();
	for (const mutant of mutants) {
		const { begin, end } = placeOf(mutant, text);
		const place = places.get(begin) ?? { begin, end, mutants: [] };
		if (place.end !== end) throw new Error(`${mutant.name}: begins where another one does`);
		place.mutants.push(mutant);
		places.set(begin, place);
	}
	const fromTheEnd = [...places.values()].sort((a, b) => b.begin - a.begin);
	fromTheEnd.reduce((next, { begin, end, mutants: [{ name }] }) => {
		if (end > next) throw new Error(`${name}: reaches into another one`);
		return begin;
	}, text.length);
	for (const { begin, end, mutants: here } of fromTheEnd) {
		text = text.slice(0, begin) + switched(here, text.slice(begin, end)) + text.slice(end);
	}
	return `#include "tests/mutants/switch.h"\n${text}`;
}

function filesBelow(root, folder) {
	return readdirSync(join(root, folder), { recursive: true })
		.map((name) => join(folder, name))
		.filter((name) => !name.includes('node_modules') && statSync(join(root, name)).isFile());
}

// What has not changed keeps its time, so that the next build is a small one.
export function copyMutated(root, copy, mutants) {
	const names = new Set([...COPIED_FILES, ...COPIED.flatMap((folder) => filesBelow(root, folder))]);
	for (const { file } of mutants) {
		if (!names.has(file)) throw new Error(`${file} is not there`);
	}
	for (const name of names) {
		const here = mutants.filter(({ file }) => file === name);
		const content = readFileSync(join(root, name));
		const wanted = here.length > 0 ? Buffer.from(mutated(content.toString(), here)) : content;
		const target = join(copy, name);
		if (statSync(target, { throwIfNoEntry: false })?.isFile() && readFileSync(target).equals(wanted)) continue;
		mkdirSync(dirname(target), { recursive: true });
		writeFileSync(target, wanted);
	}
	for (const name of COPIED.flatMap((folder) => filesBelow(copy, folder))) {
		if (!names.has(name)) rmSync(join(copy, name));
	}
}
