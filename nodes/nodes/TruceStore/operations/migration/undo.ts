import { forEachItem, inPath, type Operation } from '../../operation';
import { migrationIdProperty, waitProperty } from './properties';
import { stateAtTheEnd } from './steps';

export const undo: Operation = {
	name: 'Undo',
	value: 'undo',
	action: 'Undo a migration',
	description: 'Go back to the policy before, with what came since read again under it',
	properties: [migrationIdProperty, waitProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('migrationId', itemIndex) as string;
			return await stateAtTheEnd(
				context,
				itemIndex,
				`/v1/migrations/${inPath('Migration ID', id)}/undo`,
			);
		}),
};
