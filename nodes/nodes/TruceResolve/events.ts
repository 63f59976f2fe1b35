import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { namesIn, parameterPerItem } from '../../shared/parameters';
import { handsOnRecords, sourceNamed } from '../../shared/sources';

/** The members of an event that a person filled in. */
function detailsOf(details: IDataObject): IDataObject {
	const given: IDataObject = {};
	for (const [name, value] of Object.entries(details)) {
		if (value === '' || value === undefined || value === null) continue;
		given[name] = value;
	}
	if (given.changed !== undefined) given.changed = namesIn(given.changed);
	return given;
}

/** The system that an item's record was read from; undefined where the items tell of changes. */
export function readFromOf(context: IExecuteFunctions): (itemIndex: number) => string | undefined {
	const source = sourceNamed(context.getNodeParameter('source', 0) as string);
	return handsOnRecords(source) ? parameterPerItem<string>(context, 'system') : () => undefined;
}

/** What each item becomes in the call: an event, or a payload for a preset. */
export function eventTexts(context: IExecuteFunctions, items: INodeExecutionData[]): string[] {
	const source = sourceNamed(context.getNodeParameter('source', 0) as string);
	if (source.entity === 'unused') return items.map((item) => JSON.stringify(item.json));

	const system = parameterPerItem<string>(context, 'system');
	if (source.preset) {
		const entity = parameterPerItem<string>(context, 'defaultEntity', '');
		const options = parameterPerItem<IDataObject>(context, 'options', {});
		return items.map((item, index) =>
			JSON.stringify({
				preset: source.preset,
				system: system(index),
				entity: entity(index) || undefined,
				history_since: options(index).historySince || undefined,
				payload: item.json,
			}),
		);
	}
	const entity = parameterPerItem<string>(context, 'entity');
	const details = parameterPerItem<IDataObject>(context, 'event', {});
	return items.map((item, index) =>
		JSON.stringify({
			system: system(index),
			entity: entity(index),
			...detailsOf(details(index)),
			record: item.json,
		}),
	);
}
