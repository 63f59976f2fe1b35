import { call, filled, forEachItem, inPath, type Operation } from '../../operation';
import { actorProperty, exceptionIdProperty } from './properties';

export const claim: Operation = {
	name: 'Claim',
	value: 'claim',
	action: 'Claim an exception',
	description: 'Say that somebody takes care of it',
	properties: [exceptionIdProperty, actorProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const read = (name: string) => context.getNodeParameter(name, itemIndex, '') as string;
			const { body } = await call(context, {
				method: 'POST',
				path: `/v1/exceptions/${inPath('Exception ID', read('exceptionId'))}/claim`,
				body: filled({ actor: read('actor') }),
				itemIndex,
			});
			return body;
		}),
};
