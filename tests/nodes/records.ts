import type { IDataObject } from 'n8n-workflow';

/** A HubSpot contact as its API gives it. */
export const hubspotContact = (
	id: string,
	properties: IDataObject,
	at = '2026-05-12T10:00:00.000Z',
): IDataObject => ({
	id,
	properties: {
		email: `${id}@example.com`,
		lastname: 'Okafor',
		lastmodifieddate: at,
		...properties,
	},
});

/** A Salesforce contact as n8n's Salesforce node gives it. */
export const salesforceContact = (
	id: string,
	fields: IDataObject,
	at = '2026-05-12T10:00:00.000+0000',
): IDataObject => ({
	attributes: { type: 'Contact', url: `/services/data/v59.0/sobjects/Contact/${id}` },
	Id: id,
	LastName: 'Okafor',
	SystemModstamp: at,
	...fields,
});

/** Two records that differ in money: a question for a person. */
export const conflictPair = (name: string) => ({
	hubspot: hubspotContact(`h-${name}`, {
		email: `${name}@example.com`,
		contract_value: '100',
		contract_currency: 'EUR',
	}),
	salesforce: salesforceContact(`0030000000${name.padStart(5, '0')}`, {
		Email: `${name}@example.com`,
		Contract_Value__c: '200.00',
		CurrencyIsoCode: 'EUR',
	}),
});
