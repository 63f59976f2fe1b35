/** Pieces of a list of JSON texts, each small enough for one call. */
export interface Batch {
	from: number;
	/** One after the last. */
	to: number;
}

export const BATCH_ITEMS_MAX = 10_000;
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;

/** An item that is too large by itself is a batch of its own: the sidecar says what is wrong with it. */
export function splitIntoBatches(
	texts: string[],
	itemsMax = BATCH_ITEMS_MAX,
	bytesMax = BATCH_BYTES_MAX,
): Batch[] {
	const batches: Batch[] = [];
	let from = 0;
	let bytes = 0;
	texts.forEach((text, index) => {
		const size = Buffer.byteLength(text) + 1;
		if (index > from && (index - from >= itemsMax || bytes + size > bytesMax)) {
			batches.push({ from, to: index });
			from = index;
			bytes = 0;
		}
		bytes += size;
	});
	if (texts.length > from) batches.push({ from, to: texts.length });
	return batches;
}
