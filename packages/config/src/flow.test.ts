import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Config, EMPTY_CONFIG } from './config.ts';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

const YAML = `
peers:
  - { aeTitle: CT1, from: 192.0.2.1, strictness: strict, whenUnfinished: deliver }
  - { aeTitle: MR1, from: 192.0.2.2 }
destinations: [{ name: pacs, host: pacs.example.org, port: 104, called: PACS }]
routes: [{ from: '*', to: pacs, strictness: permissive }]
quirks:
  - { name: ct1-padding, peer: CT1, accept: [structure.blank-vr], path: '(0028,0120)' }
  - { name: acme, manufacturer: 'ACME*', model: 'Scan *', software: '1.*', accept: [lut.short, uid.characters] }
`;

function config(yaml: string): Config {
  const parsed = parseConfig(yaml);
  assert(parsed.ok, JSON.stringify(parsed.ok ? '' : parsed.problems));
  return parsed.config;
}

function problems(yaml: string): readonly string[] {
  const parsed = parseConfig(yaml);
  return parsed.ok ? [] : parsed.problems.map(({ path, text }) => `${path} ${text.en}`);
}

test('[CFG-15] what a peer or a route chooses is read, and what it does not choose is not there', () => {
  const { peers, routes } = config(YAML);
  assert.deepEqual([peers[0]?.strictness, peers[0]?.whenUnfinished], ['strict', 'deliver']);
  assert.deepEqual([Object.hasOwn(peers[1] ?? {}, 'strictness'), routes[0]?.strictness], [false, 'permissive']);
  assert.match(
    problems('peers: [{ aeTitle: A, from: 192.0.2.1, strictness: strickt }]').join(),
    /strict.*Did you mean/,
  );
});

test('[CFG-16] a quirk is read with its codes; it says whose it is, and each has a name of its own', () => {
  assert.deepEqual(config(YAML).quirks?.[0], {
    name: 'ct1-padding',
    peer: 'CT1',
    accept: ['structure.blank-vr'],
    path: '(0028,0120)',
  });
  const quirk = (fields: string) => problems(`quirks: [{ name: a, ${fields} }]`).join();
  assert.match(quirk('model: X, accept: [lut.short]'), /has to say whose/);
  assert.match(quirk('peer: CT1, accept: [blank]'), /code is written/);
  assert.match(quirk('peer: CT1, accept: []'), /cannot be empty/);
  assert.match(quirk("manufacturer: '', accept: [lut.short]"), /1 to 64/);
  const twice = '{ name: a, peer: CT1, accept: [lut.short] }';
  assert.match(problems(`quirks: [${twice}, ${twice}]`).join(), /Already declared/);
});

test('[CFG-13] choices and quirks are rendered as they were chosen', () => {
  const one = config(YAML);
  const yaml = renderConfig(one);
  assert.deepEqual(planConfig(one, config(yaml)).changes, []);
  assert.equal(renderConfig(config(yaml)), yaml);
  assert.ok(!renderConfig(EMPTY_CONFIG).includes('quirks'));
});

test('[CFG-11] passing more than before is flagged: permissive, deliver, a quirk of a mere name', () => {
  const one = config(YAML);
  const dangers = planConfig(EMPTY_CONFIG, one).changes.map(
    ({ kind, name, dangers }) => `${kind} ${name}: ${dangers.map(({ en }) => en).join(' ')}`,
  );
  assert.match(dangers.join('\n'), /peer CT1: Even a document/);
  assert.match(dangers.join('\n'), /route \* → pacs: Doubtful objects will pass/);
  assert.match(dangers.join('\n'), /quirk acme: Every object that says/);
  assert.match(dangers.join('\n'), /quirk ct1-padding: $/m);
  const removed = planConfig(one, { ...one, quirks: [] }).changes;
  assert.deepEqual(
    removed.map(({ action, text }) => `${action} ${text.en}`),
    ['remove Remove quirk acme.', 'remove Remove quirk ct1-padding.'],
  );
});

const TWO = `
peers: [{ aeTitle: CT1, from: 192.0.2.1, release: two-persons }]
destinations: [{ name: pacs, host: pacs.example.org, port: 104, called: PACS }]
routes: [{ from: '*', to: pacs, release: one-person, destroy: two-persons }]
`;

test('[CFG-15] who decides about what is held is read and rendered as it was chosen', () => {
  const one = config(TWO);
  assert.deepEqual([one.peers[0]?.release, Object.hasOwn(one.peers[0] ?? {}, 'destroy')], ['two-persons', false]);
  assert.deepEqual([one.routes[0]?.release, one.routes[0]?.destroy], ['one-person', 'two-persons']);
  assert.deepEqual(planConfig(one, config(renderConfig(one))).changes, []);
  const wrong = 'peers: [{ aeTitle: A, from: 192.0.2.1, release: two-person }]';
  assert.match(problems(wrong).join(), /two-persons.*Did you mean/);
});

test('[CFG-11] leaving to one person what took two is flagged', () => {
  const loose = config(TWO.replaceAll('two-persons', 'one-person'));
  const dangers = planConfig(config(TWO), loose).changes.flatMap((change) => change.dangers.map(({ en }) => en));
  assert.deepEqual(dangers, [
    'One person alone will be able to release what is held from now on.',
    'One person alone will be able to destroy what is held from now on.',
  ]);
  assert.deepEqual(
    planConfig(loose, config(TWO)).changes.flatMap(({ dangers }) => dangers),
    [],
  );
});
