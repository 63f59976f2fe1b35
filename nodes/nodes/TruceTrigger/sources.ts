import type { IDataObject, ITriggerFunctions } from 'n8n-workflow';

import { callTruce } from '../../shared/transport/call';
import { Feed, type Change } from './feed';

/** Items for one run of the workflow, and what to do when that run has ended well. */
export interface Handful {
	items: IDataObject[];
	/** There may be more at once. */
	more: boolean;
	done(): Promise<void>;
}

export interface Source {
	next(limit: number): Promise<Handful>;
	/** For the editor: something to look at, without moving the position. */
	sample(limit: number): Promise<IDataObject[]>;
}

const KINDS: { [event: string]: string } = {
	alert: 'alert',
	deadLetter: 'dead_letter',
	newException: 'exception',
	overdue: 'overdue',
};
const CHANGES_AT_A_TIME = 100;
const QUESTIONS_AT_A_TIME = 8;
const NOT_FOUND = 404;

/** An item is a delivery, or a group of them. */
const deliveriesIn = ({ deliveries }: IDataObject): number =>
	Array.isArray(deliveries) ? deliveries.length : 1;

/** Deliveries that are due. Their leases keep them: what is not settled comes again. */
export class DueDeliveries implements Source {
	constructor(
		private readonly context: ITriggerFunctions,
		private readonly leaseSeconds: number,
		private readonly group: number,
	) {}

	async next(limit: number): Promise<Handful> {
		const items = await this.sample(limit);
		const claimed = items.reduce((sum, item) => sum + deliveriesIn(item), 0);
		return { items, more: claimed === limit, done: async () => {} };
	}

	async sample(limit: number): Promise<IDataObject[]> {
		const system = this.context.getNodeParameter('system', '') as string;
		const { body } = await callTruce(this.context, {
			method: 'POST',
			path: '/v1/deliveries/claim',
			body: {
				limit,
				lease_ms: Math.round(this.leaseSeconds * 1000),
				...(system ? { system } : {}),
				...(this.group > 0 ? { group: this.group } : {}),
			},
		});
		return (this.group > 0 ? body.groups : body.deliveries) as IDataObject[];
	}
}

export class Changes implements Source {
	private readonly feed: Feed;

	constructor(
		private readonly context: ITriggerFunctions,
		private readonly event: string,
		cursorName: string,
		private readonly alsoMoved: boolean,
	) {
		this.feed = new Feed(context, KINDS[event], cursorName);
	}

	async next(limit: number): Promise<Handful> {
		const position = (await this.feed.position()) ?? (await this.begin());
		const page = await this.feed.read(position.after, Math.max(limit, CHANGES_AT_A_TIME));
		const { items, count } = await this.firstOf(page.changes, limit);
		const after = count < page.changes.length ? String(page.changes[count - 1].seq) : page.next;
		const isMoved = after !== position.after;
		const done = async () => {
			if (isMoved) await this.feed.save({ after, version: position.version });
		};
		return { items, more: isMoved, done };
	}

	async sample(limit: number): Promise<IDataObject[]> {
		const { changes } = await this.feed.readToEnd(Math.max(limit, CHANGES_AT_A_TIME));
		return (await this.firstOf(changes.reverse(), limit)).items.reverse();
	}

	private async begin() {
		const startWith = this.context.getNodeParameter('startWith', 'now') as string;
		const after = startWith === 'beginning' ? '0' : (await this.feed.readToEnd(0)).next;
		await this.feed.save({ after, version: 0 });
		return (await this.feed.position()) ?? { after, version: 1 };
	}

	/** The first items, at most `limit`, and how many changes were read for them. */
	private async firstOf(changes: Change[], limit: number) {
		const items: IDataObject[] = [];
		let count = 0;
		while (count < changes.length && items.length < limit) {
			const size = Math.min(limit - items.length, QUESTIONS_AT_A_TIME);
			const some = changes.slice(count, count + size);
			const told = await Promise.all(some.map(async (change) => await this.itemOf(change)));
			items.push(...told.flat());
			count += some.length;
		}
		return { items, count };
	}

	private async itemOf(change: Change): Promise<IDataObject[]> {
		if (this.event === 'newException' || this.event === 'overdue') {
			return this.isWanted(change) ? await this.question(change) : [];
		}
		const { seq, at, kind, body } = change;
		return [{ seq, at, kind, ...body }];
	}

	private isWanted({ kind, body }: Change): boolean {
		const categories = this.context.getNodeParameter('categories', []) as string[];
		if (body.category && categories.length > 0 && !categories.includes(String(body.category))) {
			return false;
		}
		if (kind !== 'exception') return true;
		return body.state === 'open' && (this.alsoMoved || body.version === 1);
	}

	/** The question as it is now; nothing where it was answered meanwhile. */
	private async question({ seq, at, kind, body }: Change): Promise<IDataObject[]> {
		const reply = await callTruce(this.context, {
			method: 'GET',
			path: `/v1/exceptions/${encodeURIComponent(String(body.id))}`,
			accepts: [NOT_FOUND],
		});
		const isWaiting = reply.body.state === 'open' || reply.body.state === 'claimed';
		return isWaiting ? [{ seq, at, kind, ...reply.body }] : [];
	}
}
