import http from 'node:http';

import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type ITriggerFunctions,
	type JsonObject,
} from 'n8n-workflow';

import { TruceApi } from '../../nodes/credentials/TruceApi.credentials';
import { evaluate } from './expressions';

export interface Setting {
	credentials: { baseUrl: string; token: string };
	parameters: IDataObject;
	inputs?: IDataObject[][];
	continueOnFail?: boolean;
	onError?: INode['onError'];
}

export interface Traffic {
	calls: Array<{ method: string; path: string; bytes: number }>;
	inFlight: number;
	inFlightMax: number;
}

interface Answer {
	statusCode: number;
	headers: http.IncomingHttpHeaders;
	body: unknown;
}

/** One request on a connection of its own, as n8n makes it. */
async function request(url: URL, options: http.RequestOptions, body?: Buffer): Promise<Answer> {
	return await new Promise((resolve, reject) => {
		const sent = http.request(url, { ...options, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const text = Buffer.concat(chunks).toString();
				const { statusCode = 0, headers } = response;
				try {
					resolve({ statusCode, headers, body: JSON.parse(text) });
				} catch {
					resolve({ statusCode, headers, body: text });
				}
			});
		});
		sent.on('timeout', () => {
			const error = new Error(`timeout of ${options.timeout}ms exceeded`);
			sent.destroy(Object.assign(error, { code: 'ECONNABORTED' }));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

/** The HTTP helper as n8n has it: any status is an answer, errors are wrapped. */
export function httpHelper(setting: Setting, node: INode, traffic: Traffic) {
	return async function (_type: string, unsigned: IHttpRequestOptions) {
		const options = await new TruceApi().authenticate(setting.credentials, unsigned);
		const url = new URL(options.url);
		for (const [name, value] of Object.entries(options.qs ?? {})) {
			if (value !== undefined) url.searchParams.set(name, String(value));
		}
		const body = options.body as Buffer | undefined;
		const { method = 'GET', timeout } = options;
		traffic.calls.push({ method, path: url.pathname, bytes: body?.byteLength ?? 0 });
		const headers = {
			...(options.headers as http.OutgoingHttpHeaders),
			...(body ? { 'Content-Length': body.byteLength } : {}),
		};
		traffic.inFlightMax = Math.max(traffic.inFlightMax, ++traffic.inFlight);
		try {
			return await request(url, { method, timeout, headers }, body);
		} catch (error) {
			throw new NodeApiError(node, error as JsonObject);
		} finally {
			traffic.inFlight--;
		}
	};
}

export function contextOf(name: string, setting: Setting) {
	const traffic: Traffic = { calls: [], inFlight: 0, inFlightMax: 0 };
	const inputs = (setting.inputs ?? [[{}]]).map((items) =>
		items.map((json): INodeExecutionData => ({ json })),
	);
	const node: INode = {
		id: 'a1b2',
		name,
		type: `n8n-nodes-truce.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: setting.parameters as INode['parameters'],
		onError: setting.onError,
	};
	const context = {
		getNode: () => node,
		getInputData: (input = 0) => {
			if (inputs.length < input) throw new Error('Could not get input with given index');
			return inputs[input] ?? [];
		},
		getCredentials: async () => setting.credentials,
		getNodeParameter: (parameter: string, itemIndex: number, fallback?: unknown) => {
			const value = setting.parameters[parameter];
			if (value === undefined) {
				if (fallback !== undefined) return fallback;
				throw new Error(`Could not get parameter ${parameter}`);
			}
			return evaluate(value, inputs[0]?.[itemIndex]?.json ?? {});
		},
		getCurrentNodeParameter: (parameter: string) => setting.parameters[parameter],
		continueOnFail: () => setting.continueOnFail ?? false,
		helpers: { httpRequestWithAuthentication: httpHelper(setting, node, traffic) },
	};
	return { context: context as unknown as IExecuteFunctions, traffic };
}

/** A trigger's surroundings; `runs` says how each run of the workflow ends. */
export function triggerContextOf(
	setting: Setting & { workflowId?: string },
	runs: (items: IDataObject[]) => Promise<boolean> | boolean,
) {
	const { context, traffic } = contextOf('truceTrigger', setting);
	const complaints: string[] = [];
	const trigger = {
		...context,
		getMode: () => 'trigger',
		getWorkflow: () => ({ id: setting.workflowId ?? 'w1', active: true }),
		getNodeParameter: (parameter: string, fallback?: unknown) =>
			setting.parameters[parameter] ?? fallback,
		logger: { warn: (text: string) => complaints.push(text) },
		helpers: {
			...context.helpers,
			createDeferredPromise: () => {
				const deferred: IDataObject = {};
				deferred.promise = new Promise((resolve, reject) => {
					Object.assign(deferred, { resolve, reject });
				}) as unknown as IDataObject;
				return deferred;
			},
		},
		emit: (
			data: INodeExecutionData[][],
			_response: unknown,
			done: { resolve: (run: unknown) => void },
		) => {
			void (async () => {
				const isWell = await runs(data[0].map((item) => item.json));
				done.resolve({ data: { resultData: isWell ? {} : { error: new Error('failed') } } });
			})();
		},
	};
	return { context: trigger as unknown as ITriggerFunctions, traffic, complaints };
}
