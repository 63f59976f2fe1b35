import type { Resource } from '../operation';
import { getAll as getAlerts } from './alert/getAll';
import { checkpoint } from './audit/checkpoint';
import { getAll as getAudit } from './audit/getAll';
import { verify } from './audit/verify';
import { get as getCursor } from './cursor/get';
import { save as saveCursor } from './cursor/save';
import { claim as claimDeliveries } from './delivery/claim';
import { discard } from './delivery/discard';
import { extend } from './delivery/extend';
import { getAll as getDeliveries } from './delivery/getAll';
import { replay as replayDelivery } from './delivery/replay';
import { settle } from './delivery/settle';
import { claim as claimException } from './exception/claim';
import { dismiss } from './exception/dismiss';
import { get as getException } from './exception/get';
import { getAll as getExceptions } from './exception/getAll';
import { replay as replayExceptions } from './exception/replay';
import { resolve } from './exception/resolve';
import { getAll as getLinks } from './link/getAll';
import { accept } from './migration/accept';
import { apply } from './migration/apply';
import { get as getMigration } from './migration/get';
import { plan } from './migration/plan';
import { undo } from './migration/undo';
import { abandon } from './reconciliation/abandon';
import { addPage } from './reconciliation/addPage';
import { complete } from './reconciliation/complete';
import { get as getReconciliation } from './reconciliation/get';
import { getAll as getReconciliations } from './reconciliation/getAll';
import { getDiscrepancies } from './reconciliation/getDiscrepancies';
import { open } from './reconciliation/open';
import { explain } from './record/explain';
import { get as getRecord } from './record/get';
import { history } from './record/history';
import { get as getStatistics } from './statistics/get';
import { run as runUndo } from './undo/run';

export const resources: Resource[] = [
	{ name: 'Alert', value: 'alert', operations: [getAlerts] },
	{ name: 'Audit Trail', value: 'audit', operations: [checkpoint, getAudit, verify] },
	{ name: 'Cursor', value: 'cursor', operations: [getCursor, saveCursor] },
	{
		name: 'Delivery',
		value: 'delivery',
		operations: [claimDeliveries, discard, extend, getDeliveries, replayDelivery, settle],
	},
	{
		name: 'Exception',
		value: 'exception',
		operations: [claimException, dismiss, getException, getExceptions, replayExceptions, resolve],
	},
	{ name: 'Golden Record', value: 'record', operations: [explain, getRecord, history] },
	{ name: 'Link', value: 'link', operations: [getLinks] },
	{
		name: 'Migration',
		value: 'migration',
		// In the order of the work.
		operations: [plan, apply, getMigration, accept, undo],
	},
	{
		name: 'Reconciliation',
		value: 'reconciliation',
		// In the order of the work: the first is what a new node begins with.
		operations: [
			open,
			addPage,
			complete,
			getReconciliation,
			getDiscrepancies,
			getReconciliations,
			abandon,
		],
	},
	{ name: 'Statistic', value: 'statistics', operations: [getStatistics] },
	{ name: 'Undo', value: 'undo', operations: [runUndo] },
];
