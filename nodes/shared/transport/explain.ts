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

/** The first place that a problem names, as words: “email: …”. */
function placesOf(problem: Problem): string {
	const places = (problem.errors ?? []).slice(0, 5).map((error) => {
		const pointer = error.pointer ?? '';
		return pointer === '' ? String(error.message) : `${pointer}: ${error.message}`;
	});
	return [...new Set([problem.detail, ...places].filter(Boolean))].join('\n');
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

/** An answer that is no success. */
export function explainReply(
	reply: { status: number; headers: IDataObject; body: unknown },
	place: Place & { method: string; path: string },
): Explanation {
	const { status, body } = reply;
	const { baseUrl, itemIndex } = place;
	if (!isTruce(body)) return { ...explainUnknown(status, baseUrl), itemIndex };
	const code = body.code ?? '';
	const said = placesOf(body);
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
				`Give the token the scope that ${place.method} ${place.path} needs (ingest, operate or read) in the sidecar’s token file.`,
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
		case 'already-settled':
			if (!place.path.startsWith('/v1/reconciliations/')) break;
			return as(
				body.detail ?? 'The reconciliation has ended',
				'Open a new reconciliation for what was read since: Complete comes after the last page of all systems.',
			);
	}
	if (status === 405 || (status === 404 && !body.detail)) {
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
	return as(body.detail ?? body.title ?? `Truce answered ${status}`, said || `Code: ${code}`);
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
