import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { namesIn } from '../../../../shared/parameters';
import { call, forEachItem, inPath, type Operation } from '../../operation';
import { runIdProperty, systemsProperty } from './properties';

const POLL_MS = 1000;
const ANSWER_WAIT_MAX_MS = 20_000;

export const complete: Operation = {
	name: 'Complete',
	value: 'complete',
	action: 'Complete a reconciliation',
	description: 'Compare what the pages hold, wait for the end, and give the report',
	properties: [
		runIdProperty,
		{
			...systemsProperty,
			displayName: 'Complete System Names or IDs',
			required: false,
			description:
				'The systems that were read to the end: what their pages do not show is gone. Leave out a system of which a page failed. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'Wait (Seconds)',
			name: 'waitSeconds',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 86400 },
			default: 300,
			description:
				'How long to wait for the end. After that the item has the report so far, with the state “running”; Get gives it later.',
		},
	],
	execute: async (context, items) =>
		await forEachItem(
			context,
			items,
			async (itemIndex) => await reportAtTheEnd(context, itemIndex),
		),
};

async function reportAtTheEnd(context: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const read = (name: string) => context.getNodeParameter(name, itemIndex, '');
	const path = `/v1/reconciliations/${inPath('Run ID', read('runId'))}`;
	const until = Date.now() + Number(read('waitSeconds')) * 1000;
	let { body } = await call(context, {
		method: 'POST',
		path: `${path}/complete`,
		query: { wait_ms: answerWaitMs(context, until) },
		body: { complete: namesIn(read('systems')) },
		itemIndex,
	});
	while (body.state === 'running' && Date.now() < until) {
		await sleep(Math.min(POLL_MS, until - Date.now()));
		({ body } = await call(context, { method: 'GET', path, itemIndex }));
	}
	return body;
}

/** How long Truce may keep the call: well below the node's own time-out. */
function answerWaitMs(context: IExecuteFunctions, until: number): number {
	const { timeoutSeconds } = context.getNodeParameter('options', 0, {}) as IDataObject;
	const timeoutMs = Number(timeoutSeconds ?? 30) * 1000;
	return Math.round(Math.max(0, Math.min(until - Date.now(), timeoutMs / 2, ANSWER_WAIT_MAX_MS)));
}
