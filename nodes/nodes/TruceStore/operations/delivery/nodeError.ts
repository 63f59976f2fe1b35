import { asObject, textOf } from './answerParts';

/** What the error that a node handed over tells of the request. */
export interface NodeError {
	said: string;
	status?: number;
	/** Where no status is told. */
	request?: 'not sent' | 'without an answer' | 'refused';
}

/** n8n’s CRM nodes say only this of a status, and nothing of what the system said. */
const STATUS_SAID: Array<[RegExp, number]> = [
	[/^Bad request - please check/, 400],
	[/^Authorization failed - please check/, 401],
	[/^Payment required - perhaps check/, 402],
	[/^Forbidden - perhaps check/, 403],
	[/^The resource you are requesting could not be found/, 404],
	[/ could not be found\. Check your \w+ ID is correct$/, 404],
	[/^Method not allowed - please check/, 405],
	[/^The service is receiving too many requests/, 429],
	[/^The service was not able to process your request/, 500],
	[/^Bad gateway - the service failed/, 502],
	[/^Service unavailable - try again later/, 503],
	[/^Gateway timed out - perhaps try/, 504],
];
/** And this of all others of 4xx and 5xx. */
const REFUSED = /^Your request is invalid or could not be processed by the service/;
const FAILED = /^The service failed to process your request/;

const NO_ANSWER =
	/ETIMEDOUT|ECONNABORTED|ECONNRESET|EPIPE|socket hang up|timeout of|timed out|aborted|unexpectedly/i;
/** The codes, and what n8n says instead of each. */
const NOT_SENT = new RegExp(
	[
		'ECONNREFUSED|refused the connection',
		'ENOTFOUND|connection cannot be established',
		'EAI_AGAIN|DNS server returned an error',
		'EHOSTUNREACH|host is unreachable',
	].join('|'),
	'i',
);

function statusIn(error: unknown, said: string): number | undefined {
	const told = asObject(error);
	const response = asObject(told?.response);
	const number = Number(told?.status ?? told?.statusCode ?? told?.httpCode ?? response?.status);
	if (Number.isInteger(number) && number >= 100 && number < 600) return number;
	const inText = /^(\d{3})\b|status code (\d{3})/.exec(said);
	if (inText) return Number(inText[1] ?? inText[2]);
	return STATUS_SAID.find(([sentence]) => sentence.test(said))?.[1];
}

export function readNodeError(error: unknown): NodeError {
	const said = textOf(asObject(error)?.message ?? error);
	const status = statusIn(error, said);
	if (status !== undefined) return { said, status };
	const words = textOf(error);
	if (NOT_SENT.test(words)) return { said, request: 'not sent' };
	if (FAILED.test(said) || NO_ANSWER.test(words)) return { said, request: 'without an answer' };
	return REFUSED.test(said) ? { said, request: 'refused' } : { said };
}
