import type { Operation } from '../../operation';
import { workInBulk } from './bulk';
import { actorProperty, exceptionIdProperty, noteProperty } from './properties';

export const dismiss: Operation = {
	name: 'Dismiss',
	value: 'dismiss',
	action: 'Dismiss exceptions',
	description: 'Say that no answer is needed: one call for all items',
	properties: [exceptionIdProperty, actorProperty, noteProperty],
	execute: async (context, items) => await workInBulk(context, items, 'dismiss'),
};
