// Memory of a process and all its children, from Linux's /proc.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

function childrenOf(pid) {
	return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
		readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
	);
}
const familyOf = (pid) => [pid, ...childrenOf(pid).flatMap(familyOf)];

function sumOf(line, pid) {
	const kibibytes = familyOf(pid).map((member) => {
		const status = readFileSync(`/proc/${member}/status`, 'utf8');
		return Number(new RegExp(`^${line}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
	});
	return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

const RESET_PEAK = '5';
export function resetPeak(pid) {
	for (const member of familyOf(pid)) writeFileSync(`/proc/${member}/clear_refs`, RESET_PEAK);
}

/** Each process's own peak, added up, although they need not be at the same moment. */
export const peakMiB = (pid) => sumOf('VmHWM', pid);
export const residentMiB = (pid) => sumOf('VmRSS', pid);
