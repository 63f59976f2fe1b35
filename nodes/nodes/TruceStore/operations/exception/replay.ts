import type { Operation } from '../../operation';
import { workInBulk } from './bulk';
import { actorProperty, exceptionIdProperty, noteProperty } from './properties';

export const replay: Operation = {
	name: 'Replay',
	value: 'replay',
	action: 'Replay exceptions',
	description: 'Try rejected events and dead letters once more: one call for all items',
	properties: [exceptionIdProperty, actorProperty, noteProperty],
	execute: async (context, items) => await workInBulk(context, items, 'replay'),
};
