// A worker: one client that posts single events until it is told to stop, and answers with the latencies
// in ms. A thread of its own, so that what the benchmark itself does meanwhile is not measured.
import { parentPort, workerData } from 'node:worker_threads';

const { url, token, records } = workerData;
let isStopped = false;
parentPort.once('message', () => (isStopped = true));

const latencies = [];
for (let i = 0; !isStopped; i++) {
	const record = records[i % records.length];
	record.properties.title = `T${i}`;
	record.properties.lastmodifieddate = new Date().toISOString();
	const begun = performance.now();
	const reply = await fetch(`${url}/v1/events?hand_out=false`, {
		method: 'POST',
		headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
		body: JSON.stringify({ system: 'hubspot', entity: 'contact', record }),
	});
	const answer = await reply.text();
	latencies.push(performance.now() - begun);
	if (!reply.ok) throw new Error(answer);
}
parentPort.postMessage(latencies);
