import { call, forEachItem, inPath, type Operation } from '../../operation';
import { runIdProperty } from './properties';

export const abandon: Operation = {
	name: 'Abandon',
	value: 'abandon',
	action: 'Abandon a reconciliation',
	description: 'End a run that is not to go on; what it has done stays',
	properties: [runIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('runId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'DELETE',
				path: `/v1/reconciliations/${inPath('Run ID', id)}`,
				itemIndex,
			});
			return body;
		}),
};
