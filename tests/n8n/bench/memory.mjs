// Memory of processes and all their children, from Linux's /proc.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

function childrenOf(pid) {
	return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
		readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
	);
}
const familyOf = (pid) => [pid, ...childrenOf(pid).flatMap(familyOf)];

function sumOf(line, pids) {
	const kibibytes = pids.flatMap(familyOf).map((pid) => {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(new RegExp(`^${line}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
	});
	return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

const RESET_PEAK = '5';
export function resetPeak(pids) {
	for (const pid of pids.flatMap(familyOf)) writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
}

/** Each process's own peak, added up, although they need not be at the same moment. */
export const peakMiB = (pids) => sumOf('VmHWM', pids);
export const residentMiB = (pids) => sumOf('VmRSS', pids);
