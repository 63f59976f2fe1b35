import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import {
	groupIndexes,
	splitAround,
	splitIntoBatches,
	type Batch,
} from '../../../../shared/batches';
import { asNodeError, errorItem, itemFrom } from '../../../../shared/outputs';
import { refusalOf, type Call, type Reply } from '../../../../shared/transport/call';
import { positionIn } from '../../../../shared/transport/explain';
import { call, filled, inPath } from '../../operation';

const PAGE_ITEMS_MAX = 1000;
/** A body that was refused as a whole, of which nothing was taken. */
const REFUSED_WHOLE = [400, 413, 422];
const TOO_MUCH = ['batch-size', 'payload-too-large'];

/** Where a record belongs. */
interface Place {
	run: string;
	system: string;
	observedAt: string;
	preset?: string;
}

/** The earliest of some times; one that is none comes first, for the sidecar to say so. */
function earliest(times: string[]): string {
	const given = times.filter((time) => time !== '');
	const bad = given.find((time) => Number.isNaN(Date.parse(time)));
	if (bad !== undefined || given.length === 0) return bad ?? '';
	return given.reduce((one, other) => (Date.parse(other) < Date.parse(one) ? other : one));
}

class Pages {
	readonly output: INodeExecutionData[] = [];
	private failure?: Error;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly texts: string[],
		private readonly placeOf: (itemIndex: number) => Place,
	) {}

	async run(): Promise<INodeExecutionData[]> {
		const places = this.texts.map((_, index) => this.placeOf(index));
		const keyOf = (index: number) => JSON.stringify([places[index].run, places[index].system]);
		for (const group of groupIndexes(this.texts.length, keyOf)) {
			const texts = group.map((index) => this.texts[index]);
			for (const batch of splitIntoBatches(texts, PAGE_ITEMS_MAX)) {
				await this.send(group, batch, places);
			}
		}
		if (this.failure) throw this.failure;
		return this.output;
	}

	private async send(group: number[], batch: Batch, places: Place[]): Promise<void> {
		const indexes = group.slice(batch.from, batch.to);
		try {
			const request = this.callFor(indexes, places);
			const reply = await call(this.context, request);
			const isRefused = REFUSED_WHOLE.includes(reply.status);
			if (!isRefused) return this.take(reply.body, indexes);
			const parts = this.partsOf(batch, reply);
			for (const part of parts) await this.send(group, part, places);
			if (parts.length > 0) return;
			const refusal = await refusalOf(this.context, request, reply);
			if (indexes.length === 1) return this.refuse(refusal, indexes[0]);
			throw refusal;
		} catch (error) {
			if (!this.context.continueOnFail()) throw asNodeError(this.context, error);
			for (const index of indexes) this.output.push(errorItem(error, index));
		}
	}

	private callFor(indexes: number[], places: Place[]): Call {
		const { run, system, preset } = places[indexes[0]];
		const observedAt = earliest(indexes.map((index) => places[index].observedAt));
		const head = { system, ...filled({ preset, observed_at: observedAt }) };
		const records = indexes.map((index) => this.texts[index]).join(',');
		return {
			method: 'POST',
			path: `/v1/reconciliations/${inPath('Run ID', run)}/pages`,
			body: `${JSON.stringify(head).slice(0, -1)},"${listOf(preset)}":[${records}]}`,
			itemIndex: indexes.length === 1 ? indexes[0] : undefined,
			accepts: REFUSED_WHOLE,
		};
	}

	/** One record can make a page unreadable, or it is too much: the others go in calls of their own. */
	private partsOf(batch: Batch, reply: Reply): Batch[] {
		if (batch.to - batch.from === 1) return [];
		const place = positionIn('records', reply.body) ?? positionIn('payload', reply.body);
		if (place !== undefined && batch.from + place < batch.to) {
			return splitAround(batch, batch.from + place);
		}
		return TOO_MUCH.includes(String(reply.body.code)) ? splitAround(batch) : [];
	}

	private take(answer: IDataObject, indexes: number[]): void {
		const isOneToOne = answer.received === indexes.length;
		const errors = (answer.errors as Array<IDataObject & { index: number }>).map((error) =>
			isOneToOne ? { ...error, item: indexes[error.index] } : error,
		);
		const pairedItem = indexes.map((item) => ({ item }));
		this.output.push(itemFrom({ ...answer, errors }, pairedItem));
		const [first] = errors as IDataObject[];
		if (!first || this.context.getNodeParameter('unreadable', 0, 'report') === 'report') return;
		const message = `A record of ${answer.system} cannot be read: ${first.message}`;
		const options = { description: `Code: ${first.code}. All other records were taken.` };
		const error = new NodeOperationError(this.context.getNode(), message, options);
		this.refuse(error, Number(first.item ?? indexes[0]));
	}

	/** One record that is not taken stops the node when all the others are. */
	private refuse(error: Error, itemIndex: number): void {
		if (this.context.continueOnFail()) this.output.push(errorItem(error, itemIndex));
		else this.failure ??= asNodeError(this.context, error, itemIndex);
	}
}

const listOf = (preset?: string) => (preset ? 'payload' : 'records');

/** Pages of each run and system, in the order of the items, in as few calls as fit. */
export async function sendPages(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	placeOf: (itemIndex: number) => Place,
): Promise<INodeExecutionData[]> {
	const texts = items.map((item) => JSON.stringify(item.json));
	return await new Pages(context, texts, placeOf).run();
}
