import type { INodeProperties } from 'n8n-workflow';

import type { Operation, Resource } from './operation';
import { resources } from './operations';

const resourceProperty: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: resources.map(({ name, value }) => ({ name, value })),
	default: 'delivery',
};

function operationProperty({ value, operations }: Resource): INodeProperties {
	const [first] = operations.map((operation) => operation.value);
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: operations.map(optionOf),
		default: first,
	};
}

const optionOf = ({ name, value, action, description }: Operation) => ({
	name,
	value,
	action,
	description,
});

/** A form's property, shown only for its own operation. */
const shownFor = (resource: Resource, operation: Operation) => (property: INodeProperties) => ({
	...property,
	displayOptions: {
		...property.displayOptions,
		show: {
			...property.displayOptions?.show,
			resource: [resource.value],
			operation: [operation.value],
		},
	},
});

const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeoutSeconds',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 300 },
			default: 30,
			description: 'How long to wait for Truce',
		},
	],
};

export const properties: INodeProperties[] = [
	resourceProperty,
	...resources.map(operationProperty),
	...resources.flatMap((resource) =>
		resource.operations.flatMap((operation) =>
			operation.properties.map(shownFor(resource, operation)),
		),
	),
	optionsProperty,
];
