import type { IDataObject, ITriggerFunctions } from 'n8n-workflow';

import { callTruce } from '../../shared/transport/call';

export interface Change {
	seq: number;
	at: string;
	kind: string;
	body: IDataObject;
}

export interface Position {
	after: string;
	/** The cursor's version; 0 while it was never saved. */
	version: number;
}

const NOT_FOUND = 404;
const MOVED = 409;
const PAGE_MAX = 1000;

/** Truce's feed of changes, and the place in it up to which everything was handed over. */
export class Feed {
	constructor(
		private readonly context: ITriggerFunctions,
		private readonly kinds: string,
		private readonly cursorName: string,
	) {}

	async read(after: string, limit: number): Promise<{ changes: Change[]; next: string }> {
		const { body } = await callTruce(this.context, {
			method: 'GET',
			path: '/v1/changes',
			query: { after, kinds: this.kinds, limit },
		});
		return { changes: body.changes as unknown as Change[], next: String(body.next) };
	}

	/** The end of the feed, and the last changes before it. */
	async readToEnd(keep: number): Promise<{ changes: Change[]; next: string }> {
		let after = '0';
		let last: Change[] = [];
		for (;;) {
			const { changes, next } = await this.read(after, PAGE_MAX);
			last = [...last, ...changes].slice(-keep);
			if (next === after) return { changes: last, next };
			after = next;
		}
	}

	async position(): Promise<Position | undefined> {
		const reply = await callTruce(this.context, {
			method: 'GET',
			path: this.cursorPath(),
			accepts: [NOT_FOUND],
		});
		if (reply.status === NOT_FOUND) return undefined;
		return { after: String(reply.body.value), version: Number(reply.body.version) };
	}

	/** False when somebody else has moved it: then theirs counts. */
	async save(position: Position): Promise<boolean> {
		const reply = await callTruce(this.context, {
			method: 'PUT',
			path: this.cursorPath(),
			body: { value: position.after, if_match: position.version },
			accepts: [MOVED],
		});
		return reply.status !== MOVED;
	}

	private cursorPath() {
		return `/v1/cursors/${encodeURIComponent(this.cursorName)}`;
	}
}
