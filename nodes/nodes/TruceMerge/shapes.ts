import type { IDataObject } from 'n8n-workflow';

export type Output = 'merged' | 'changed' | 'everything';

/** One record as the sidecar read it. */
export interface Read {
	system: string;
	index: number;
	id: string | null;
	record: IDataObject;
	errors?: IDataObject[];
}

interface Field extends IDataObject {
	value: IDataObject | string | null;
	winner: { system: string; changed_at: string; evidence: string };
	rule: string;
	why: string;
}

export interface Match {
	record: IDataObject;
	fields: { [name: string]: Field };
	conflicts: IDataObject[];
	inputs: Read[];
}

const idsOf = (reads: Read[]): IDataObject =>
	Object.fromEntries(reads.map((read) => [read.system, read.id]));

const errorsOf = (reads: Read[]): IDataObject[] =>
	reads.flatMap((read) => (read.errors ?? []).map((error) => ({ system: read.system, ...error })));

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The fields in which a system shows another value than the merged one, or none. */
function changedFields(match: Match): IDataObject {
	const changed: IDataObject = {};
	for (const [name, field] of Object.entries(match.fields)) {
		const others = match.inputs.filter((read) => !isSame(read.record[name] ?? null, field.value));
		if (others.length === 0) continue;
		changed[name] = {
			value: field.value,
			winner: field.winner.system,
			was: Object.fromEntries(others.map((read) => [read.system, read.record[name] ?? null])),
		};
	}
	return changed;
}

function winnersOf(match: Match): IDataObject {
	return Object.fromEntries(
		Object.entries(match.fields).map(([name, { winner, rule, why }]) => [
			name,
			{ system: winner.system, rule, why },
		]),
	);
}

/** An item for matching records; undefined where they agree and only changes are wanted. */
export function shapeMatch(match: Match, output: Output): IDataObject | undefined {
	if (output === 'everything') return match as unknown as IDataObject;
	const conflicts = match.conflicts.length > 0 ? { conflicts: match.conflicts } : {};
	const errors = errorsOf(match.inputs);
	const rest: IDataObject = { ...conflicts, ...(errors.length > 0 ? { errors } : {}) };
	if (output === 'merged') {
		return { ids: idsOf(match.inputs), record: match.record, winners: winnersOf(match), ...rest };
	}
	const changed = changedFields(match);
	const isQuiet = Object.keys(changed).length === 0 && Object.keys(rest).length === 0;
	return isQuiet ? undefined : { ids: idsOf(match.inputs), changed, ...rest };
}

export function shapeSingle(read: Read, output: Output): IDataObject {
	if (output !== 'changed') return read as unknown as IDataObject;
	const { system, id, index, errors } = read;
	return errors ? { system, id, index, errors } : { system, id, index };
}
