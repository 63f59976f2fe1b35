import type { IDataObject } from 'n8n-workflow';

/** What a person reads: what happened, and the line that mends it. */
export interface Explanation {
	message: string;
	description: string;
	status?: number;
	itemIndex?: number;
}

export interface Place {
	baseUrl: string;
	itemIndex?: number;
}

interface Problem {
	code?: string;
	detail?: string;
	title?: string;
	instance?: string;
	errors?: Array<{ pointer?: string; code?: string; message?: string }>;
}

const NOT_PROXIED = 'NO_PROXY=127.0.0.1,localhost,::1';
const SSRF_ALLOWED = 'N8N_SSRF_ALLOWED_IP_RANGES=127.0.0.0/8,::1/128';
const DOCKER =
	'If n8n runs in Docker, 127.0.0.1 is the container itself: set the base URL to http://host.docker.internal:8377 ' +
	'(on Linux start the container with --add-host=host.docker.internal:host-gateway) or to the name of the sidecar’s ' +
	'service, and start the sidecar with --listen 0.0.0.0:8377 --host-name host.docker.internal.';

/** Everything that an error and its causes say, as one text to look into. */
function wordsOf(error: unknown, depth = 0): string {
	if (depth > 4 || error === null || error === undefined) return '';
	if (typeof error !== 'object') return String(error);
	const { code, message, description, messages, cause, errorResponse, errors } =
		error as IDataObject;
	return [
		code,
		message,
		description,
		...(Array.isArray(messages) ? messages : []),
		wordsOf(cause, depth + 1),
		wordsOf(errorResponse, depth + 1),
		...(Array.isArray(errors) ? errors.map((one) => wordsOf(one, depth + 1)) : []),
	]
		.filter((word) => word !== undefined && word !== null)
		.map(String)
		.join('\n');
}

const portOf = (baseUrl: string) => {
	const port = /^https?:\/\/(?:\[[^\]]*\]|[^:/]+):(\d+)/i.exec(baseUrl)?.[1];
	return port ?? (baseUrl.startsWith('https:') ? '443' : '80');
};

/** A refused connection to another port than the one of the base URL is a proxy's. */
function isProxyRefusal(words: string, baseUrl: string): boolean {
	const refused = /ECONNREFUSED \S*:(\d+)/.exec(words)?.[1];
	return refused !== undefined && refused !== portOf(baseUrl);
}

/** No answer came. */
export function explainSilence(error: unknown, place: Place & { timeoutMs: number }): Explanation {
	const words = wordsOf(error);
	const { baseUrl, itemIndex } = place;
	if (/restricted IP address|SSRF/i.test(words)) {
		return {
			message: `n8n’s SSRF protection does not let its nodes call ${baseUrl}`,
			description: `Start n8n with ${SSRF_ALLOWED} (or with the sidecar’s own address) and run the workflow again.`,
			itemIndex,
		};
	}
	if (/ECONNREFUSED|refused the connection/.test(words)) {
		if (isProxyRefusal(words, baseUrl)) {
			return {
				message: 'The connection was refused by a proxy, not by Truce',
				description: `n8n sends its calls through a proxy (HTTP_PROXY). Start n8n with ${NOT_PROXIED} so that it calls ${baseUrl} itself.`,
				itemIndex,
			};
		}
		return {
			message: `Nothing listens at ${baseUrl}`,
			description: `Start the sidecar (truce serve --policy FILE) or correct the base URL in the credential. ${DOCKER}`,
			itemIndex,
		};
	}
	if (/ETIMEDOUT|ECONNABORTED|timeout of|timed out/i.test(words)) {
		return {
			message: `Truce gave no answer within ${place.timeoutMs / 1000} seconds`,
			description:
				'What was sent may have been taken. Run it again: what Truce has taken already changes nothing the second time, and writes that were not handed over come with the next claim. For large batches raise Options > Timeout.',
			itemIndex,
		};
	}
	if (/ENOTFOUND|EAI_AGAIN|getaddrinfo/.test(words)) {
		return {
			message: `The host name in ${baseUrl} is not known`,
			description: `Correct the base URL in the credential. ${DOCKER}`,
			itemIndex,
		};
	}
	if (/ECONNRESET|socket hang up|closed unexpectedly|EPIPE/.test(words)) {
		return {
			message: 'The connection to Truce broke off before its answer was complete',
			description:
				'The sidecar was stopped or restarted at that moment. Run it again: what Truce has taken already changes nothing the second time.',
			itemIndex,
		};
	}
	return {
		message: `Truce could not be called at ${baseUrl}`,
		description: words.split('\n')[0] || 'No reason was given.',
		itemIndex,
	};
}

const isTruce = (body: unknown): body is Problem =>
	typeof body === 'object' &&
	body !== null &&
	String((body as Problem).instance ?? '').startsWith('urn:uuid:');

/** Where in the body that a node wrote, which nobody ever sees, something stood. */
const IN_BODY = /^line \d+, column \d+: /;
const wordsIn = (message?: string) => message?.replace(IN_BODY, '');

/** `/events/12/record/properties/email` is `properties.email` of the item that is named beside it. */
function placeIn(pointer: string, isItemNamed: boolean): string {
	const inItem = isItemNamed
		? pointer.replace(/^\/events\/\d+(\/(record|payload))?(?=\/)/, '')
		: pointer;
	return inItem.replace(/^\//, '').replaceAll('/', '.');
}

/** The first places that a problem names, without what its detail says already: “properties.email: …”. */
function placesOf(problem: Problem, isItemNamed: boolean): string {
	const places = (problem.errors ?? []).slice(0, 5).map(({ pointer = '', message }) => {
		const place = placeIn(pointer, isItemNamed);
		if (message === problem.detail) return place && `At ${place}`;
		return place ? `${place}: ${wordsIn(message)}` : wordsIn(message);
	});
	return [...new Set(places.filter(Boolean))].join('\n');
}

function explainUnknown(status: number, baseUrl: string): Explanation {
	const proxied = status === 407 || status === 502 || status === 504 || status === 403;
	return {
		message: `Something else than Truce answered at ${baseUrl} (HTTP ${status})`,
		description: proxied
			? `Most likely n8n sends its calls through a proxy (HTTP_PROXY). Start n8n with ${NOT_PROXIED}.`
			: `Correct the base URL in the credential: Truce listens on http://127.0.0.1:8377 unless told otherwise. If n8n uses a proxy, start it with ${NOT_PROXIED}.`,
		status,
	};
}

/** What was asked for by its ID, for the ID may come from an expression. */
function askedOf({ path, query }: { path: string; query?: IDataObject }): string {
	const conditions = Object.entries(query ?? {}).map(([name, value]) => `${name} ${String(value)}`);
	return [`Asked for was ${decodeURIComponent(path)}`, ...conditions].join(', ');
}

/** What the sidecar says of a path that is none of its calls; nothing, before it said why. */
const NO_SUCH_CALL = /^$|^No call has this path|^No path of a call/;

/** What to do where the thing has moved on. */
const LATE = [
	{
		code: 'version-moved',
		path: '/v1/exceptions/',
		description:
			'Get the question again and answer with the version that it has now, or set If It Has Moved to Return the Fresh Question.',
	},
	{
		code: 'already-settled',
		path: '/v1/reconciliations/',
		description:
			'Open a new reconciliation for what was read since: Complete comes after the last page of all systems.',
	},
	{
		code: 'already-settled',
		path: '/v1/deliveries/',
		description: 'Only a delivery that was given up (dead) can be replayed or discarded.',
	},
];

/** An answer that is no success. */
export function explainReply(
	reply: { status: number; headers: IDataObject; body: unknown },
	place: Place & { method: string; path: string; query?: IDataObject },
): Explanation {
	const { status, body } = reply;
	const { baseUrl, itemIndex } = place;
	if (!isTruce(body)) return { ...explainUnknown(status, baseUrl), itemIndex };
	const code = body.code ?? '';
	const detail = wordsIn(body.detail);
	const where = placesOf(body, itemIndex !== undefined);
	const said = [detail, where].filter(Boolean).join('\n');
	const as = (message: string, description: string): Explanation => ({
		message,
		description,
		status,
		itemIndex,
	});

	switch (code) {
		case 'unauthenticated':
			return as(
				'Truce does not know this token',
				'Copy the whole line of the sidecar’s token file (truce.db.token, beside its database) into the credential.',
			);
		case 'token-expired':
			return as('The token has expired', 'Put a token that is still valid into the credential.');
		case 'insufficient-scope':
			return as(
				'The token may not do this',
				`${detail ?? ''} Give it to the token in the sidecar’s token file, or choose a credential whose token has it.`.trim(),
			);
		case 'rate-limited':
			return as(
				'Truce has seen too many wrong tokens from this machine',
				'Correct the token in the credential, wait a minute and try again.',
			);
		case 'host-not-allowed':
			return as(
				'Truce does not answer to this host name',
				`Start the sidecar with --host-name ${/^https?:\/\/(\[[^\]]*\]|[^:/]+)/i.exec(baseUrl)?.[1] ?? 'NAME'}`,
			);
		case 'payload-too-large':
			return as(
				'This is more than Truce takes in one call (16 MiB)',
				'Send fewer items at a time: put a Loop Over Items node in front, or leave out large texts that the policy does not map.',
			);
		case 'batch-size':
			return as('There are too many records in one call', said);
		case 'store-full':
			return as(
				'The disk of the sidecar is full',
				'Nothing was taken. Make room on that disk and run it again; the sidecar recovers by itself.',
			);
		case 'not-allowed':
			return as('The policy does not let this token answer', said);
		case 'policy-syntax':
			return as(`The policy cannot be read: ${detail}`, '“truce check FILE” names the line.');
	}
	const late = LATE.find((one) => one.code === code && place.path.startsWith(one.path));
	if (late) return as(detail ?? code, late.description);
	if (status === 405 || (status === 404 && NO_SUCH_CALL.test(detail ?? ''))) {
		return as(
			`This sidecar does not know ${place.method} ${place.path}`,
			'It is older than this package. Update the sidecar, or install the version of n8n-nodes-truce that belongs to it.',
		);
	}
	if (status === 503) {
		return as(
			'Truce is busy and asks to wait',
			`${said}\nNothing of this call was taken. Turn on Settings > Retry On Fail, or send larger batches less often.`.trim(),
		);
	}
	const asked = status === 404 ? askedOf(place) : '';
	return as(detail ?? body.title ?? `Truce answered ${status}`, where || asked || `Code: ${code}`);
}

/** The position in a list that a problem names (`/events/12/record` is 12 of `events`). */
export function positionIn(list: string, body: unknown): number | undefined {
	if (!isTruce(body)) return undefined;
	for (const error of body.errors ?? []) {
		const found = new RegExp(`^/${list}/(\\d+)(?:/|$)`).exec(error.pointer ?? '')?.[1];
		if (found !== undefined) return Number(found);
	}
	return undefined;
}
