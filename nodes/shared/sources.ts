import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/**
 * What n8n's own nodes and triggers hand on, and the preset of the sidecar that reads it. The
 * shapes themselves are the sidecar's business.
 */
interface Source extends INodePropertyOptions {
	preset?: string;
	/** The record does not say what it is: the entity has to be chosen. */
	entity: 'needed' | 'optional' | 'unused';
	notice?: string;
}

export const SOURCES: Source[] = [
	{
		name: 'HubSpot (Node)',
		value: 'hubspotNode',
		preset: 'hubspot.record',
		entity: 'optional',
		description:
			'Contacts, companies, deals or tickets from n8n’s HubSpot node, or from HubSpot’s API',
	},
	{
		name: 'HubSpot (Trigger or Webhook)',
		value: 'hubspotTrigger',
		preset: 'hubspot.webhook',
		entity: 'optional',
		description: 'Events from n8n’s HubSpot Trigger, or a HubSpot webhook’s body',
		notice:
			'A creation tells only which record it was: such items leave by the output Incomplete. Fetch the record with a HubSpot node and send it to a second Truce Resolve. n8n’s HubSpot Trigger loses the ID of “object.*” events (new style subscriptions): receive those with a Webhook node instead.',
	},
	{
		name: 'Other (Record as the System Sends It)',
		value: 'record',
		entity: 'needed',
		description:
			'Any record in the shape that the policy maps: each item is the record of one change',
	},
	{
		name: 'Pipedrive (Node)',
		value: 'pipedriveNode',
		preset: 'pipedrive.record',
		entity: 'optional',
		description:
			'Persons, organizations or deals from n8n’s Pipedrive node, or from Pipedrive’s API',
		notice:
			'Leave “Resolve Properties” of the Pipedrive node off: it replaces keys and IDs by labels.',
	},
	{
		name: 'Pipedrive (Trigger or Webhook)',
		value: 'pipedriveTrigger',
		preset: 'pipedrive.webhook',
		entity: 'optional',
		description: 'Events from n8n’s Pipedrive Trigger, or a Pipedrive webhook’s body',
	},
	{
		name: 'Salesforce (Change Data Capture)',
		value: 'salesforceCdc',
		preset: 'salesforce.cdc',
		entity: 'optional',
		description:
			'Decoded change events, as a CometD or Pub/Sub client sends them to a Webhook node',
	},
	{
		name: 'Salesforce (Node or Trigger)',
		value: 'salesforceNode',
		preset: 'salesforce.record',
		entity: 'optional',
		description: 'Rows from n8n’s Salesforce node or Salesforce Trigger, with their attributes',
		notice:
			'n8n’s Salesforce Trigger drops the second update of a record that comes within its overlap of 15 minutes. Add a Schedule Trigger with Salesforce > Get Many of what changed since yesterday and send that to Truce Resolve as well: what Truce knows already changes nothing. The same workflow brings fields that the node’s short default list leaves out.',
	},
	{
		name: 'Stripe (Node)',
		value: 'stripeNode',
		preset: 'stripe.record',
		entity: 'optional',
		description: 'Customers and other objects from n8n’s Stripe node, or from Stripe’s API',
		notice:
			'A Stripe object does not say when it changed. Prefer the Stripe Trigger where the time of a change decides.',
	},
	{
		name: 'Stripe (Trigger or Webhook)',
		value: 'stripeTrigger',
		preset: 'stripe.event',
		entity: 'optional',
		description: 'Events from n8n’s Stripe Trigger, or a Stripe webhook’s body',
	},
	{
		name: 'Truce Event',
		value: 'event',
		entity: 'unused',
		description: 'Items that already are events of Truce: system, entity, record and so on',
	},
	{
		name: 'Zendesk (Node)',
		value: 'zendeskNode',
		preset: 'zendesk.record',
		entity: 'optional',
		description: 'Tickets, users or organizations from n8n’s Zendesk node, or from Zendesk’s API',
	},
	{
		name: 'Zendesk (Trigger)',
		value: 'zendeskTrigger',
		preset: 'zendesk.trigger',
		entity: 'optional',
		description: 'What a Zendesk trigger’s template sends: an ID and nothing more',
		notice:
			'n8n’s Zendesk Trigger tells only which ticket it was: its items leave by the output Incomplete. Fetch the ticket with a Zendesk node and send it to a second Truce Resolve.',
	},
	{
		name: 'Zendesk (Webhook Event)',
		value: 'zendeskEvent',
		preset: 'zendesk.event',
		entity: 'optional',
		description: 'Events of a Zendesk webhook (zen:event-type:…) received by a Webhook node',
	},
];

export const sourceNamed = (value: string): Source => {
	const source = SOURCES.find((one) => one.value === value);
	if (!source) throw new Error(`There is no source called “${value}”`);
	return source;
};

/** Hands on records as they are read: other than an event, they say what a system holds. */
export const handsOnRecords = ({ preset, entity }: Source): boolean =>
	preset ? preset.endsWith('.record') : entity === 'needed';

const valuesOf = (wanted: (source: Source) => boolean) =>
	SOURCES.filter(wanted).map((source) => source.value);

export const sourcesWithSystem = valuesOf((source) => source.entity !== 'unused');
export const sourcesNeedingEntity = valuesOf((source) => source.entity === 'needed');
export const sourcesWithOptionalEntity = valuesOf((source) => source.entity === 'optional');

export const sourceNotices: INodeProperties[] = SOURCES.filter((source) => source.notice).map(
	(source) => ({
		displayName: source.notice as string,
		name: `${String(source.value)}Notice`,
		type: 'notice',
		default: '',
		displayOptions: { show: { source: [source.value] } },
	}),
);

export const sourceOptions: INodePropertyOptions[] = SOURCES.map(
	({ name, value, description }) => ({
		name,
		value,
		description,
	}),
);
