import type { IDataObject } from 'n8n-workflow';

const TEXT_MAX = 500;

export const asObject = (value: unknown): IDataObject | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as IDataObject)
		: undefined;

export const textOf = (value: unknown): string =>
	(typeof value === 'string' ? value : JSON.stringify(value ?? '')).slice(0, TEXT_MAX);

/** What a search found; undefined where the answer is no list. */
export function listIn(body: unknown): unknown[] | undefined {
	if (Array.isArray(body)) return body;
	const answer = asObject(body);
	return [answer?.records, answer?.results, answer?.items, answer?.data].find(Array.isArray);
}

/** The record in an answer: alone, wrapped, or the first of a search; undefined where there is none. */
export function recordIn(body: unknown): IDataObject | undefined {
	const list = listIn(body);
	if (list) return asObject(list[0]);
	const answer = asObject(body);
	return asObject(answer?.data) ?? asObject(answer?.ticket) ?? asObject(answer?.user) ?? answer;
}

export function idIn(body: unknown): string | undefined {
	const record = recordIn(body);
	const id = record?.id ?? record?.Id ?? record?.ID ?? record?.vid;
	return id === undefined || id === null || id === '' ? undefined : String(id);
}
