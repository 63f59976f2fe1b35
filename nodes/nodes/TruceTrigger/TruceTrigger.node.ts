import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { getSystems } from '../../shared/pickLists';
import { properties } from './description';
import { Watch } from './watch';

export class TruceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Truce Trigger',
		name: 'truceTrigger',
		icon: { light: 'file:../../icons/truce.svg', dark: 'file:../../icons/truce.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"] }}',
		description: 'Start a workflow when Truce has a question, an alert or writes that are due',
		defaults: { name: 'Truce Trigger' },
		eventTriggerDescription: '',
		activationMessage: 'From now on Truce is asked every few seconds.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'truceApi', required: true }],
		properties,
	};

	methods = { loadOptions: { getSystems } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const watch = new Watch(this);
		const closeFunction = async () => await watch.stop();
		if (this.getMode() === 'manual') {
			return { closeFunction, manualTriggerFunction: async () => await watch.sampleOnce() };
		}
		await watch.start();
		return { closeFunction };
	}
}
