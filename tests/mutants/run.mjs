// Mutation check: each deliberate bug of mutants.json must be caught. All of them are in one build, behind switches
// that are read at run time. docs/mutants.md is written from what caught them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROGRAMS, CHECKS, baseOf, verdictOf } from './checks.mjs';
import { copyMutated } from './mutate.mjs';
import { rowsOf, table } from './table.mjs';

const { values: options } = parseArgs({
	options: {
		only: { type: 'string' },
		jobs: { type: 'string', default: '1' },
		'build-jobs': { type: 'string', default: '1' },
	},
});
const root = process.cwd();
const copy = join(root, 'build/mutants');
const programs = join(copy, 'build/release/tests');
// A run's limit is on its processor time, so that a busy machine makes nobody hang.
const limits = { address_space_kb: 4_000_000, slower: 5, at_least_s: 20, waited_factor: 10 };

const all = JSON.parse(readFileSync(join(root, 'tests/mutants/mutants.json'))).mutants;
const names = options.only?.split(',');
const unknown = names?.filter((name) => !all.some((mutant) => mutant.name === name)) ?? [];
if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`);
const chosen = all.filter(({ name }) => !names || names.includes(name));

function build() {
	copyMutated(root, copy, all);
	const targets = PROGRAMS.join(' ');
	const script = `set -e; . scripts/build.sh; configure release -DBUILD_TESTING=ON;
		cmake --build build/release -j${options['build-jobs']} --target ${targets}`;
	const { status } = spawnSync('bash', ['-c', script], { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
	if (status !== 0) throw new Error('the mutated sources do not build; build/mutants has them');
}

// What became of a program: {status, output, seconds}; status 'hangs' where it was ended.
function run({ command, environment }, mutant, limit_s) {
	const reached = join(copy, `reached-${mutant ?? 'none'}`);
	rmSync(reached, { force: true });
	const [program, ...words] = command;
	const line = `ulimit -v ${limits.address_space_kb}; ulimit -c 0; ulimit -t ${Math.ceil(limit_s)}; exec "$0" "$@"`;
	const began = Date.now();
	const child = spawn('bash', ['-c', line, join(programs, program), ...words], {
		cwd: copy,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			PATH: process.env.PATH,
			...environment,
			...(mutant ? { TRUCE_MUTANT: mutant, TRUCE_MUTANT_REACHED: reached } : {}),
		},
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
	return new Promise((done) => {
		const timer = setTimeout(() => child.kill('SIGKILL'), limit_s * limits.waited_factor * 1000);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			done({
				status: ['SIGKILL', 'SIGXCPU'].includes(signal) ? 'hangs' : (signal ?? code),
				output,
				seconds: (Date.now() - began) / 1000,
				reached: existsSync(reached),
			});
			rmSync(reached, { force: true });
		});
	});
}

// Without a mutant everything passes; how long that takes bounds the runs with one. Each check is asked once, when the
// first mutant comes to it.
const bases = new Map();
function knownOf(check) {
	if (!bases.has(check)) bases.set(check, runWithoutMutant(check));
	return bases.get(check);
}
async function runWithoutMutant(check) {
	const ran = await run(check, undefined, 1200);
	const told = check.command.join(' ');
	if (ran.status !== 0) {
		throw new Error(`without any mutant ${told} fails:\n${ran.output.slice(-4000)}`);
	}
	console.log(`no mutant: ${told} passes in ${ran.seconds.toFixed(1)} s`);
	return { base: baseOf(check, ran), seconds: ran.seconds };
}

// Property tests and the simulation are both asked; unit tests where neither caught it.
async function judge(mutant) {
	const caught = { mutant, reached: false };
	for (const check of CHECKS) {
		if (caught[check.kind] || (check.kind === 'unit' && (caught.property || caught.simulation))) continue;
		const { base, seconds } = await knownOf(check);
		const ran = await run(check, mutant.name, Math.max(limits.at_least_s, limits.slower * seconds));
		caught.reached ||= ran.reached;
		caught[check.kind] ??= verdictOf(check, ran, base);
	}
	caught.by = caught.property ?? caught.simulation ?? caught.unit;
	const told = caught.by ?? (caught.reached ? 'SURVIVES' : 'SURVIVES, and is never reached');
	console.log(`${mutant.name}: ${told}`);
	return caught;
}

// Of those that were not chosen the page says what it said.
function writePage() {
	const page = join(root, 'docs/mutants.md');
	const told = names ? rowsOf(readFileSync(page, 'utf8')) : new Map();
	const found = new Map(judged.map((one) => [one.mutant.name, one]));
	const known = all.map((mutant) => found.get(mutant.name) ?? { mutant, ...told.get(mutant.name) });
	writeFileSync(page, table(known));
}

const began = Date.now();
build();
console.log(`${all.length} mutants in one build, ${((Date.now() - began) / 1000).toFixed(0)} s`);
const judged = new Array(chosen.length);
let next = 0;
await Promise.all(
	Array.from({ length: Number(options.jobs) }, async () => {
		for (let i = next++; i < chosen.length; i = next++) judged[i] = await judge(chosen[i]);
	}),
);
const survivors = judged.filter(({ by }) => !by).map(({ mutant }) => mutant.name);
writePage();
console.log(
	`${judged.length - survivors.length} of ${judged.length} mutants caught, ` +
		`${((Date.now() - began) / 60_000).toFixed(0)} minutes`,
);
if (survivors.length > 0) {
	console.log(`survivors: ${survivors.join(', ')}`);
	process.exitCode = 1;
}
