import { call, forEachItem, inPath, type Operation } from '../../operation';
import { exceptionIdProperty } from './properties';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get an exception',
	description: 'Get one open or answered question, with texts and buttons for Slack and Telegram',
	properties: [exceptionIdProperty],
	execute: async (context, items) =>
		await forEachItem(context, items, async (itemIndex) => {
			const id = context.getNodeParameter('exceptionId', itemIndex) as string;
			const { body } = await call(context, {
				method: 'GET',
				path: `/v1/exceptions/${inPath('Exception ID', id)}`,
				itemIndex,
			});
			return body;
		}),
};
