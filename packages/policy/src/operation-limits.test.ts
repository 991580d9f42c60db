import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AeTitle, type Peer, type QueryLimits, SERVICES } from '@leadglass/model';
import { type OperationDecision, type OperationFacts, permitOperation } from './operation.ts';
import { isWithinHours, parseHours, tighterLimits } from './query-limits.ts';
import { type KeyFact, keysOfShape, shapeOf } from './query-shape.ts';
import { keysForSight, sightOf } from './visible.ts';

const WS1: Peer = {
  ...{ aeTitle: 'WS1' as AeTitle, from: '192.0.2.7/32', allow: SERVICES, whenHeld: 'tell', privateSopClasses: [] },
};
const CLASSES = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
  worklist: '1.2.840.10008.5.1.4.31',
} as const;
const called = (title: string) => ({
  ...{ name: title, host: 'h', port: 104, called: title as AeTitle, calling: 'L' as AeTitle, tls: false },
  commitment: false,
});
const RULES = { destinations: ['WS1', 'WS2', 'PACS'].map(called), relays: [] };

const ID: KeyFact = { tag: 0x00100020, form: 'single' };
const NAME: KeyFact = { tag: 0x00100010, form: 'wildcard' };
const LEADING: KeyFact = { ...NAME, leading: true };
const MODALITY: KeyFact = { tag: 0x00080061, form: 'single' };
const days = (spanDays?: number): KeyFact => ({
  ...{ tag: 0x00080020, form: 'range' },
  ...(spanDays === undefined ? {} : { spanDays }),
});

function ask(
  keys: readonly KeyFact[],
  queryLimits: QueryLimits = {},
  more: Partial<OperationFacts> & { readonly service?: keyof typeof CLASSES } = {},
): OperationDecision {
  const service = more.service ?? 'find';
  return permitOperation(
    { ...{ atMs: 0, sopClassUid: CLASSES[service] }, ...more, service, keys },
    { ...WS1, queryLimits },
    RULES,
  );
}

function codeOf(decision: OperationDecision): string {
  return decision.allowed ? 'allowed' : (decision.code ?? 'no code');
}

const NARROWING: readonly (readonly [string, readonly KeyFact[], QueryLimits, string])[] = [
  ['nothing', [], {}, 'sweep'],
  ['keys only asked back', [{ ...ID, form: 'universal' }], {}, 'sweep'],
  ['a patient ID', [ID], {}, 'allowed'],
  ['a list of UIDs', [{ tag: 0x0020000d, form: 'list' }], {}, 'allowed'],
  ['a modality alone', [MODALITY], {}, 'sweep'],
  ['an optional key', [{ tag: 0x00081030, form: 'wildcard' }], {}, 'sweep'],
  ['a private key', [{ tag: 0x00091001, form: 'single' }], {}, 'sweep'],
  ['a week', [days(7)], {}, 'allowed'],
  ['ten years', [days(3660)], {}, 'sweep'],
  ['ten years, allowed', [days(3660)], { mostDays: 3660 }, 'allowed'],
  ['ten years of a patient', [days(3660), ID], {}, 'allowed'],
  ['an open range', [days()], { mostDays: 36_600 }, 'sweep'],
  ['a month, where a week is most', [days(31)], { mostDays: 7 }, 'sweep'],
  ['a beginning of a name', [NAME], {}, 'allowed'],
  ['an end of a name', [LEADING], {}, 'sweep'],
  ['an end of a name and a day', [LEADING, days(1)], {}, 'allowed'],
  ['an end of a name, allowed', [LEADING], { nameWildcards: 'any' }, 'allowed'],
  ['a beginning, where none may be', [NAME, ID], { nameWildcards: 'none' }, 'name-wildcard'],
  ['a name as it is, where no wildcard may be', [{ ...NAME, form: 'single' }], { nameWildcards: 'none' }, 'allowed'],
  ['nothing, allowed', [], { sweeps: true }, 'allowed'],
];
for (const [name, keys, limits, expected] of NARROWING) {
  test(`[POLICY-176] a query by ${name}: ${expected}`, () => assert.equal(codeOf(ask(keys, limits)), expected));
}

test('[POLICY-177] a retrieval narrows as a query does; a worklist need not', () => {
  assert.equal(codeOf(ask([], {}, { service: 'move', moveDestination: 'WS1' })), 'sweep');
  assert.equal(codeOf(ask([], {}, { service: 'get' })), 'sweep');
  assert.equal(codeOf(ask([], {}, { service: 'worklist' })), 'allowed');
});

test('[POLICY-178] objects are moved to who asks and to the titles allowed, all of them known', () => {
  const to = (moveDestination: string, limits: QueryLimits = {}) =>
    codeOf(ask([ID], limits, { service: 'move', moveDestination }));
  assert.deepEqual([to('WS1'), to('WS2'), to('ELSEWHERE')], ['allowed', 'destination', 'unknown-destination']);
  assert.equal(to('WS2', { moveTo: ['WS2' as AeTitle] }), 'allowed');
  assert.equal(to('ELSEWHERE', { moveTo: ['ELSEWHERE' as AeTitle] }), 'unknown-destination');
});

test('[POLICY-179] hours are of the gateway’s day, over midnight too, and bind who asks, not who reports', () => {
  const at = (hour: number) => new Date(2026, 0, 5, hour, 30).getTime();
  const hours = '07:00-19:00';
  assert.equal(codeOf(ask([ID], { hours }, { atMs: at(8) })), 'allowed');
  assert.equal(codeOf(ask([ID], { hours }, { atMs: at(23) })), 'hours');
  assert.deepEqual(
    [parseHours('7:00-19:00'), parseHours('07:00-07:00'), parseHours('07:00-24:01')],
    [undefined, undefined, undefined],
  );
  assert.deepEqual([isWithinHours('22:00-06:00', 30), isWithinHours('22:00-06:00', 720)], [true, false]);
  assert.deepEqual([isWithinHours('00:00-24:00', 1439), isWithinHours('nonsense', 0)], [true, false]);
  const mpps = { service: 'mpps' as const, sopClassUid: '1.2.840.10008.3.1.2.3.3', keys: [], atMs: at(23) };
  assert.ok(permitOperation({ ...mpps, inLastMinute: 1e6 }, { ...WS1, queryLimits: { hours } }, RULES).allowed);
});

test('[POLICY-180] more in a minute than may be is refused, and the refusal says how much', () => {
  const limits = { perMinute: 10 };
  assert.equal(codeOf(ask([ID], limits, { inLastMinute: 9 })), 'allowed');
  const refused = ask([ID], limits, { inLastMinute: 10 });
  assert.ok(!refused.allowed);
  assert.match(refused.why.en, /"WS1" has made 10 requests within a minute already; the limit is 10/);
});

test('[POLICY-181] a refusal is not authorized, never a trouble that passes; it has a command, and holds no value', () => {
  const all = [
    ask([]),
    ask([days(800)]),
    ask([LEADING]),
    ask([NAME], { nameWildcards: 'none' }),
    ask([ID], { hours: '00:00-00:01' }, { atMs: new Date(2026, 0, 5, 12).getTime() }),
    ask([ID], { perMinute: 1 }, { inLastMinute: 1 }),
    ask([ID], {}, { service: 'move', moveDestination: 'WS2' }),
    permitOperation(
      { service: 'find', sopClassUid: CLASSES.find, keys: [ID], atMs: 0 },
      { ...WS1, allow: ['echo'] },
      RULES,
    ),
  ];
  const hints = all.map((each) => {
    assert.ok(!each.allowed);
    assert.equal(each.status, each.code === 'destination' ? 0xa801 : 0x0124);
    assert.match(each.comment, /^[\x20-\x7e]{1,64}$/);
    for (const said of [each.why.fr, each.why.en]) assert.ok(said.includes('WS1'));
    return each.hint.replace('./leadglass policy ', '');
  });
  assert.deepEqual(hints, [
    'limit WS1 --sweeps yes',
    'limit WS1 --most-days 800',
    'limit WS1 --names any',
    'limit WS1 --names trailing',
    'limit WS1 --hours 00:00-24:00',
    'limit WS1 --per-minute 2',
    'limit WS1 --move-to WS2',
    'allow WS1 find',
  ]);
});

test('[POLICY-182] what is allowed says how much of the answer passes, and tells of a wildcard in a name', () => {
  assert.deepEqual(ask([NAME], { mostResults: 7 }), {
    allowed: true,
    mostResults: 7,
    flags: ['patient-name-wildcard'],
  });
  assert.deepEqual(ask([ID]), { allowed: true, mostResults: 5000, flags: [] });
});

test('[POLICY-183] of a peer and its relay the tighter limits are in force', () => {
  const peer: QueryLimits = { mostResults: 10, modalities: ['CT', 'MR'], sweeps: true, nameWildcards: 'any' };
  const relay: QueryLimits = { mostResults: 100, modalities: ['MR', 'US'], mostDays: 7, nameWildcards: 'none' };
  const both = tighterLimits(peer, relay);
  assert.deepEqual(both, tighterLimits(relay, peer));
  assert.deepEqual(
    [both.mostResults, both.modalities, both.sweeps, both.mostDays, both.nameWildcards],
    [10, ['MR'], false, 7, 'none'],
  );
  assert.equal(tighterLimits(peer, undefined).nameWildcards, 'any');
});

test('[POLICY-184] an answer is seen when it says that it may be; one that does not say is not', () => {
  const ct = { modalities: ['CT'] };
  assert.equal(sightOf(ct, { modalities: ['MR', 'CT '] }), 'yes');
  assert.equal(sightOf(ct, { modalities: ['MR'] }), 'no');
  for (const modalities of [undefined, [], ['']]) {
    assert.equal(sightOf(ct, modalities === undefined ? {} : { modalities }), 'unknown');
  }
  const own = { station: 'CT1' };
  assert.equal(sightOf(own, { stations: ['CT1'] }), 'yes');
  assert.equal(sightOf(own, { stations: ['CT2'] }), 'no');
  assert.equal(sightOf(own, {}), 'unknown');
  assert.equal(sightOf(undefined, {}), 'yes');
  assert.deepEqual(keysForSight(ct, 'find', 'STUDY'), [0x00080061]);
  assert.deepEqual(keysForSight({ ...own, ...ct }, 'worklist', ''), [0x00080060, 0x00400001]);
  assert.deepEqual(keysForSight(undefined, 'find', 'STUDY'), []);
});

test('[POLICY-220] what is allowed says which answers are seen; a station is that of worklists alone', () => {
  const sight = (queryLimits: QueryLimits, service: keyof typeof CLASSES) => {
    const decision = ask([ID], queryLimits, { service, moveDestination: 'WS1' });
    return decision.allowed ? decision.sight : 'refused';
  };
  assert.deepEqual(sight({ modalities: ['CT'], ownStation: true }, 'worklist'), { modalities: ['CT'], station: 'WS1' });
  for (const service of ['find', 'move', 'get'] as const) {
    assert.deepEqual(sight({ modalities: ['CT'], ownStation: true }, service), { modalities: ['CT'] });
    assert.equal(sight({ ownStation: true }, service), undefined);
  }
});

test('[POLICY-221] the same question over the web takes a right of its own, and the same limits', () => {
  const peer: Peer = { ...WS1, allow: ['qido'] };
  const facts = { service: 'find', right: 'qido', sopClassUid: CLASSES.find, atMs: 0 } as const;
  assert.equal(permitOperation({ ...facts, keys: [ID] }, peer, RULES).allowed, true);
  assert.equal(codeOf(permitOperation({ ...facts, keys: [] }, peer, RULES)), 'sweep');
  assert.equal(codeOf(permitOperation({ ...facts, keys: [ID], right: 'wado' }, peer, RULES)), 'right');
  assert.equal(codeOf(permitOperation({ ...facts, keys: [ID], inLastMinute: 300 }, peer, RULES)), 'rate');
});

// A small generator of its own, so that a failure can be run again.
function* shapes(seed: number): Generator<readonly KeyFact[]> {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const tags = [0x00100010, 0x00100020, 0x00080020, 0x00080061, 0x0020000d, 0x00091001];
  const forms = ['universal', 'single', 'wildcard', 'range', 'list', 'sequence'] as const;
  for (let i = 0; i < 2_000; i += 1) {
    yield Array.from({ length: next(5) }, () => {
      const key = { tag: tags[next(tags.length)] ?? 0, form: forms[next(forms.length)] ?? 'single' };
      if (key.form === 'range') return { ...key, spanDays: 1 + next(5_000) };
      return key.form === 'wildcard' && next(2) === 0 ? { ...key, leading: true } : key;
    });
  }
}

test('[POLICY-185] one key more never turns what may be asked into what may not, and looser limits neither', () => {
  for (const keys of shapes(7)) {
    const isAllowed = ask(keys).allowed;
    assert.ok(!isAllowed || ask([...keys, ID]).allowed, JSON.stringify(keys));
    assert.ok(!isAllowed || ask(keys, { mostDays: 36_600, nameWildcards: 'any' }).allowed, JSON.stringify(keys));
    assert.ok(ask(keys, { sweeps: true }).allowed, JSON.stringify(keys));
  }
});

test('[POLICY-186] a shape is one short line without values, the same for the same shape, and judged no looser than what was asked', () => {
  for (const keys of shapes(11)) {
    const shape = shapeOf(keys);
    assert.match(shape, /^([0-9a-f]{8}:[a-z]+(:(leading|[0-9]{1,4}))? ?)*$/);
    assert.equal(shapeOf(keysOfShape(shape)), shape);
    assert.equal(shapeOf([...keys].reverse()), shape);
    assert.ok(!ask(keysOfShape(shape)).allowed || ask(keys).allowed, shape);
  }
  assert.deepEqual(keysOfShape('nonsense 00100010:wild 00100020:single'), [ID]);
  const many = Array.from({ length: 1000 }, (_, tag) => ({ tag, form: 'single' as const }));
  assert.ok(shapeOf(many).length < 1024);
});
