import {
	NodeApiError,
	sleep,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type IPollFunctions,
	type ITriggerFunctions,
} from 'n8n-workflow';

import { baseUrlIn } from '../baseUrl';
import { explainReply, explainSilence, type Explanation } from './explain';

export type Caller = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions | ITriggerFunctions;

export interface Call {
	method: IHttpRequestMethods;
	path: string;
	query?: IDataObject;
	/** JSON; a string is sent as it is. */
	body?: IDataObject | string;
	/** The body is lines of JSON, a document each. */
	isLines?: boolean;
	timeoutMs?: number;
	/** The item that the call is about, for error messages. */
	itemIndex?: number;
	/** Statuses beside 2xx that the caller reads itself. */
	accepts?: number[];
}

export interface Reply {
	status: number;
	headers: IDataObject;
	body: IDataObject;
}

export const DEFAULT_TIMEOUT_MS = 30_000;
const BUSY_ATTEMPTS_MAX = 4;
const BUSY_WAIT_MAX_MS = 10_000;

const headOf = (headers: IDataObject, name: string) => {
	const value = headers[name] ?? headers[name.toLowerCase()];
	return Array.isArray(value) ? value[0] : value;
};

async function baseUrlOf(context: Caller): Promise<string> {
	return baseUrlIn(await context.getCredentials('truceApi'));
}

function fail(context: Caller, explanation: Explanation, cause: IDataObject): NodeApiError {
	return new NodeApiError(context.getNode(), cause as never, {
		message: explanation.message,
		description: explanation.description,
		httpCode: explanation.status === undefined ? undefined : String(explanation.status),
		itemIndex: explanation.itemIndex,
		level: 'warning',
	});
}

const typeOf = (call: Call) => (call.isLines ? 'application/x-ndjson' : 'application/json');

/** The credentials know where the sidecar is. */
async function send(context: Caller, call: Call): Promise<Reply> {
	const text = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
	const response = (await context.helpers.httpRequestWithAuthentication.call(context, 'truceApi', {
		method: call.method,
		url: call.path,
		qs: call.query,
		// Bytes, because a text would be parsed once more on its way out.
		body: call.body === undefined ? undefined : Buffer.from(text, 'utf8'),
		headers: call.body === undefined ? {} : { 'Content-Type': typeOf(call) },
		json: true,
		timeout: call.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	})) as IN8nHttpFullResponse;
	return {
		status: response.statusCode,
		headers: response.headers as IDataObject,
		body: response.body as unknown as IDataObject,
	};
}

/** The error of an answer that is no success. */
export async function refusalOf(context: Caller, call: Call, reply: Reply): Promise<NodeApiError> {
	const { method, path, query, itemIndex } = call;
	const baseUrl = await baseUrlOf(context);
	const explanation = explainReply(reply, { baseUrl, method, path, query, itemIndex });
	return fail(
		context,
		explanation,
		isJsonObject(reply.body) ? reply.body : { status: reply.status },
	);
}

const isJsonObject = (body: unknown) =>
	typeof body === 'object' && body !== null && !Array.isArray(body);

/** What a busy sidecar asks to wait; undefined where it is not busy. */
function busyWaitMs(reply: Reply): number | undefined {
	if (reply.status !== 503) return undefined;
	const seconds = Number(headOf(reply.headers, 'retry-after'));
	return Number.isFinite(seconds) && seconds >= 0
		? Math.min(seconds * 1000, BUSY_WAIT_MAX_MS)
		: undefined;
}

/** One call to the sidecar. Throws a NodeApiError that says what to do about it. */
export async function callTruce(context: Caller, call: Call): Promise<Reply> {
	for (let attempt = 1; ; attempt++) {
		let reply: Reply;
		try {
			reply = await send(context, call);
		} catch (error) {
			const baseUrl = await baseUrlOf(context);
			const timeoutMs = call.timeoutMs ?? DEFAULT_TIMEOUT_MS;
			const explanation = explainSilence(error, { baseUrl, timeoutMs, itemIndex: call.itemIndex });
			throw fail(context, explanation, { message: explanation.message });
		}
		const isAnswer = reply.status >= 200 && reply.status < 300 && isJsonObject(reply.body);
		if (isAnswer || (call.accepts?.includes(reply.status) && isJsonObject(reply.body))) {
			return reply;
		}
		const waitMs = busyWaitMs(reply);
		if (waitMs === undefined || attempt === BUSY_ATTEMPTS_MAX) {
			throw await refusalOf(context, call, reply);
		}
		await sleep(waitMs);
	}
}
