// docs/mutants.md

const HEAD = `# Deliberate bugs, and what catches them

Written by \`scripts/mutants\`; the list is \`tests/mutants/mutants.json\`. Each row is one change of the engine that breaks one rule. All of them stand
in one build of a mutated copy, behind switches that are read at run time; the engine itself has no such switch. For each one the property tests and
the simulation are run, and unit tests where neither of the two caught it. The simulation has caught it where its counts are clearly worse than
without it, on the same seeds (\`tests/mutants/checks.mjs\` has how much).
`;

const SURVIVES = '**survives**';
const cell = (text) => (text ?? '').replaceAll('|', '\\|');

// What the page says of each mutant, by its name.
export function rowsOf(page) {
	const rows = page.split('\n').filter((line) => line.startsWith('| `'));
	const cells = rows.map((row) => row.split(/(?<!\\)\|/).map((text) => text.trim()));
	return new Map(
		cells.map(([, name, , ...found]) => {
			const [property, simulation, unit] = found.map(
				(text) => (text === SURVIVES ? '' : text.replaceAll('\\|', '|')) || undefined,
			);
			return [name.slice(1, -1), { property, simulation, unit }];
		}),
	);
}

export function table(judged) {
	const by = (kind) => judged.filter((one) => one[kind]).length;
	const isCaught = ({ property, simulation, unit }) => property ?? simulation ?? unit;
	const alone = judged.filter((one) => one.unit && !one.property && !one.simulation).length;
	const survivors = judged.filter((one) => !isCaught(one)).length;
	const rows = judged.map((one) => {
		const last = isCaught(one) ? cell(one.unit) : SURVIVES;
		const cells = [`\`${one.mutant.name}\``, one.mutant.breaks, cell(one.property), cell(one.simulation), last];
		return `| ${cells.join(' | ')} |`;
	});
	return `${HEAD}
${judged.length} mutants: ${by('property')} caught by a property test, ${by('simulation')} by the simulation, ${alone} by unit tests alone, ${survivors} not caught.

| mutant | the rule that it breaks | property test | simulation | unit test |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
