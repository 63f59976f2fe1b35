import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { call, inPath } from '../../operation';

const POLL_MS = 500;

/** Begins something that Truce does piece by piece, and waits for its end. */
export async function stateAtTheEnd(
	context: IExecuteFunctions,
	itemIndex: number,
	path: string,
	requestBody: IDataObject = {},
): Promise<IDataObject> {
	const until =
		Date.now() + Number(context.getNodeParameter('waitSeconds', itemIndex, 300)) * 1000;
	let { body } = await call(context, { method: 'POST', path, body: requestBody, itemIndex });
	const own = `/v1/migrations/${inPath('Migration ID', body.id)}`;
	while (body.stage !== 'done' && Date.now() < until) {
		await sleep(Math.min(POLL_MS, until - Date.now()));
		({ body } = await call(context, { method: 'GET', path: own, itemIndex }));
	}
	return body;
}
