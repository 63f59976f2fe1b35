import type { IDataObject } from 'n8n-workflow';

import { asObject, idIn, listIn, recordIn, textOf } from './answerParts';
import { readNodeError } from './nodeError';

/** What an item that a CRM or HTTP Request node handed over says about the write. */

/** After these the write may have happened all the same: Truce looks before it sends it again. */
const MAY_HAVE_HAPPENED = [500, 502, 504];
const WORTH_A_RETRY = [408, 409, 423, 425, 429];
/** What a bulk call says of one record: Salesforce’s status codes, HubSpot’s categories. */
const RECORD_GONE = /ENTITY_IS_DELETED|OBJECT_NOT_FOUND/;
const RECORD_BUSY = /UNABLE_TO_LOCK_ROW|REQUEST_LIMIT_EXCEEDED|RATE_LIMIT/;
/** HubSpot’s “Existing ID: 151”, Salesforce’s “duplicate value found: … with id: 003…”. */
const HELD_BY = /(?:Existing ID|with id):\s*(\w+)/i;
/** A create, a lookup and the create again: what fails then without saying why was not made before. */
const UNCLEAR_CREATE_ATTEMPTS_MAX = 3;

interface Known {
	op: string;
	recordId: string;
	/** 0 where it is not said. */
	attempt: number;
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

const holderIn = (said: unknown) => HELD_BY.exec(textOf(said))?.[1];

const askAPerson = (message: string): IDataObject => ({
	status: 'failed',
	error: { class: 'permanent', message },
});

/** Only what was to be made can turn out to be there already; an update meets somebody else with the same key. */
const held = (op: string, holder: string, said: unknown): IDataObject =>
	op === 'create' ? { status: 'exists', record_id: holder } : askAPerson(textOf(said));

/** Of a wrong address a system says the same, and after Absent the record is made a second time. */
const notAbsent = (status: number, said: unknown) =>
	`The lookup was answered with HTTP ${status}, which may also be a wrong address: it does not say that there is no such record. ` +
	`Look for it by a search, or settle it as Absent if the address is right. The system said: ${textOf(said)}`;

function refused(op: string, status: number, said: unknown, retryAfter?: unknown): IDataObject {
	const isMissing = status === 404 || status === 410;
	if (op === 'lookup') {
		return isMissing
			? askAPerson(notAbsent(status, said))
			: failure(status, textOf(said), retryAfter);
	}
	if (MAY_HAVE_HAPPENED.includes(status)) return { status: 'unknown' };
	if (op !== 'create' && isMissing) return { status: 'gone' };
	const holder = holderIn(said);
	if (holder && (status === 400 || status === 409)) return held(op, holder, said);
	return failure(status, textOf(said), retryAfter);
}

/** The part of a 2xx answer that says no all the same. */
function refusalIn(body: unknown, { op, recordId }: Known): IDataObject | undefined {
	const isRefusal = (part?: IDataObject) =>
		part?.success === false || part?.hasErrors === true || Number(part?.numErrors) > 0;
	const lines = op === 'lookup' ? [] : (listIn(body) ?? []);
	const own = lines.find((line) => recordId !== '' && idIn(line) === recordId);
	const parts = (own ? [own] : [body, ...lines]).map(asObject);
	return parts.find(isRefusal);
}

function refusedInside(op: string, refusal: IDataObject): IDataObject {
	const said = textOf(refusal.errors ?? refusal.error ?? refusal);
	if (RECORD_GONE.test(said) && op !== 'create') {
		return { status: op === 'lookup' ? 'absent' : 'gone' };
	}
	if (RECORD_BUSY.test(said)) return failure(undefined, said);
	const holder = holderIn(said);
	return holder ? held(op, holder, said) : askAPerson(said);
}

/** Only an empty list says Absent: the record is made after it, and a wrong address may answer anything else. */
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

/** What a node handed over instead of an answer. */
function failed(error: unknown, { op, attempt }: Known): IDataObject {
	const { said, status, request } = readNodeError(error);
	if (status !== undefined) return refused(op, status, said);
	if (request === 'without an answer') return { status: 'unknown' };
	if (request === 'refused') return askAPerson(said);
	if (request === 'not sent' || op !== 'create') return failure(undefined, said);
	return attempt < UNCLEAR_CREATE_ATTEMPTS_MAX ? { status: 'unknown' } : askAPerson(said);
}

export function readAnswer(item: IDataObject, known: Known): IDataObject {
	const isLookup = known.op === 'lookup';
	const hasStatus = typeof item.statusCode === 'number';
	const body = hasStatus ? item.body : item;
	const headers = asObject(item.headers) ?? {};

	if (item.error !== undefined && !hasStatus) return failed(item.error, known);
	const status = hasStatus ? (item.statusCode as number) : 200;
	if (status >= 300) return refused(known.op, status, body, headers['retry-after']);

	const refusal = refusalIn(body, known);
	if (refusal) return refusedInside(known.op, refusal);
	if (isLookup) return lookedUp(body, known.recordId);

	const recordId = known.recordId || idIn(body);
	// A new record whose ID the answer does not name is looked up.
	if (known.op === 'create' && !recordId) return { status: 'unknown' };
	return { status: 'delivered', record_id: recordId };
}
