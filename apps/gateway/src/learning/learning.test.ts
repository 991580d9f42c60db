import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, silentLogger } from '@leadglass/kit';
import { type AeTitle, type Event, NOTHING_OBSERVED, type Peer, type Sighting } from '@leadglass/model';
import type { OperationFacts } from '@leadglass/policy';
import { Learning, type SeenConnection } from './learning.ts';
import { observationOf } from './observation.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const PRIVATE = '1.3.12.2.1107.5.9.1';
const PEER: Peer = {
  ...{
    aeTitle: 'CT1' as AeTitle,
    from: '192.0.2.7/32',
    allow: ['store', 'find'],
    whenHeld: 'tell',
    privateSopClasses: [],
  },
};

function connection(changes: Partial<SeenConnection> = {}): SeenConnection {
  return {
    ...{ associationId: 'a', calling: 'CT1', called: 'LG', remoteAddress: '192.0.2.7', listener: 'dimse' },
    ...{ certificate: undefined, bound: PEER, isObserved: false, instead: undefined, ...changes },
  };
}

function house() {
  const clock = new ManualClock();
  const written: Sighting[] = [];
  const events: Event[] = [];
  const records = {
    recordSightings: async (seen: readonly Sighting[]) => void written.push(...seen),
    forgetSightings: async () => {},
  };
  const learning = new Learning(records, clock, silentLogger, (event) => void events.push(event));
  const seen = async () => {
    await learning.recorder.flush();
    return written.map(({ service, sopClassUid, outcome, count }) => [service, sopClassUid, outcome, count]);
  };
  return { learning, events, seen, clock, written };
}

const query: OperationFacts = { service: 'find', sopClassUid: FIND, keys: [], atMs: 0, level: 'STUDY' };
const RULES = { destinations: [], relays: [] };

test('[CONTROL-155] what the rules cover passed, what observation let pass was observed, and the rest was refused', async () => {
  const { learning, seen } = house();
  const watched = connection({ isObserved: true });
  const lent = connection({ isObserved: true, instead: { why: { fr: 'x', en: 'x' }, hint: '' } });
  learning.associationAsked(connection());
  learning.objectAnswered(connection(), CT, 10);
  learning.objectAnswered(watched, PRIVATE, 10);
  learning.objectAnswered(lent, CT, 10);
  learning.objectAnswered(connection(), PRIVATE, 10);
  learning.associationAsked(connection({ bound: undefined }), { result: 1 });
  assert.deepEqual(await seen(), [
    ['association', '', 'passed', 1],
    ['store', CT, 'passed', 1],
    ['store', PRIVATE, 'observed', 1],
    ['store', CT, 'observed', 1],
    ['store', PRIVATE, 'refused', 1],
    ['association', '', 'refused', 1],
  ]);
});

test('[CONTROL-156] imports, trials and being busy teach nothing', async () => {
  const { learning, seen } = house();
  learning.associationAsked(connection({ bound: undefined }), { result: 2 });
  learning.associationAsked(connection({ calling: 'LG-PROVEIT' }));
  learning.objectAnswered(connection({ bound: { ...PEER, aeTitle: 'IMPORT' as AeTitle } }), CT, 1);
  assert.deepEqual(await seen(), []);
});

test('[CONTROL-157] who came for what it may not, and left without a word, is told of with the command that helps', async () => {
  const { learning, events, seen } = house();
  const came = { messages: 0, echoes: 0, refusedClasses: [PRIVATE, '1.2.840.10008.1.1', CT] };
  learning.associationEnded(connection(), came);
  const [event, ...others] = events;
  assert.ok(event?.kind === 'operation.refused' && others.length === 0);
  assert.match(event.why.en, /"CT1" has no right to send the private SOP class 1\.3\.12.* 1 other class likewise/);
  assert.equal(event.hint, `./leadglass policy allow CT1 --private-sop-class ${PRIVATE}`);
  learning.associationEnded(connection(), { ...came, messages: 3, echoes: 2 });
  assert.equal(events.length, 1);
  assert.deepEqual(await seen(), [
    ['proposed', PRIVATE, 'refused', 2],
    ['proposed', '1.2.840.10008.1.1', 'refused', 2],
    ['echo', '1.2.840.10008.1.1', 'refused', 2],
  ]);
});

test('[CONTROL-158] an operation beyond the limits is refused; under observation it passes, with what it would have been told', async () => {
  const { learning, seen, written } = house();
  const refused = learning.operationAsked(connection(), query, RULES);
  assert.equal(refused.allowed, false);
  const passed = learning.operationAsked(connection({ isObserved: true }), query, RULES);
  assert.ok(passed.allowed);
  assert.match(passed.instead?.why.en ?? '', /nothing narrows/);
  learning.operationEnded(connection({ isObserved: true }), query, passed, 40);
  assert.deepEqual(await seen(), [
    ['find', FIND, 'refused', 1],
    ['find', FIND, 'observed', 1],
  ]);
  assert.deepEqual(
    written.map(({ mostResults, busiest }) => [mostResults, busiest]),
    [
      [0, 1],
      [40, 2],
    ],
  );
});

test('[CONTROL-159] an observation that cannot be read observes nothing', async () => {
  const of = (stored: string | undefined) => observationOf({ setting: async () => stored });
  const good = { ranges: [{ from: '192.0.2.0/24', sinceMs: 1, untilMs: 2 }], siteUntilMs: 3 };
  assert.deepEqual(await of(JSON.stringify(good)), good);
  for (const bad of [undefined, '', '{}', '{"ranges":[{}]}']) assert.deepEqual(await of(bad), NOTHING_OBSERVED);
});
