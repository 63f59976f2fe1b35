import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { BATCH_BYTES_MAX, BATCH_ITEMS_MAX, splitIntoBatches } from '../../shared/batches';
import { asNodeError } from '../../shared/outputs';
import { callTruce, type Call, type Reply } from '../../shared/transport/call';
import type { Input, MergeRequest } from './request';
import type { Match, Read } from './shapes';

const CALLS_IN_FLIGHT = 2;
const GROUPS_PER_ANSWER = 12_000;
const ATTEMPTS_MAX = 2;
const FORGET_TIMEOUT_MS = 5_000;

export interface Answer {
	matched: Match[];
	only: { [system: string]: Read[] };
	ambiguous: Array<{ inputs: Read[]; why: string }>;
}

/** The sidecar does not know the merge any more: it keeps it in memory only. */
class MergeLost extends Error {}

/** What one call can hold goes in one call, everything else in pages. */
export async function askForMerge(
	context: IExecuteFunctions,
	request: MergeRequest,
): Promise<Answer[]> {
	const body = wholeBodyOf(request);
	if (body === undefined) return await new PagedMerge(context, request).run();
	const { timeoutMs } = request;
	const reply = await callTruce(context, { method: 'POST', path: '/v1/merge', body, timeoutMs });
	return [reply.body as unknown as Answer];
}

const countOf = ({ inputs }: MergeRequest) =>
	inputs.reduce((sum, { items }) => sum + items.length, 0);
const textsOf = (items: INodeExecutionData[]) => items.map((item) => JSON.stringify(item.json));

/** Undefined where it is too much for one call. */
function wholeBodyOf(request: MergeRequest): string | undefined {
	const { entity, output, inputs } = request;
	if (countOf(request) > BATCH_ITEMS_MAX) return undefined;
	const lists = inputs.map(
		({ system, items }) => `${JSON.stringify(system)}:[${textsOf(items).join(',')}]`,
	);
	const head = JSON.stringify({ entity, output }).slice(0, -1);
	const body = `${head},"inputs":{${lists.join(',')}}}`;
	return Buffer.byteLength(body) > BATCH_BYTES_MAX ? undefined : body;
}

/** Records of one system, a line each. */
interface Page {
	query: IDataObject;
	lines: string;
}

/** Each made only when it is sent: meanwhile the sidecar reads the one before, and no more are held. */
function* pagesOf(inputs: Input[]): Generator<Page> {
	for (const { system, items } of inputs) {
		for (let start = 0; start < items.length; start += BATCH_ITEMS_MAX) {
			const texts = textsOf(items.slice(start, start + BATCH_ITEMS_MAX));
			for (const { from, to } of splitIntoBatches(texts)) {
				const query = { system, from: start + from };
				yield { query, lines: texts.slice(from, to).join('\n') };
			}
		}
	}
}

/** A few at a time. They share the generator, so that an error in one of them ends it for the others too. */
async function forEach<T>(all: Generator<T>, work: (one: T) => Promise<void>): Promise<void> {
	const workInTurn = async () => {
		for (const one of all) await work(one);
	};
	const ends = await Promise.allSettled(Array.from({ length: CALLS_IN_FLIGHT }, workInTurn));
	const failed = ends.find((end) => end.status === 'rejected');
	if (failed) throw failed.reason;
}

class PagedMerge {
	private path = '';

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly request: MergeRequest,
	) {}

	async run(): Promise<Answer[]> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await this.mergeOnce();
			} catch (error) {
				if (!(error instanceof MergeLost)) throw asNodeError(this.context, error);
				if (attempt === ATTEMPTS_MAX) throw this.lostAgain();
			}
		}
	}

	private async mergeOnce(): Promise<Answer[]> {
		await this.begin();
		try {
			await this.sendPages();
			return await this.complete();
		} finally {
			await this.forget();
		}
	}

	private async begin(): Promise<void> {
		const { entity, output } = this.request;
		const { body } = await this.call('/v1/merges', { body: { entity, output } });
		this.path = `/v1/merges/${encodeURIComponent(String((body.merge as IDataObject).id))}`;
	}

	private async sendPages(): Promise<void> {
		await forEach(pagesOf(this.request.inputs), async ({ query, lines }) => {
			await this.callMerge('/pages', { query, body: lines, isLines: true });
		});
	}

	/** There are as many groups as records at most; an answer says when there are no further ones. */
	private async complete(): Promise<Answer[]> {
		const answers: Answer[] = [];
		const answersMax = Math.ceil(countOf(this.request) / GROUPS_PER_ANSWER);
		let isWhole = false;
		const places = function* () {
			for (let place = 0; place < answersMax && !isWhole; place++) yield place;
		};
		await forEach(places(), async (place) => {
			const body = { after: place * GROUPS_PER_ANSWER, limit: GROUPS_PER_ANSWER };
			const reply = await this.callMerge('/complete', { body });
			answers[place] = reply.body as unknown as Answer;
			isWhole ||= reply.body.next === null;
		});
		return answers;
	}

	/** Without an answer, too: the sidecar forgets it by itself some minutes later. */
	private async forget(): Promise<void> {
		const call: Call = { method: 'DELETE', path: this.path, timeoutMs: FORGET_TIMEOUT_MS };
		await callTruce(this.context, call).catch(() => undefined);
	}

	private async callMerge(path: string, call: Partial<Call>): Promise<Reply> {
		const reply = await this.call(this.path + path, { ...call, accepts: [404] });
		if (reply.status === 404) throw new MergeLost();
		return reply;
	}

	private async call(path: string, call: Partial<Call>): Promise<Reply> {
		const { timeoutMs } = this.request;
		return await callTruce(this.context, { method: 'POST', path, timeoutMs, ...call });
	}

	private lostAgain(): NodeOperationError {
		return new NodeOperationError(this.context.getNode(), 'Truce lost this merge twice', {
			description:
				'The sidecar was restarted while the records were sent or read, and once more at the second try. Nothing has been changed anywhere: run the workflow again. If it happens again, look in the sidecar’s log for why it restarts; most likely it needs more memory for this many records.',
		});
	}
}
