import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { callTruce } from './transport/call';

interface PolicyText {
	systems?: IDataObject;
	entities?: { [name: string]: { fields?: IDataObject } };
}

async function policyOf(context: ILoadOptionsFunctions): Promise<PolicyText> {
	const { body } = await callTruce(context, { method: 'GET', path: '/v1/policy' });
	return body.policy as PolicyText;
}

const optionsOf = (names: Iterable<string>): INodePropertyOptions[] =>
	[...new Set(names)].sort().map((name) => ({ name, value: name }));

/** Systems of the policy in force. */
export async function getSystems(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return optionsOf(Object.keys((await policyOf(this)).systems ?? {}));
}

/** Entities of the policy in force. */
export async function getEntities(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return optionsOf(Object.keys((await policyOf(this)).entities ?? {}));
}

/** Fields of the chosen entity, or of all of them while none is chosen. */
export async function getFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const { entities = {} } = await policyOf(this);
	const chosen = this.getCurrentNodeParameter('entity') as string | undefined;
	const shown = chosen && entities[chosen] ? [entities[chosen]] : Object.values(entities);
	return optionsOf(shown.flatMap((entity) => Object.keys(entity.fields ?? {})));
}

/** Rules that the policy uses. */
export async function getRules(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const { entities = {} } = await policyOf(this);
	const rules = Object.values(entities).flatMap((entity) =>
		Object.values((entity.fields ?? {}) as { [name: string]: { rule?: string } }),
	);
	return optionsOf(rules.map((field) => field.rule ?? '').filter(Boolean));
}
