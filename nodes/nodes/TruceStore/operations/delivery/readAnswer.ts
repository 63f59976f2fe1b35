import type { IDataObject } from 'n8n-workflow';

/** What an item that a CRM or HTTP Request node handed over says about the write. */

/** After these the write may have happened all the same: Truce looks before it sends it again. */
const MAY_HAVE_HAPPENED = [500, 502, 504];
const WORTH_A_RETRY = [408, 409, 423, 425, 429];
const NO_ANSWER =
	/ETIMEDOUT|ECONNABORTED|ECONNRESET|EPIPE|socket hang up|timeout of|timed out|aborted|unexpectedly/i;
/** HubSpot’s “Existing ID: 151”, Salesforce’s “duplicate value found: … with id: 003…”. */
const HELD_BY = /(?:Existing ID|with id):\s*(\w+)/i;
const NOT_SENT = /ECONNREFUSED|refused the connection|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/i;

const asObject = (value: unknown): IDataObject | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as IDataObject)
		: undefined;

/** What a search found; undefined where the answer is no list. */
function listIn(body: unknown): unknown[] | undefined {
	if (Array.isArray(body)) return body;
	const answer = asObject(body);
	return [answer?.records, answer?.results, answer?.items, answer?.data].find(Array.isArray);
}

/** The record in an answer: alone, wrapped, or the first of a search; undefined where there is none. */
function recordIn(body: unknown): IDataObject | undefined {
	const list = listIn(body);
	if (list) return asObject(list[0]);
	const answer = asObject(body);
	return asObject(answer?.data) ?? asObject(answer?.ticket) ?? asObject(answer?.user) ?? answer;
}

function idIn(body: unknown): string | undefined {
	const record = recordIn(body);
	const id = record?.id ?? record?.Id ?? record?.ID ?? record?.vid;
	return id === undefined || id === null || id === '' ? undefined : String(id);
}

const textOf = (value: unknown): string =>
	(typeof value === 'string' ? value : JSON.stringify(value ?? '')).slice(0, 500);

function statusIn(error: unknown): number | undefined {
	const said = asObject(error);
	const response = asObject(said?.response);
	const number = Number(said?.status ?? said?.statusCode ?? said?.httpCode ?? response?.status);
	if (Number.isInteger(number) && number >= 100 && number < 600) return number;
	const inText = /^(\d{3})\b|status code (\d{3})/.exec(textOf(said?.message ?? error));
	return inText ? Number(inText[1] ?? inText[2]) : undefined;
}

function failure(status: number | undefined, message: string, retryAfter?: unknown): IDataObject {
	const isTransient = status === undefined || status >= 500 || WORTH_A_RETRY.includes(status);
	const seconds = Number(retryAfter);
	return {
		status: 'failed',
		error: {
			class: isTransient ? 'transient' : 'permanent',
			...(status === undefined ? {} : { status }),
			message,
			...(Number.isFinite(seconds) && seconds > 0 ? { retry_after_s: seconds } : {}),
		},
	};
}

function refused(op: string, status: number, said: unknown, retryAfter?: unknown): IDataObject {
	if (op !== 'lookup' && MAY_HAVE_HAPPENED.includes(status)) return { status: 'unknown' };
	if (op !== 'create' && (status === 404 || status === 410)) return { status: 'gone' };
	const [, holder] = HELD_BY.exec(textOf(said)) ?? [];
	if (holder && (status === 400 || status === 409)) return { status: 'exists', record_id: holder };
	return failure(status, textOf(said), retryAfter);
}

const askAPerson = (message: string): IDataObject => ({
	status: 'failed',
	error: { class: 'permanent', message },
});

/** Only an empty list says Absent: the record is made after it, and a wrong address may answer 200 too. */
function lookedUp(body: unknown, knownId: string): IDataObject {
	const list = listIn(body);
	if (list?.length === 0) return { status: 'absent' };
	if (list && list.length > 1) {
		return askAPerson(`Which of the ${list.length} records is it that the lookup found?`);
	}
	const recordId = knownId || idIn(body);
	return recordId
		? { status: 'found', record_id: recordId, record: recordIn(body) }
		: askAPerson(`The lookup’s answer is neither a list nor a record with its ID: ${textOf(body)}`);
}

export function readAnswer(
	item: IDataObject,
	known: { op: string; recordId: string },
): IDataObject {
	const isLookup = known.op === 'lookup';
	const hasStatus = typeof item.statusCode === 'number';
	const body = hasStatus ? item.body : item;
	const headers = asObject(item.headers) ?? {};

	if (item.error !== undefined && !hasStatus) {
		const status = statusIn(item.error);
		const said = asObject(item.error)?.message ?? item.error;
		const words = textOf(item.error);
		if (status === undefined && NOT_SENT.test(words)) return failure(undefined, textOf(said));
		if (status === undefined && NO_ANSWER.test(words)) return { status: 'unknown' };
		if (isLookup && status === 404) return { status: 'absent' };
		return status === undefined
			? failure(undefined, textOf(said))
			: refused(known.op, status, said);
	}
	const status = hasStatus ? (item.statusCode as number) : 200;
	if (isLookup && status === 404) return { status: 'absent' };
	if (status >= 300) return refused(known.op, status, body, headers['retry-after']);

	if (isLookup) return lookedUp(body, known.recordId);

	const recordId = known.recordId || idIn(body);
	// A new record whose ID the answer does not name is looked up.
	if (known.op === 'create' && !recordId) return { status: 'unknown' };
	return { status: 'delivered', record_id: recordId };
}
