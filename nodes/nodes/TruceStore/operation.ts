import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { asNodeError, errorItem, itemFrom } from '../../shared/outputs';
import { given } from '../../shared/parameters';
import { callTruce, type Call } from '../../shared/transport/call';

/** One operation of one resource: its form, and what it does. */
export interface Operation {
	name: string;
	value: string;
	action: string;
	description: string;
	properties: INodeProperties[];
	execute(context: IExecuteFunctions, items: INodeExecutionData[]): Promise<INodeExecutionData[]>;
}

export interface Resource {
	name: string;
	value: string;
	operations: Operation[];
}

const PAGE_MAX = 1000;
const LINES_MAX = 100_000;

/** A call whose time-out is the node's option. */
export async function call(context: IExecuteFunctions, request: Call) {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const timeoutMs = Number(options.timeoutSeconds ?? 30) * 1000;
	return await callTruce(context, { timeoutMs, ...request });
}

/** Does something for each item; with “Continue” on, an item that fails leaves with its error. */
export async function forEachItem(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	work: (itemIndex: number) => Promise<IDataObject | IDataObject[]>,
): Promise<INodeExecutionData[]> {
	const done: INodeExecutionData[] = [];
	for (let index = 0; index < items.length; index++) {
		try {
			for (const json of [await work(index)].flat()) done.push(itemFrom(json, { item: index }));
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			done.push(errorItem(error, index));
		}
	}
	return done;
}

/** Does something once, whatever number of items came in. */
export async function once(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	work: () => Promise<IDataObject | IDataObject[]>,
): Promise<INodeExecutionData[]> {
	return await forEachItem(context, items.slice(0, 1), work);
}

/** The lines of a list, page after page: all of them, or as many as are asked for. */
export async function readList(
	context: IExecuteFunctions,
	itemIndex: number,
	list: { path: string; member: string; query: IDataObject },
): Promise<IDataObject[]> {
	const returnAll = context.getNodeParameter('returnAll', itemIndex) as boolean;
	const wanted = returnAll ? LINES_MAX : (context.getNodeParameter('limit', itemIndex) as number);
	const lines: IDataObject[] = [];
	let after: unknown;
	while (lines.length < wanted) {
		const query: IDataObject = { ...list.query, limit: Math.min(PAGE_MAX, wanted - lines.length) };
		if (after !== undefined) query.after = String(after);
		const { body } = await call(context, { method: 'GET', path: list.path, query, itemIndex });
		lines.push(...(body[list.member] as IDataObject[]));
		after = body.next;
		if (after === null || after === undefined) break;
	}
	return lines;
}

/** Only what is filled in. */
export function filled(values: IDataObject): IDataObject {
	return Object.fromEntries(
		Object.entries(values).filter(
			([, value]) => value !== '' && value !== undefined && value !== null,
		),
	);
}

export const inPath = (name: string, value: unknown) => encodeURIComponent(given(name, value));

export const systemProperty: INodeProperties = {
	displayName: 'System Name or ID',
	name: 'system',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getSystems' },
	default: '',
	required: true,
	description:
		'A system of the policy. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const onlySystemProperty: INodeProperties = {
	...systemProperty,
	required: false,
	description:
		'Only of this system; empty for all of them. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const entityProperty: INodeProperties = {
	displayName: 'Entity Name or ID',
	name: 'entity',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getEntities' },
	default: '',
	required: true,
	description:
		'What kind of record it is. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const goldenIdProperty: INodeProperties = {
	displayName: 'Golden ID',
	name: 'goldenId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'gc9c6e1dce0c72bf378a70699',
	description: 'Truce’s own ID of the record, as Truce Resolve gives it',
};

export const listProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];
