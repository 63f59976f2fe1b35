// Companies and deals, of which no webhook comes: workflow 10 applies what its form asks for, and plans.
import { setTimeout as pause } from 'node:timers/promises';

import { HubSpot } from './fakes/hubspot.mjs';
import { Salesforce } from './fakes/salesforce.mjs';
import { EVENT_TRAVEL_MS } from './slow_loop.mjs';

const WEEKLY = 'truceWeekly00010';
const FORM = 'fcfd83fd-dab2-5cbe-b160-df125acc19f1';
const PAIRS = 6;
const NO_FAULTS = { refuse: 0, fail: 0, lose: 0, webhookLost: 0, webhookDoubled: 0 };

export class Attribution {
	constructor(dice) {
		this.companies = new HubSpot(dice, NO_FAULTS, 'companies');
		this.deals = new HubSpot(dice, NO_FAULTS, 'deals');
		this.accounts = new Salesforce(dice, NO_FAULTS, 'Account');
		this.opportunities = new Salesforce(dice, NO_FAULTS, 'Opportunity');
	}

	/** The same in both CRMs; but phone numbers and amounts are missing in HubSpot, and one of each kind is
	 * missing in Salesforce. */
	fill() {
		for (let index = 0; index < PAIRS; index++) {
			const [name, domain] = [`Company ${index}`, `company${index}.example.com`];
			const website = `https://${domain}`;
			this.companies.insertQuietly({ name, domain, website });
			const deal = { deal_number: `D-${index}`, dealname: `Deal ${index}` };
			this.deals.insertQuietly({ ...deal, dealstage: 'contractsent' });
			if (index === 0) continue;
			const phone = `+1 202-555-010${index}`;
			this.accounts.insertQuietly({ Name: name, Website: website, Phone: phone });
			this.opportunities.insertQuietly({
				Deal_Number__c: deal.deal_number,
				Name: deal.dealname,
				StageName: 'Negotiation/Review',
				Amount: index * 100,
			});
		}
	}

	doCompaniesAgree = () =>
		[...this.companies.records.values()].every(({ fields }) => {
			const theirs = this.accounts.findBy('Name', fields.name);
			return theirs && digitsOf(theirs.fields.Phone) === digitsOf(fields.phone);
		});

	doDealsAgree = () =>
		[...this.deals.records.values()].every(({ fields }) => {
			const theirs = this.opportunities.findBy('Deal_Number__c', fields.deal_number);
			return theirs && Number(theirs.fields.Amount ?? 0) === Number(fields.amount ?? 0);
		});

	async apply({ n8n, until, verdict }) {
		this.fill();
		for (const [kind, doAgree, crm] of [
			['company', this.doCompaniesAgree, this.companies],
			['deal', this.doDealsAgree, this.deals],
		]) {
			const form = new FormData();
			form.set('field-0', kind);
			form.set('field-1', '3');
			const reply = await fetch(`${n8n.url}/form/${FORM}`, { method: 'POST', body: form });
			const isDone = reply.ok && (await until(`each ${kind} agrees`, async () => doAgree()));
			const inBulk = crm.calls.filter((call) => call.kind === 'bulk');
			verdict.expect(
				`the form of workflow 10 makes both CRMs agree: ${kind}`,
				isDone && inBulk.reduce((sum, call) => sum + call.records, 0) === PAIRS - 1,
				`form ${reply.status}, ${inBulk.length} bulk calls in HubSpot`,
			);
		}
	}

	/** By n8n's own command line, after an edit of each kind. */
	async plan({ n8n, sidecar, slack, verdict }) {
		const all = [this.companies, this.deals, this.accounts, this.opportunities];
		const [company] = this.companies.records.keys();
		this.companies.editQuietly(company, { phone: '+1 202-555-0199' });
		const [opportunity] = this.opportunities.records.keys();
		this.opportunities.editQuietly(opportunity, { Amount: 4711 });
		for (const crm of all) crm.calls = [];
		await pause(EVENT_TRAVEL_MS);
		const told = slack.messages.length;
		await n8n.cli('execute', `--id=${WEEKLY}`);
		const runs = await sidecar.list('/v1/reconciliations', 'reconciliations');
		const [ofCompanies, ofDeals] = runs.slice(-2);
		const messages = slack.messages.slice(told).map(({ text }) => text ?? '');
		verdict.expect(
			'a plan says what would change, and changes nothing',
			[ofCompanies, ofDeals].every(
				({ mode, different, matched }) =>
					mode === 'plan' && different === 1 && matched === PAIRS - 1,
			) &&
				ofCompanies.entity === 'company' &&
				ofDeals.entity === 'deal' &&
				all.flatMap((crm) => crm.calls).every(({ kind }) => kind === 'page') &&
				messages.filter((text) => /would follow/.test(text)).length === 2 &&
				messages.filter((text) => /For example/.test(text)).length === 1,
			`${ofCompanies.different} and ${ofDeals.different} differ; ${messages.at(-1)}`,
		);
	}
}

const digitsOf = (text) => (text ?? '').replaceAll(/\D/g, '');
