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

const PAGES_IN_FLIGHT = 2;
const LINES_PER_ANSWER = 20_000;
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

const textsOf = (items: INodeExecutionData[]) => items.map((item) => JSON.stringify(item.json));

/** Undefined where it is too much for one call. */
function wholeBodyOf({ entity, output, inputs }: MergeRequest): string | undefined {
	const count = inputs.reduce((sum, { items }) => sum + items.length, 0);
	if (count > BATCH_ITEMS_MAX) return undefined;
	const lists = inputs.map(
		({ system, items }) => `${JSON.stringify(system)}:[${textsOf(items).join(',')}]`,
	);
	const head = JSON.stringify({ entity, output }).slice(0, -1);
	const body = `${head},"inputs":{${lists.join(',')}}}`;
	return Buffer.byteLength(body) > BATCH_BYTES_MAX ? undefined : body;
}

/** A page of one system's records; `from` is the place of its first one among all of them. */
function pageOf(system: string, from: number, texts: string[]): string {
	return `${JSON.stringify({ system, from }).slice(0, -1)},"records":[${texts.join(',')}]}`;
}

/** Each made only when it is sent: meanwhile the sidecar reads the one before, and no more are held. */
function* pagesOf(inputs: Input[]): Generator<string> {
	for (const { system, items } of inputs) {
		for (let start = 0; start < items.length; start += BATCH_ITEMS_MAX) {
			const texts = textsOf(items.slice(start, start + BATCH_ITEMS_MAX));
			for (const { from, to } of splitIntoBatches(texts)) {
				yield pageOf(system, start + from, texts.slice(from, to));
			}
		}
	}
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
		const { body } = await this.call('/v1/merges', { entity, output });
		this.path = `/v1/merges/${encodeURIComponent(String((body.merge as IDataObject).id))}`;
	}

	/** The senders share one generator, so that an error in one of them ends it for the others too. */
	private async sendPages(): Promise<void> {
		const pages = pagesOf(this.request.inputs);
		const send = async () => {
			for (const page of pages) await this.callMerge('/pages', page);
		};
		const ends = await Promise.allSettled(Array.from({ length: PAGES_IN_FLIGHT }, send));
		const failed = ends.find((end) => end.status === 'rejected');
		if (failed) throw failed.reason;
	}

	private async complete(): Promise<Answer[]> {
		const answers: Answer[] = [];
		let after: number | null | undefined;
		do {
			const { body } = await this.callMerge('/complete', { after, limit: LINES_PER_ANSWER });
			answers.push(body as unknown as Answer);
			after = body.next as number | null;
		} while (after);
		return answers;
	}

	/** Without an answer, too: the sidecar forgets it by itself some minutes later. */
	private async forget(): Promise<void> {
		const call: Call = { method: 'DELETE', path: this.path, timeoutMs: FORGET_TIMEOUT_MS };
		await callTruce(this.context, call).catch(() => undefined);
	}

	private async callMerge(path: string, body: IDataObject | string): Promise<Reply> {
		const reply = await this.call(this.path + path, body, [404]);
		if (reply.status === 404) throw new MergeLost();
		return reply;
	}

	private async call(path: string, body: IDataObject | string, accepts?: number[]) {
		const { timeoutMs } = this.request;
		return await callTruce(this.context, { method: 'POST', path, body, timeoutMs, accepts });
	}

	private lostAgain(): NodeOperationError {
		return new NodeOperationError(this.context.getNode(), 'Truce lost this merge twice', {
			description:
				'The sidecar was restarted while the records were sent or read, and once more at the second try. Nothing has been changed anywhere: run the workflow again. If it happens again, look in the sidecar’s log for why it restarts; most likely it needs more memory for this many records.',
		});
	}
}
