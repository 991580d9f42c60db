import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

function config(yaml: string) {
  const parsed = parseConfig(yaml);
  assert.ok(parsed.ok, JSON.stringify(parsed.ok ? '' : parsed.problems));
  return parsed.config;
}

function problems(peer: string): readonly string[] {
  const parsed = parseConfig(`peers: [{ aeTitle: A, from: 192.0.2.1, ${peer} }]`);
  return parsed.ok ? [] : parsed.problems.map(({ path, text }) => `${path}: ${text.en}`);
}

const YAML = `
peers:
  - aeTitle: CT1
    from: 192.0.2.1
    mode: observe
    queryLimits: { mostDays: 31, hours: 22:00-06:00, moveTo: [WS2], sweeps: true }
  - { aeTitle: CT1, from: 192.0.2.9, allow: [echo] }
`;

test('[CFG-118] what binds a peer is read, rendered and read again the same; a title may come from several ranges', () => {
  const one = config(YAML);
  assert.deepEqual(one.peers[0]?.queryLimits, { mostDays: 31, hours: '22:00-06:00', moveTo: ['WS2'], sweeps: true });
  assert.deepEqual([one.peers[0]?.mode, one.peers[1]?.mode], ['observe', undefined]);
  const yaml = renderConfig(one);
  assert.deepEqual(planConfig(one, config(yaml)).changes, []);
  assert.equal(renderConfig(config(yaml)), yaml);
});

test('[CFG-118] refuses limits that are none, and names the field meant', () => {
  assert.match(problems('queryLimits: { mostDays: 0 }').join(), /whole number from 1/);
  assert.match(problems('queryLimits: { hours: 7-19 }').join(), /written 07:00-19:30/);
  assert.match(problems('queryLimits: { modalities: [ct] }').join(), /code such as CT/);
  assert.match(problems('queryLimits: { mostDay: 3 }').join(), /Did you mean "mostDays"/);
  assert.match(problems('mode: watch').join(), /observe, enforce/);
});

test('[CFG-119] a plan names the range where a title has several, and says what opens', () => {
  const before = config('peers: [{ aeTitle: CT1, from: 192.0.2.0/24 }]');
  const { changes } = planConfig(before, config(YAML));
  assert.deepEqual(
    changes.map(({ action, name, dangers }) => [action, name, dangers.length]),
    [
      ['remove', 'CT1 (192.0.2.0/24)', 1],
      ['add', 'CT1 (192.0.2.1/32)', 3],
      ['add', 'CT1 (192.0.2.9/32)', 0],
    ],
  );
  const same = config('peers: [{ aeTitle: CT1, from: 192.0.2.0/24, queryLimits: { perMinute: 5, mostDays: 3 } }]');
  assert.match(
    planConfig(before, same).changes[0]?.text.en ?? '',
    /queryLimits nothing → {"mostDays":3,"perMinute":5}/,
  );
});
