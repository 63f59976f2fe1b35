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

/** The places of items that belong together, in their order, in groups of at most `sizeMax`. */
export function groupIndexes(
	count: number,
	keyOf: (itemIndex: number) => string,
	sizeMax = Infinity,
): number[][] {
	const groups: number[][] = [];
	const open = new Map<string, number[]>();
	for (let index = 0; index < count; index++) {
		const group = open.get(keyOf(index));
		if (group && group.length < sizeMax) {
			group.push(index);
			continue;
		}
		open.set(keyOf(index), [index]);
		groups.push(open.get(keyOf(index)) as number[]);
	}
	return groups;
}

/** A batch of which one item is to go alone; halves where none is named. */
export function splitAround({ from, to }: Batch, place?: number): Batch[] {
	const middle = (from + to) >> 1;
	const cuts = place === undefined ? [from, middle, to] : [from, place, place + 1, to];
	return cuts
		.slice(1)
		.map((cut, index) => ({ from: cuts[index], to: cut }))
		.filter((part) => part.from < part.to);
}
