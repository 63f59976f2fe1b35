import type { IDataObject } from 'n8n-workflow';

export type Output = 'merged' | 'changed' | 'everything';

/** One record as the sidecar read it; with its fields only where the output has them. */
export interface Read extends IDataObject {
	system: string;
	index: number;
	id: string | null;
	errors?: IDataObject[];
}

export interface Match extends IDataObject {
	conflicts: IDataObject[];
	inputs: Read[];
}

const idsOf = (reads: Read[]): IDataObject =>
	Object.fromEntries(reads.map((read) => [read.system, read.id]));

const errorsOf = (reads: Read[]): IDataObject[] =>
	reads.flatMap((read) => (read.errors ?? []).map((error) => ({ system: read.system, ...error })));

/** An item for matching records: what the sidecar says of them, their IDs in front. */
export function shapeMatch(match: Match, output: Output): IDataObject {
	if (output === 'everything') return match;
	const { inputs, conflicts, ...said } = match;
	const errors = errorsOf(inputs);
	return {
		ids: idsOf(inputs),
		...said,
		...(conflicts.length > 0 ? { conflicts } : {}),
		...(errors.length > 0 ? { errors } : {}),
	};
}
