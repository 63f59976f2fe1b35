import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

/** An output item that remembers the input items it came from. */
export const itemFrom = (
	json: unknown,
	pairedItem: INodeExecutionData['pairedItem'],
): INodeExecutionData => ({ json: json as IDataObject, pairedItem });

export const errorItem = (error: unknown, itemIndex: number): INodeExecutionData => ({
	json: { error: error instanceof Error ? error.message : String(error) },
	pairedItem: { item: itemIndex },
});

/** What leaves a node is always an error of n8n’s own kinds, with the item it is about. */
export function asNodeError(context: IExecuteFunctions, error: unknown, itemIndex?: number): Error {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined && error.context.itemIndex === undefined) {
			error.context.itemIndex = itemIndex;
		}
		return error;
	}
	return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
}
