import assert from 'node:assert/strict';

import type { IDataObject } from 'n8n-workflow';

import { TruceStore } from '../../nodes/nodes/TruceStore/TruceStore.node';
import { contextOf, type Setting } from './context';
import { conflictPair, hubspotContact } from './records';
import type { Sidecar } from './sidecar';

export const settleWith = (status: string, more: IDataObject = {}): IDataObject => ({
	deliveryId: '={{ $json.id }}',
	attempt: '={{ $json.attempt }}',
	status,
	...more,
});

export const givenUp = settleWith('failed', {
	errorClass: 'permanent',
	errorMessage: 'no',
	refusedFields: '',
	retryAfterSeconds: 0,
});

/** Truce Store at a real sidecar, and what it needs to have something to do. */
export class Desk {
	private names = 0;

	constructor(readonly sidecar: Sidecar) {}

	store = async (
		resource: string,
		operation: string,
		parameters: IDataObject = {},
		items: IDataObject[] = [{}],
		rest: Partial<Setting> = {},
	) => {
		const { context, traffic } = contextOf('truceStore', {
			credentials: this.sidecar.credentials,
			parameters: { resource, operation, ...parameters },
			inputs: [items],
			...rest,
		});
		const [output] = await new TruceStore().execute.call(context);
		return { output, lines: output.map((item) => item.json), traffic };
	};

	async tell(system: string, record: IDataObject): Promise<IDataObject> {
		const body = { system, entity: 'contact', record };
		const { results } = await this.sidecar.ask('/v1/events', body);
		return results[0];
	}

	/** A contact that waits to be created in Salesforce. */
	async newDelivery(): Promise<IDataObject> {
		const outcome = await this.tell('hubspot', hubspotContact(`s${++this.names}`, {}));
		return (outcome.deliveries as IDataObject[])[0];
	}

	/** A change that waits to be written to a Salesforce record. */
	async newUpdate(): Promise<IDataObject> {
		const create = await this.newDelivery();
		const name = `s${this.names}`;
		await this.store('delivery', 'settle', settleWith('delivered', { recordId: `003${name}` }), [
			create,
		]);
		const later = hubspotContact(name, { firstname: 'Rose' }, '2026-05-14T10:00:00.000Z');
		const [delivery] = (await this.tell('hubspot', later)).deliveries as IDataObject[];
		assert.equal(delivery?.op, 'update');
		return delivery;
	}

	/** A conflict that waits for a person. */
	async newQuestion(): Promise<IDataObject> {
		const pair = conflictPair(`q${++this.names}`);
		await this.tell('hubspot', pair.hubspot);
		const outcome = await this.tell('salesforce', pair.salesforce);
		const [conflict] = outcome.conflicts as IDataObject[];
		return await this.sidecar.ask(`/v1/exceptions/${conflict.exception_id}`);
	}

	/** The delivery when it is due again. */
	async claimed(delivery: IDataObject): Promise<IDataObject> {
		for (let tries = 0; tries < 100; tries++) {
			const { lines } = await this.store('delivery', 'claim', {
				maxDeliveries: 100,
				leaseSeconds: 60,
			});
			const found = lines.find((line) => line.id === delivery.id);
			if (found) return found;
			await new Promise((done) => setTimeout(done, 100));
		}
		throw new Error('it did not become due');
	}
}
