// What is run against a mutant, and how it says that it caught it.

// A file of tests/property, and how many schedules.
const PROPERTIES = [
	['rules_test', 300],
	['links_test', 300],
	['order_test', 150],
	['quiescence_test', 150],
	['reconcile_test', 100],
	['migrate_test', 60],
];
const STORIES = [
	['bad-day', 16, 400000],
	['hell', 8, 400000],
];
const UNIT_TESTS = [
	'survive',
	'identity',
	'plan',
	'normalize',
	'audit',
	'migrate',
	'reconcile',
	'app',
	'history',
];

export const PROGRAMS = [
	'property_test',
	'mutant_stories',
	...UNIT_TESTS.map((name) => `${name}_test`),
];

const scheduled = (count) => ({
	TRUCE_SCHEDULES: String(count),
	TRUCE_SEED: '1',
	TRUCE_NO_SHRINKING: '1',
});
const test = (kind, command, environment) => ({
	kind,
	command: [...command, '--abort', '--reporter', 'xml'],
	environment,
});

export const CHECKS = [
	...PROPERTIES.map(([file, count]) =>
		test('property', ['property_test', '-#', `[#${file}]`], scheduled(count)),
	),
	...STORIES.map(([preset, seeds, from]) => ({
		kind: 'simulation',
		command: ['mutant_stories', preset, String(seeds), String(from)],
	})),
	...UNIT_TESTS.map((name) => test('unit', [`${name}_test`], {})),
];

// A mutant is caught where that many more stories go wrong, or a count of all stories together is that much greater. One
// fault more or less is chance: whatever moves one moment moves the dice of all that follows.
const MORE_STORIES = 4;
const WORSE = {
	loops: (base) => base * 2 + 10,
	questions: (base) => base * 1.5 + 10,
	writes_per_edit: (base) => base * 1.25,
};
const WRONG = ['wrong_fields', 'lost_edits', 'duplicates', 'wrong_deletes'];

function countsOf(ran) {
	const stories = JSON.parse(ran.output);
	const sum = (name) => stories.reduce((all, story) => all + story[name], 0);
	return {
		stories: stories.length,
		wrong: stories.filter((story) => WRONG.some((name) => story[name] > 0)).length,
		loops: sum('loops'),
		questions: sum('questions'),
		writes_per_edit: Math.round((100 * sum('writes')) / sum('edits')) / 100,
	};
}
const words = (name) => name.replaceAll('_', ' ');

export function baseOf(check, ran) {
	return check.kind === 'simulation' ? countsOf(ran) : undefined;
}

function failedCase(output) {
	const cases = [...output.matchAll(/<TestCase name="([^"]*)"/g)].map(([, name]) => name);
	return cases
		.at(-1)
		?.replaceAll('&quot;', '"')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');
}

// A sentence; undefined: not caught.
export function verdictOf(check, ran, base) {
	const [program] = check.command;
	if (check.kind === 'simulation') {
		const preset = check.command[1];
		if (ran.status !== 0) return `${preset}: ${ran.status === 'hangs' ? 'hangs' : 'fails'}`;
		const counts = countsOf(ran);
		const told = Object.keys(WORSE)
			.filter((name) => counts[name] >= WORSE[name](base[name]))
			.map((name) => `${words(name)} ${base[name]} → ${counts[name]}`);
		if (counts.wrong >= base.wrong + MORE_STORIES) {
			told.unshift(`wrong in ${counts.wrong} of ${counts.stories} stories instead of ${base.wrong}`);
		}
		if (told.length === 0) return undefined;
		return `${preset}: ${told.join(', ')}`;
	}
	if (ran.status === 0) return undefined;
	if (ran.status === 'hangs') return `${program}: hangs`;
	const name = failedCase(ran.output);
	return name ? `${program}: “${name}”` : `${program}: ends with ${ran.status}`;
}
