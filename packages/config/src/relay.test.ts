import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from './config.ts';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

const PLACES = `
peers: [{ aeTitle: CT1, from: 192.0.2.7, allow: [echo, worklist, find] }]
destinations:
  - { name: ris, host: ris.example.org, port: 104, called: RIS }
  - { name: pacs, host: pacs.example.org, port: 104, called: PACS }
`;
const RIS = "{ from: '*', services: [worklist], to: ris }";
const PACS = '{ from: CT1, services: [worklist, find], to: pacs, calling: peer }';

function config(relays: string): Config {
  const parsed = parseConfig(`${PLACES}relays: [${relays}]\n`);
  assert(parsed.ok, JSON.stringify(parsed.ok ? '' : parsed.problems));
  return parsed.config;
}

function problems(relays: string): readonly string[] {
  const parsed = parseConfig(`${PLACES}relays: [${relays}]\n`);
  assert(!parsed.ok);
  return parsed.problems.map(({ path, text }) => `${path} ${text.en}`);
}

test('[CFG-38] relays are read, and written in their order', () => {
  const one = config(`${RIS}, ${PACS}`);
  assert.deepEqual(one.relays, [
    { from: '*', services: ['worklist'], to: 'ris' },
    { from: 'CT1', services: ['worklist', 'find'], to: 'pacs', calling: 'peer' },
  ]);
  const again = parseConfig(renderConfig(one));
  assert(again.ok);
  assert.deepEqual(again.config.relays, one.relays);
});

test('[CFG-39] a relay to nowhere, twice the same, of no service or of what is ours alone is refused', () => {
  assert.deepEqual(problems("{ from: '*', services: [find], to: pacx }"), [
    'relays[0].to No destination is named "pacx". Did you mean "pacs"?',
  ]);
  assert.deepEqual(problems(`${RIS}, ${RIS}`), ['relays[1].to Already declared at relays[0].']);
  assert.equal(problems("{ from: '*', services: [], to: ris }").length, 1);
  assert.equal(problems("{ from: '*', services: [store], to: ris }").length, 1);
});

test('[CFG-40] another order of relays is a change, told by place; relays that come and go change no place', () => {
  const changes = planConfig(config(`${RIS}, ${PACS}`), config(`${PACS}, ${RIS}`)).changes;
  assert.deepEqual(
    changes.map(({ text }) => text.en),
    ['Change relay * ⇒ ris: place 1 → 2.', 'Change relay CT1 ⇒ pacs: place 2 → 1.'],
  );
  const added = planConfig(config(RIS), config(`${PACS}, ${RIS}`)).changes;
  assert.deepEqual(
    added.map(({ text }) => text.en),
    ['Add relay CT1 ⇒ pacs.'],
  );
});

test('[CFG-41] taking a relay or one of its services away is a danger, a relay nobody may use a doubt', () => {
  const removed = planConfig(config(PACS), config('')).changes[0];
  assert.equal(removed?.dangers.length, 1);
  const narrowed = planConfig(config(PACS), config('{ from: CT1, services: [find], to: pacs }')).changes[0];
  assert.deepEqual(
    narrowed?.dangers.map(({ en }) => en),
    ['This relay no longer passes on: worklist.'],
  );
  const doubts = planConfig(
    config(''),
    config("{ from: '*', services: [mpps], to: ris }, { from: MR1, services: [find], to: pacs }"),
  ).doubts;
  assert.deepEqual(
    doubts.filter(({ kind }) => kind === 'relay').map(({ text }) => text.en),
    ['No peer has the right to ask for: mpps.', 'No peer is called MR1.'],
  );
});
