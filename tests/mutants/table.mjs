// docs/mutants.md

const HEAD = `# Deliberate bugs, and what catches them

Written by \`scripts/mutants\`; the list is \`tests/mutants/mutants.json\`. Each row is one change of the engine that breaks one rule. All of them stand
in one build of a mutated copy, behind switches that are read at run time; the engine itself has no such switch. For each one the property tests and
the simulation are run, and unit tests where neither of the two caught it. The simulation has caught it where its counts are clearly worse than
without it, on the same seeds (\`tests/mutants/checks.mjs\` has how much).
`;

const cell = (text) => (text ?? '').replaceAll('|', '\\|');

export function table(judged) {
	const by = (kind) => judged.filter((one) => one[kind]).length;
	const survivors = judged.filter((one) => !one.by).length;
	const rows = judged.map(({ mutant, property, simulation, unit, by: any }) =>
		[
			'',
			`\`${mutant.name}\``,
			mutant.breaks,
			cell(property),
			cell(simulation),
			any ? cell(unit) : '**survives**',
			'',
		]
			.join(' | ')
			.trim(),
	);
	return `${HEAD}
${judged.length} mutants: ${by('property')} caught by a property test, ${by('simulation')} by the simulation, ${by('unit')} by unit tests alone, ${survivors} not caught.

| mutant | the rule that it breaks | property test | simulation | unit test |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
