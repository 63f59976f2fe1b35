import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { splitAround, splitIntoBatches, type Batch } from '../../shared/batches';
import { asNodeError, errorItem } from '../../shared/outputs';
import { callTruce, refusalOf, type Call, type Reply } from '../../shared/transport/call';
import { positionIn } from '../../shared/transport/explain';
import { eventTexts, readFromOf } from './events';
import { addOutcome, conflictItems, OUTPUTS, REJECTED_OUTPUT, type Result } from './outcomes';

const CONFLICT_CALLS_AT_A_TIME = 8;
const MESSAGES_MAX = 100;
/** A body that was refused as a whole, of which nothing was taken. */
const REFUSED_WHOLE = [400, 413, 422];

interface Options {
	handOut?: boolean;
	leaseSeconds?: number;
	messages?: boolean;
	output?: 'changed' | 'everything';
	timeoutSeconds?: number;
}

class Resolution {
	readonly outputs: INodeExecutionData[][] = OUTPUTS.map(() => []);
	private readonly options: Options;
	private readonly timeoutMs: number;
	private readonly readFrom: (itemIndex: number) => string | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly texts: string[],
	) {
		this.options = context.getNodeParameter('options', 0, {}) as Options;
		this.timeoutMs = (this.options.timeoutSeconds ?? 30) * 1000;
		this.readFrom = readFromOf(context);
	}

	async run(): Promise<INodeExecutionData[][]> {
		for (const batch of splitIntoBatches(this.texts)) await this.send(batch);
		if (this.options.messages !== false) await this.addMessages();
		return this.outputs;
	}

	private async send(batch: Batch): Promise<void> {
		const call: Call = {
			method: 'POST',
			path: '/v1/events',
			body: this.bodyOf(batch),
			timeoutMs: this.timeoutMs,
			itemIndex: batch.to - batch.from === 1 ? batch.from : undefined,
			accepts: REFUSED_WHOLE,
		};
		try {
			const reply = await callTruce(this.context, call);
			if (REFUSED_WHOLE.includes(reply.status))
				return await this.sendWithoutPoison(batch, call, reply);
			this.take(reply.body.results as unknown as Result[], batch);
		} catch (error) {
			this.fail(batch, error);
		}
	}

	/** Throws, or with “Continue” on lets the items leave with the error. */
	private fail(batch: Batch, error: unknown): void {
		if (!this.context.continueOnFail()) throw asNodeError(this.context, error);
		for (let index = batch.from; index < batch.to; index++) {
			this.outputs[REJECTED_OUTPUT].push(errorItem(error, index));
		}
	}

	private bodyOf(batch: Batch): string {
		const { handOut, leaseSeconds } = this.options;
		let head = `{"events":[${this.texts.slice(batch.from, batch.to).join(',')}]`;
		if (handOut === false) head += ',"hand_out":false';
		if (leaseSeconds) head += `,"lease_ms":${Math.round(leaseSeconds * 1000)}`;
		return `${head}}`;
	}

	/** One item can make a body unreadable. With “Continue” on, it fails alone and the others go on. */
	private async sendWithoutPoison(batch: Batch, call: Call, reply: Reply): Promise<void> {
		const named = positionIn('events', reply.body);
		const isNamed = named !== undefined && batch.from + named < batch.to;
		const isAlone = batch.to - batch.from === 1;
		const poison = isNamed ? batch.from + named : isAlone ? batch.from : undefined;
		if (isAlone || !this.context.continueOnFail()) {
			throw await refusalOf(this.context, { ...call, itemIndex: poison }, reply);
		}
		for (const part of splitAround(batch, poison)) await this.send(part);
	}

	private take(results: Result[], batch: Batch): void {
		for (const result of results) {
			const item = batch.from + result.index;
			addOutcome(this.outputs, result, item, {
				everything: this.options.output === 'everything',
				readFrom: this.readFrom(item),
			});
		}
	}

	/**
	 * A conflict leaves with what the sidecar says to people about it. Without it, too: by now the
	 * events are taken and their writes are handed out.
	 */
	private async addMessages(): Promise<void> {
		const items = conflictItems(this.outputs).filter((item) => item.json.exception_id);
		const told = items.slice(0, MESSAGES_MAX);
		for (let from = 0; from < told.length; from += CONFLICT_CALLS_AT_A_TIME) {
			const piece = told.slice(from, from + CONFLICT_CALLS_AT_A_TIME);
			await Promise.allSettled(piece.map(async (item) => await this.addMessage(item)));
		}
	}

	private async addMessage(item: INodeExecutionData): Promise<void> {
		const { body } = await callTruce(this.context, {
			method: 'GET',
			path: `/v1/exceptions/${encodeURIComponent(String(item.json.exception_id))}`,
			timeoutMs: this.timeoutMs,
		});
		item.json = { ...item.json, ...(body as IDataObject) };
	}
}

export async function resolveItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const texts = eventTexts(context, items);
	return await new Resolution(context, texts).run();
}
