import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Config, EMPTY_CONFIG } from './config.ts';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

function config(yaml: string): Config {
  const parsed = parseConfig(yaml);
  assert(parsed.ok, JSON.stringify(parsed.ok ? '' : parsed.problems));
  return parsed.config;
}

const base = `
peers:
  - { aeTitle: CT1, from: 192.0.2.0/24, certSha256: ${'ab'.repeat(32)}, allow: [echo, store] }
  - { aeTitle: '1234', from: 192.0.2.7 }
destinations:
  - { name: pacs, host: pacs.example.org, port: 104, called: PACS, tls: true }
  - { name: backup, host: 192.0.2.9, port: 104, called: B, commitment: true }
routes:
  - { from: CT1, to: pacs }
  - { from: '*', to: backup }
`;

test('[CFG-10] nothing to do when only order differs', () => {
  const one = config(base);
  const reversed = {
    peers: one.peers.toReversed().map((peer) => ({ ...peer, allow: peer.allow.toReversed() })),
    destinations: one.destinations.toReversed(),
    routes: one.routes.toReversed(),
  };
  assert.deepEqual(planConfig(one, reversed).changes, []);
  assert.equal(planConfig(one, reversed).isEmpty, true);
});

test('[CFG-10] lists what is added, removed and changed, field by field', () => {
  const wanted = config(`
peers: [{ aeTitle: CT1, from: 192.0.2.0/25, certSha256: ${'ab'.repeat(32)} }, { aeTitle: MR2, from: 192.0.2.8 }]
destinations: [{ name: pacs, host: pacs.example.org, port: 104, called: PACS, tls: true }]
routes: [{ from: '*', to: pacs }]
`);
  const plan = planConfig(config(base), wanted);
  assert.deepEqual(
    plan.changes.map((change) => `${change.action} ${change.kind} ${change.name}`),
    [
      'remove peer 1234',
      'change peer CT1',
      'add peer MR2',
      'remove destination backup',
      'remove route * → backup',
      'add route * → pacs',
      'remove route CT1 → pacs',
    ],
  );
  assert.deepEqual(plan.changes[1]?.fields, [{ field: 'from', before: '192.0.2.0/24', after: '192.0.2.0/25' }]);
  assert.equal(plan.changes[1]?.text.fr, 'Modifier le correspondant CT1 : from 192.0.2.0/24 → 192.0.2.0/25.');
  assert.equal(plan.changes[1]?.text.en, 'Change peer CT1: from 192.0.2.0/24 → 192.0.2.0/25.');
});

test('[CFG-11] removing a destination with pending deliveries says how many wait', () => {
  const plan = planConfig(config(base), EMPTY_CONFIG, { pendingByDestination: new Map([['pacs', 12]]) });
  const removal = plan.changes.find((change) => change.name === 'pacs');
  assert.match(removal?.dangers[1]?.fr ?? '', /12 livraisons en attente/);
  assert.match(removal?.dangers[1]?.en ?? '', /12 pending deliveries/);
  assert.equal(plan.isDangerous, true);
});

test('[CFG-11] adding what is ordinary is not dangerous', () => {
  const plan = planConfig(EMPTY_CONFIG, config(base));
  assert.equal(plan.isDangerous, false);
  assert.equal(plan.changes.length, 6);
});

for (const [name, before, after, pattern] of [
  ['TLS taken away', 'tls: true', 'tls: false', /unencrypted/],
  ['another certificate', 'ab'.repeat(32), 'cd'.repeat(32), /certificate is no longer the same/],
  ['a right taken away', '[echo, store]', '[echo]', /loses the right to ask for: store/],
  ['every address let in', '192.0.2.7', '0.0.0.0/0', /Any address/],
  [
    'every private class let in',
    'from: 192.0.2.7',
    "from: 192.0.2.7, privateSopClasses: ['*']",
    /Any private SOP class/,
  ],
  ['a destination moved', 'host: pacs.example.org', 'host: other.example.org', /new address/],
] as const) {
  test(`[CFG-11] flags ${name}`, () => {
    const plan = planConfig(config(base), config(base.replace(before, after)));
    assert.equal(plan.changes.length, 1);
    assert.match(plan.changes[0]?.dangers.map((danger) => danger.en).join(' ') ?? '', pattern);
  });
}

test('[CFG-12] doubts a route from nobody and a peer whose objects go nowhere', () => {
  const plan = planConfig(
    EMPTY_CONFIG,
    config(
      'peers: [{ aeTitle: CT1, from: 192.0.2.1 }]\ndestinations: [{ name: pacs, host: a, port: 1, called: A }]\nroutes: [{ from: CT2, to: pacs }]',
    ),
  );
  assert.deepEqual(
    plan.doubts.map((doubt) => doubt.name),
    ['CT2 → pacs', 'CT1'],
  );
});

test('[CFG-13] what is rendered parses back to the same, and renders the same', () => {
  const one = config(base);
  const yaml = renderConfig(one);
  assert.equal(planConfig(one, config(yaml)).isEmpty, true);
  assert.equal(renderConfig(config(yaml)), yaml);
  assert.equal(renderConfig({ ...one, peers: one.peers.toReversed() }), yaml);
});

test('[CFG-13] titles that look like other YAML values stay titles', () => {
  const titles = [
    '1234',
    'true',
    'null',
    '~',
    '1e3',
    '0x1F',
    '*',
    '- A',
    'A: B',
    '#A',
    "'",
    '"',
    '{}',
    '&a',
    '!a',
    '%A',
    '@A',
    '`A',
    '>',
    '|',
    '.5',
    '_',
    'no',
    '2026-01-01',
  ];
  const yaml = renderConfig({
    ...EMPTY_CONFIG,
    peers: titles.map((title) => ({
      aeTitle: title as never,
      from: '192.0.2.1/32',
      allow: ['echo'],
      whenHeld: 'tell',
      privateSopClasses: [],
    })),
  });
  assert.deepEqual(new Set(config(yaml).peers.map((peer) => peer.aeTitle)), new Set(titles));
});

test('[CFG-37] ClamAV is planned like the rest: added, changed field by field, removed with a warning; what is rendered parses back', () => {
  const none = config('peers: []');
  const some = config('clamav: { address: /run/clamav/clamd.ctl }');
  const less = config("clamav: { address: '127.0.0.1:3310', maxStreamBytes: 1000000 }");
  const told = (from: Config, to: Config) =>
    planConfig(from, to).changes.map(({ text, dangers }) => [text.en, dangers.length]);
  assert.deepEqual(told(some, some), []);
  assert.deepEqual(told(none, some), [['Add ClamAV.', 0]]);
  assert.deepEqual(told(some, none), [['Remove ClamAV.', 1]]);
  assert.deepEqual(told(some, less), [
    ['Change ClamAV: address /run/clamav/clamd.ctl → 127.0.0.1:3310; maxStreamBytes 104857600 → 1000000.', 1],
  ]);
  assert.deepEqual(config(renderConfig(less)).clamav, less.clamav);
});

test('[CONT-107] the continuity set is planned, shown and written back like any setting', () => {
  const none = config('peers: []');
  const some = config('continuity: { days: 30 }');
  assert.deepEqual(some.continuity, {
    ...{ days: 30, budgetBytes: 500_000_000_000, priorsPerPatient: 3, autonomyDays: 42 },
  });
  assert.equal(planConfig(none, some).changes[0]?.text.en, 'Add the continuity set.');
  const less = config('continuity: { days: 2 }');
  assert.equal(planConfig(some, less).changes[0]?.text.en, 'Change the continuity set: days 30 → 2.');
  assert.deepEqual(planConfig(some, none).changes[0]?.dangers, []);
  assert.deepEqual(config(renderConfig(less)).continuity, less.continuity);
});
