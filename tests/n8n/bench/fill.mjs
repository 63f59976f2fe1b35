// Fills a sidecar's database as a year of work would: contacts of HubSpot, each told, written to Salesforce, settled,
// and edited and settled again, until it has so many golden records and audit entries.
//
//   fill.mjs --truce BINARY --folder DIR [--goldens 1000000] [--entries 5000000]
//
// Goes on where an earlier run ended, so it may be ended at any time. What bench.mjs does with it: docs/benchmarks.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Sidecar } from '../sidecar.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
	options: {
		truce: { type: 'string' },
		folder: { type: 'string' },
		goldens: { type: 'string', default: '1000000' },
		entries: { type: 'string', default: '5000000' },
	},
});
const BATCH = 1_000;
const goldens = Number(flags.goldens);
const entries = Number(flags.entries);

const folder = resolve(flags.folder);
mkdirSync(folder, { recursive: true });
const sidecar = new Sidecar({ binary: flags.truce, policy: join(here, '../policy.json'), folder });

const contact = (n, edit) => ({
	system: 'hubspot',
	entity: 'contact',
	record: {
		id: `f${n}`,
		properties: {
			email: `f${n}@example.com`,
			lastname: edit === 0 ? 'Okafor' : `Okafor ${edit}`,
			lastmodifieddate: new Date().toISOString(),
		},
	},
});

/** A batch of contacts told, and every delivery that comes of it settled. The last entry of the audit trail. */
async function tell({ edit, from }) {
	const events = Array.from({ length: BATCH }, (_, place) => contact(from + place, edit));
	const { results } = await sidecar.ask('/v1/events', { events });
	const settled = results
		.flatMap((result) => result.deliveries ?? [])
		.map(({ id, attempt, record_id: recordId }) => ({
			id,
			attempt,
			status: 'delivered',
			record_id: recordId ?? `003${id}`,
		}));
	if (settled.length > 0) await sidecar.ask('/v1/deliveries/settle', { results: settled });
	return Math.max(...results.map((result) => result.audit_seq ?? 0));
}

/** Where the run that ended here stood. */
const placeFile = join(folder, 'filled.json');
const readPlace = () =>
	existsSync(placeFile) ? JSON.parse(readFileSync(placeFile, 'utf8')) : { edit: 0, from: 0 };

await sidecar.start();
try {
	for (let place = readPlace(), audited = 0; place.edit === 0 || audited < entries; ) {
		audited = await tell(place);
		place.from += BATCH;
		if (place.from >= goldens) place = { edit: place.edit + 1, from: 0 };
		writeFileSync(placeFile, JSON.stringify(place));
		if (place.from % 100_000 === 0) console.log(JSON.stringify({ ...place, audited }));
	}
} finally {
	await sidecar.end('SIGTERM');
}
