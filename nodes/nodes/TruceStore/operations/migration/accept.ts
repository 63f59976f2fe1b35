import { forEachItem, inPath, type Operation } from '../../operation';
import { migrationIdProperty, waitProperty } from './properties';
import { stateAtTheEnd } from './steps';

export const accept: Operation = {
	name: 'Accept',
	value: 'accept',
	action: 'Accept a migration',
	description: 'Keep the new schema: what undoing would need is dropped',
	properties: [migrationIdProperty, waitProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('migrationId', itemIndex) as string;
			return await stateAtTheEnd(
				context,
				itemIndex,
				`/v1/migrations/${inPath('Migration ID', id)}/accept`,
			);
		}),
};
