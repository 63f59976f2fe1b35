import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { itemFrom } from '../../shared/outputs';

export const OUTPUTS = ['Write', 'No Change', 'Conflict', 'Rejected', 'Incomplete'] as const;
const [WRITE, NO_CHANGE, CONFLICT, REJECTED, INCOMPLETE] = [0, 1, 2, 3, 4];
export const REJECTED_OUTPUT = REJECTED;

export interface Outcome {
	outcome: string;
	event_key: string;
	golden_id?: string | null;
	why?: string;
	record?: IDataObject;
	changes?: IDataObject[];
	conflicts?: IDataObject[];
	deliveries?: IDataObject[];
	errors?: Array<{ field?: string; code?: string; message?: string; pointer?: string }>;
	/** The record to fetch and send: its system, entity and id. Also beside `applied`. */
	fetch?: IDataObject;
	first?: Outcome;
}

/** What became of one event of a call. An item that holds several, such as a list page, has a result for each. */
export interface Result extends Outcome {
	/** The place in the call of the item that told of the event. */
	index: number;
}

const REASONS: { [outcome: string]: string } = {
	applied: 'Taken in; no other system has to be written now',
	duplicate: 'This event was taken before',
	echo: 'It is our own write that came back',
	held: 'It is part of a mass change and waits for a person',
	parked: 'It refers to a record that nobody has shown yet and goes on by itself when that comes',
	stale: 'It is older than what is known',
	unchanged: 'It says what is known already',
};

function reasonOf(outcome: Outcome): string {
	const reason = REASONS[outcome.outcome] ?? outcome.outcome;
	if (outcome.first) return `${reason} (${outcome.first.outcome})`;
	return outcome.why ? `${reason}: ${outcome.why}` : reason;
}

/**
 * The record to fetch. An event that was taken before asks for it again, for the answer that asked may be lost; but of a
 * record that was read, which says the same when it is fetched, that would never end.
 */
function fetchOf({ fetch, first }: Outcome, readFrom?: string): IDataObject | undefined {
	if (!first) return fetch;
	const isOfRead = first.outcome !== 'incomplete' && first.fetch?.system === readFrom;
	return isOfRead ? undefined : first.fetch;
}

const headOf = (outcome: Outcome): IDataObject => ({
	outcome: outcome.outcome,
	event_key: outcome.event_key,
	golden_id: outcome.golden_id ?? null,
});

/** Only what a workflow needs to write a record and to settle that. */
function smallDelivery(delivery: IDataObject): IDataObject {
	const { id, attempt, system, entity, op, intended, record_id, golden_id, fields } = delivery;
	const { idempotency_key, lease_expires_at, lossy } = delivery;
	const small: IDataObject = { id, attempt, system, entity, op, record_id, golden_id, fields };
	Object.assign(small, { idempotency_key, lease_expires_at });
	if (intended !== undefined && intended !== op) small.intended = intended;
	if (lossy !== undefined) small.lossy = lossy;
	return small;
}

/**
 * Puts what became of one event into the outputs; each event leaves by at least one of them. `readFrom` is the system
 * that the record was read from, where it was read and not told of.
 */
export function addOutcome(
	outputs: INodeExecutionData[][],
	outcome: Outcome,
	item: number,
	{ everything, readFrom }: { everything: boolean; readFrom?: string },
): void {
	const fetch = fetchOf(outcome, readFrom);
	const head = headOf(outcome);
	const whole: IDataObject = everything
		? { record: outcome.record, changes: outcome.changes, why: outcome.why }
		: {};
	const put = (output: number, json: IDataObject) => outputs[output].push(itemFrom(json, { item }));

	if (outcome.outcome === 'rejected' || outcome.errors?.length) {
		const first = outcome.errors?.[0] ?? {};
		put(REJECTED, {
			...head,
			field: first.field || first.pointer || null,
			message: first.message ?? outcome.why ?? 'Truce gives no reason',
			errors: outcome.errors as IDataObject[],
		});
	}
	if (outcome.outcome === 'rejected') return;
	if (outcome.outcome === 'incomplete' || fetch) {
		const why = outcome.first ? reasonOf(outcome) : (outcome.why ?? null);
		put(INCOMPLETE, { ...head, ...fetch, why });
	}
	for (const delivery of outcome.deliveries ?? []) {
		put(WRITE, everything ? { ...delivery, ...whole } : smallDelivery(delivery));
	}
	for (const conflict of outcome.conflicts ?? []) put(CONFLICT, { ...head, ...conflict });
	if (outcome.outcome === 'held' && !outcome.conflicts?.length) {
		put(CONFLICT, { ...head, category: 'held_change', why: reasonOf(outcome) });
		return;
	}
	const isSaid =
		outcome.outcome === 'incomplete' ||
		fetch ||
		outcome.deliveries?.length ||
		outcome.conflicts?.length;
	if (!isSaid) put(NO_CHANGE, { ...head, reason: reasonOf(outcome), ...whole });
}

export const conflictItems = (outputs: INodeExecutionData[][]) => outputs[CONFLICT];
