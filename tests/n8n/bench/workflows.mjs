// The workflows that are measured. What merges two lists does it in four ways: as most people build it,
// as experts do, with Truce Merge, and not at all.

const credentialsOf = (name) => ({ truceApi: { id: name, name } });
const node = (name, type, typeVersion, parameters, more = {}) => ({
	id: name,
	name,
	type,
	typeVersion,
	parameters,
	position: [0, 0],
	...more,
});
const code = (name, jsCode) => node(name, 'n8n-nodes-base.code', 2, { jsCode });
const webhook = (path) =>
	node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'noData', options: {} },
		{ webhookId: path },
	);
const chain = (...links) => {
	const connections = {};
	for (const [from, to, output = 0, input = 0] of links) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output].push({ node: to, type: 'main', index: input });
	}
	return connections;
};
/** The id of a workflow is its webhook's path, as long as n8n wants it. */
export const idOf = (path) => `bench${path}`.padEnd(16, '0');
const workflow = (path, nodes, connections) => ({
	id: idOf(path),
	name: path,
	nodes: [webhook(path), ...nodes],
	connections,
	active: false,
	settings: { executionOrder: 'v1' },
});

const recordNode = node('Record', 'n8n-nodes-base.set', 3.4, {
	mode: 'raw',
	jsonOutput: '={{ JSON.stringify($json.body) }}',
	options: {},
});
const resolveNode = node(
	'Resolve',
	'n8n-nodes-truce.truceResolve',
	1,
	{ source: 'record', system: 'hubspot', entity: 'contact', options: {} },
	{ credentials: credentialsOf('events') },
);
const settleNode = node(
	'Settle',
	'n8n-nodes-truce.truceStore',
	1,
	{
		resource: 'delivery',
		operation: 'settle',
		deliveryId: '={{ $json.id }}',
		attempt: '={{ $json.attempt }}',
		status: 'delivered',
		recordId: '=003{{ $json.id }}',
		lateResults: 'report',
		options: {},
	},
	{ credentials: credentialsOf('events') },
);

/** One event a call, beside a webhook that does nothing. */
export const eventWorkflows = () => [
	workflow(
		'nothing',
		[node('Nothing', 'n8n-nodes-base.noOp', 1, {})],
		chain(['Webhook', 'Nothing']),
	),
	workflow(
		'resolve',
		[recordNode, resolveNode],
		chain(['Webhook', 'Record'], ['Record', 'Resolve']),
	),
	workflow(
		'settle',
		[recordNode, resolveNode, settleNode],
		chain(['Webhook', 'Record'], ['Record', 'Resolve'], ['Resolve', 'Settle']),
	),
];

/** Four of five customers are in both systems, every other one of those differs; the shop's order is its own. */
const customersOf = (system) => `
const { count } = $('Webhook').first().json.body;
const isShop = ${system === 'shop'};
const pick = (list, n, salt) => list[(Math.imul(n + salt, 2654435761) >>> 8) % list.length];
const cities = ['Berlin', 'Paris', 'Madrid', 'Rome', 'Oslo', 'Wien', 'Praha', 'Lisboa'];
const customer = (n) => ({
  id: (isShop ? 's' : 'c') + n,
  email: 'customer' + n + '@example.com',
  name: 'Customer ' + n + ' Okafor',
  company: 'Company ' + (n % 5000) + ' GmbH',
  phone: '+4930' + (2000000 + n),
  city: pick(cities, n, 1),
  country: 'DE',
  plan: pick(['free', 'pro', 'team', 'enterprise'], n, 2),
  revenue: (n * 37 % 90000) / 100,
  status: pick(['lead', 'active', 'churned', 'paused'], n, 3),
  tags: [pick(['vip', 'eu', 'beta'], n, 4), pick(['partner', 'small', 'trial'], n, 5)],
  notes: 'note ' + (n * 7919 % 1000003) + ' lorem ipsum dolor sit amet',
  updated_at: new Date(1700000000000 + n * 60000).toISOString(),
});
const shared = Math.floor(count * 0.8);
const ofShop = (n) => {
  const other = customer(n < shared ? n : n + count);
  if (n >= shared || n % 2) return other;
  const hour = n % 4 ? 3600000 : -3600000;
  return {
    ...other,
    phone: '+4940' + (3000000 + n),
    city: cities[(cities.indexOf(other.city) + 1) % cities.length],
    revenue: other.revenue + 1,
    tags: [...other.tags, 'shop'],
    updated_at: new Date(Date.parse(other.updated_at) + hour).toISOString(),
  };
};
return Array.from({ length: count }, (_, index) => ({ json: isShop ? ofShop(index * 7919 % count) : customer(index) }));`;
const sources = [code('Crm', customersOf('crm')), code('Shop', customersOf('shop'))];
/** Both lists into the two inputs of a node. */
const intoBoth = (name) => [
	['Webhook', 'Crm'],
	['Webhook', 'Shop'],
	['Crm', name],
	['Shop', name, 0, 1],
];

/** The same rules as in the policy, as one writes them into a Code node. */
const RULES = `
const RULES = { name: 'crm', company: 'crm', phone: 'latest', city: 'latest', country: 'crm', plan: 'shop', revenue: 'shop', status: 'latest', tags: 'union', notes: 'crm', updated_at: 'greatest' };
const isBlank = (value) => value === null || value === undefined || value === '';
function decide(field, crm, shop, crmAt, shopAt) {
  const rule = RULES[field] ?? 'crm';
  if (isBlank(crm)) return { value: shop, rule: 'not blank', winner: 'shop' };
  if (isBlank(shop)) return { value: crm, rule: 'not blank', winner: 'crm' };
  if (rule === 'crm') return { value: crm, rule, winner: 'crm' };
  if (rule === 'shop') return { value: shop, rule, winner: 'shop' };
  if (rule === 'union') return { value: [...new Set([...crm, ...shop])], rule, winner: 'both' };
  if (rule === 'greatest') return { value: crm > shop ? crm : shop, rule, winner: crm > shop ? 'crm' : 'shop' };
  if (crmAt === shopAt) return { value: crm, rule, conflict: true };
  return crmAt > shopAt ? { value: crm, rule, winner: 'crm' } : { value: shop, rule, winner: 'shop' };
}
function normal(record) {
  return { ...record, email: record.email.trim().toLowerCase(), phone: record.phone.replace(/[^0-9+]/g, ''), name: record.name.replace(/\\s+/g, ' ').trim() };
}
const row = (record, decisions) => ({ json: {
  run: $execution.id,
  email: record.email,
  conflict: decisions.some((one) => one.conflict),
  changed: decisions.length,
  decisions: JSON.stringify(decisions),
  record: JSON.stringify(record),
} });`;
const decideDifferences = `${RULES}
return $input.all().map(({ json: { same, different } }) => {
  const record = { ...same }, decisions = [];
  const at = different.updated_at ?? { inputA: same.updated_at, inputB: same.updated_at };
  for (const [field, { inputA, inputB }] of Object.entries(different)) {
    if (field === 'id') continue;
    const { value, ...how } = decide(field, inputA, inputB, at.inputA, at.inputB);
    record[field] = value;
    decisions.push({ field, crm: inputA, shop: inputB, ...how });
  }
  return row(normal(record), decisions);
});`;
const joinByHash = `${RULES}
const shops = new Map();
for (const { json } of $input.all()) { const record = normal(json); shops.set(record.email, record); }
const rows = [];
for (const { json } of $('Crm').all()) {
  const crm = normal(json), shop = shops.get(crm.email);
  if (!shop) continue;
  const record = { ...crm }, decisions = [];
  for (const field of new Set([...Object.keys(crm), ...Object.keys(shop)])) {
    if (field === 'id' || JSON.stringify(crm[field]) === JSON.stringify(shop[field])) continue;
    const { value, ...how } = decide(field, crm[field], shop[field], crm.updated_at, shop.updated_at);
    record[field] = value;
    decisions.push({ field, crm: crm[field], shop: shop[field], ...how });
  }
  if (decisions.length) rows.push(row(record, decisions));
}
return rows;`;

export const KEPT_COLUMNS = [
	['run', 'string'],
	['email', 'string'],
	['conflict', 'boolean'],
	['changed', 'number'],
	['decisions', 'string'],
	['record', 'string'],
].map(([name, type]) => ({ name, type }));
/** Truce Merge says in its items what these two have to keep in a table of their own. */
const keepIn = (table) =>
	node('Keep', 'n8n-nodes-base.dataTable', 1, {
		resource: 'row',
		operation: 'insert',
		dataTableId: { __rl: true, mode: 'id', value: table },
		columns: { mappingMode: 'autoMapInputData', value: null },
		options: { optimizeBulk: true },
	});
const mergeNode = (output) =>
	node(
		'Merge',
		'n8n-nodes-truce.truceMerge',
		1,
		{
			entity: 'customer',
			numberInputs: 2,
			system1: 'crm',
			system2: 'shop',
			output,
			options: { timeoutSeconds: 300 },
		},
		{ credentials: credentialsOf('merges') },
	);
// Customers of two systems have two ids. Compare Datasets would take every pair for a difference.
const compareNode = node('Compare', 'n8n-nodes-base.compareDatasets', 2.3, {
	mergeByFields: { values: [{ field1: 'email', field2: 'email' }] },
	resolve: 'includeBoth',
	fuzzyCompare: false,
	options: { skipFields: 'id' },
});
const DIFFERENT = 2;

/** By the path of the webhook, with the node that says what differs. */
export const decidingNode = { cd: 'Decide', hash: 'Decide', truce: 'Merge', everything: 'Merge' };
const floorNode = (url) => node('Floor', 'CUSTOM.floor', 1, { url });

export const mergeWorkflows = ({ table, nowhereUrl }) => [
	workflow(
		'cd',
		[...sources, compareNode, code('Decide', decideDifferences), keepIn(table)],
		chain(...intoBoth('Compare'), ['Compare', 'Decide', DIFFERENT], ['Decide', 'Keep']),
	),
	workflow(
		'hash',
		[...sources, code('Decide', joinByHash), keepIn(table)],
		chain(['Webhook', 'Crm'], ['Crm', 'Shop'], ['Shop', 'Decide'], ['Decide', 'Keep']),
	),
	workflow('truce', [...sources, mergeNode('changed')], chain(...intoBoth('Merge'))),
	workflow('everything', [...sources, mergeNode('everything')], chain(...intoBoth('Merge'))),
	workflow('send', [...sources, floorNode(nowhereUrl)], chain(...intoBoth('Floor'))),
	workflow('floor', [...sources, floorNode(`${nowhereUrl}/back`)], chain(...intoBoth('Floor'))),
];
