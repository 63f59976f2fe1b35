import {
	NodeApiError,
	sleep,
	type IDataObject,
	type INodeExecutionData,
	type IRun,
	type ITriggerFunctions,
} from 'n8n-workflow';

import { callTruce } from '../../shared/transport/call';
import { Changes, DueDeliveries, type Handful, type Source } from './sources';

const FAILED_RUNS_MAX = 5;
const PAUSE_MAX_MS = 60_000;
const RUN_MAX_MS = 3_600_000;
const LOOK_MS = 1000;
/** n8n ends soon after it has closed its triggers: a short run's position is moved before. */
const CLOSE_MAX_MS = 3000;
/** What waiting does not mend: wrong token, missing scope, host name not allowed. */
const CANNOT_WORK = ['401', '403', '421'];

interface Options {
	alsoMoved?: boolean;
	group?: number;
	leaseSeconds?: number;
	maxItems?: number;
	onFailure?: 'goOn' | 'repeat' | 'untilItSucceeds';
	pollSeconds?: number;
	positionName?: string;
}

const asItems = (lines: IDataObject[]): INodeExecutionData[][] => [lines.map((json) => ({ json }))];

/** What deactivated triggers still have in work, by their positions: the next one waits for its end. */
const leftInWork = new Map<string, Promise<unknown>>();

/**
 * Asks Truce again and again and starts the workflow. A position moves only when the run has ended:
 * what a stopped n8n had in work is handed over again after its start.
 */
export class Watch {
	private isStopped = false;
	private failedRuns = 0;
	private inWork?: Promise<unknown>;
	/** Its run has ended, and Truce has not yet taken the position after it. */
	private ended?: Handful;
	private readonly options: Options;
	private readonly position: string;
	private readonly source: Source;

	constructor(private readonly context: ITriggerFunctions) {
		this.options = context.getNodeParameter('options', {}) as Options;
		const event = context.getNodeParameter('event') as string;
		this.position =
			this.options.positionName ||
			`n8n-${context.getWorkflow().id ?? 'new'}-${context.getNode().id}`;
		this.source =
			event === 'dueDeliveries'
				? new DueDeliveries(context, this.options.leaseSeconds ?? 300, this.options.group ?? 0)
				: new Changes(context, event, this.position, this.options.alsoMoved ?? false);
	}

	/** Throws where the credential cannot work; a sidecar that is only down is waited for. */
	async start(): Promise<void> {
		try {
			await callTruce(this.context, { method: 'GET', path: '/v1/alerts' });
		} catch (error) {
			const isHopeless =
				error instanceof NodeApiError && CANNOT_WORK.includes(error.httpCode ?? '');
			if (isHopeless) throw new NodeApiError(this.context.getNode(), error as never);
			this.complain(error);
		}
		void this.run();
	}

	async stop(): Promise<void> {
		this.isStopped = true;
		if (!this.inWork) return;
		const left = this.inWork.finally(() => {
			if (leftInWork.get(this.position) === left) leftInWork.delete(this.position);
		});
		leftInWork.set(this.position, left);
		await Promise.race([left, sleep(CLOSE_MAX_MS)]);
	}

	/** In the editor: the first thing there is to see. */
	async sampleOnce(): Promise<void> {
		while (!this.isStopped) {
			const items = await this.source.sample(this.limit());
			if (items.length > 0) {
				this.context.emit(asItems(items));
				return;
			}
			await sleep(this.pollMs());
		}
	}

	private limit = () => this.options.maxItems ?? 100;

	private pollMs = () => (this.options.pollSeconds ?? 5) * 1000;

	private async run(): Promise<void> {
		await leftInWork.get(this.position);
		let isBusy = true;
		let pauseMs = this.pollMs();
		while (!this.isStopped) {
			if (!isBusy) await sleep(pauseMs);
			if (this.isStopped) return;
			this.inWork = this.step().then(
				(hasMore) => {
					isBusy = hasMore;
					pauseMs = this.failedRuns === 0 ? this.pollMs() : this.longer(pauseMs);
				},
				(error) => {
					this.complain(error);
					isBusy = false;
					pauseMs = this.longer(pauseMs);
				},
			);
			await this.inWork;
			this.inWork = undefined;
		}
	}

	private longer = (pauseMs: number) =>
		Math.min(pauseMs * 2, Math.max(PAUSE_MAX_MS, this.pollMs()));

	/** One handful. True where there may be more at once. */
	private async step(): Promise<boolean> {
		this.ended ??= await this.handOver();
		if (!this.ended) return false;
		const { more, done } = this.ended;
		await done();
		this.ended = undefined;
		return more;
	}

	/** The next handful, when its run has ended; undefined where it has to be handed over again. */
	private async handOver(): Promise<Handful | undefined> {
		const handful = await this.source.next(this.limit());
		if (this.isStopped) return undefined;
		if (handful.items.length > 0 && !(await this.isRunWell(handful.items))) {
			this.failedRuns++;
			if (this.triesAgain()) return undefined;
		}
		this.failedRuns = 0;
		return handful;
	}

	private triesAgain(): boolean {
		const { onFailure = 'repeat' } = this.options;
		return (
			onFailure === 'untilItSucceeds' ||
			(onFailure === 'repeat' && this.failedRuns < FAILED_RUNS_MAX)
		);
	}

	private async isRunWell(items: IDataObject[]): Promise<boolean> {
		const ended = this.context.helpers.createDeferredPromise<IRun>();
		this.context.emit(asItems(items), undefined, ended);
		try {
			for (let waitedMs = 0; waitedMs < RUN_MAX_MS; waitedMs += LOOK_MS) {
				const run = await Promise.race([ended.promise, sleep(LOOK_MS).then(() => undefined)]);
				if (run) return run.data.resultData.error === undefined;
			}
		} catch {
			// the run could not be started, or was cancelled
		}
		return false;
	}

	private complain(error: unknown): void {
		const { message, description } = error as { message?: string; description?: string };
		this.context.logger.warn(`Truce Trigger: ${message} ${description ?? ''}`.trim());
	}
}
