import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '@leadglass/kit';
import type { AeTitle, Destination, Event, Peer, Relay } from '@leadglass/model';
import type { Connection } from './connections.ts';
import { Learning } from './learning/learning.ts';
import type { ToIntake } from './messages.ts';
import { OperationDesk } from './operation-desk.ts';
import type { OperationMessage } from './relay-messages.ts';

const [FIND, WORKLIST, MPPS] = ['1.2.840.10008.5.1.4.1.2.2.1', '1.2.840.10008.5.1.4.31', '1.2.840.10008.3.1.2.3.3'];
const intake = { number: 1, id: 'n1' };
const peerWith = (...allow: Peer['allow'][number][]): Peer => ({
  ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow, whenHeld: 'keep-sending', privateSopClasses: [] },
});
const place = (name: string): Destination => ({
  ...{ name, host: '127.0.0.1', port: 9, called: name.toUpperCase() as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false },
});
const RELAYS: readonly Relay[] = [
  { from: 'CT1' as AeTitle, services: ['worklist'], to: 'ris', calling: 'peer' },
  { from: '*', services: ['worklist', 'find', 'mpps'], to: 'pacs' },
];

function connectionOf(peer: Peer): Connection {
  return {
    ...{ id: 7, intake, listener: 'dimse', remoteAddress: '192.0.2.7', associationId: 'a', calling: 'CT1' },
    ...{ called: 'LEADGLASS', peer, isAsked: true, isDropped: false },
    ...{ bound: peer, isObserved: false, instead: undefined, certificate: undefined },
  };
}

function desk(relays = RELAYS) {
  const events: Event[] = [];
  const told: ToIntake[] = [];
  const [down, ours, heard] = [new Set<string>(), new Set<string>(), [] as unknown[][]];
  const records = { recordSightings: async () => {}, forgetSightings: async () => {} };
  const learning = new Learning(records, systemClock, silentLogger, (event) => events.push(event));
  const operations = new OperationDesk({
    ...{ clock: systemClock, log: silentLogger, learning },
    rules: () => ({ relays, destinations: [place('ris'), place('pacs')] }),
    certificates: () => {
      throw new Error('no TLS here');
    },
    intakes: { tell: (_intake, message) => told.push(message), give: () => {} },
    answers: (service) => ours.has(service),
    outages: { isDown: (name) => down.has(name), hear: (...told) => heard.push(told), asked: () => {}, look: () => {} },
    isCut: () => false,
    tell: (more) => events.push(...more),
  });
  return { operations, events, told, down, ours, heard };
}

const asking = (more: Partial<OperationMessage> = {}): OperationMessage => ({
  ...{ t: 'operation', connection: 7, seq: 1, service: 'find', sopClassUid: FIND, upstream: 'elsewhere' },
  keys: [{ tag: 0x00100010, form: 'wildcard' }],
  ...more,
});

test('[CONTROL-70] each service goes to the first relay that fits, one association with each upstream, under the title that relay says', () => {
  const { operations } = desk();
  const plans = operations.plansFor(peerWith('find', 'worklist', 'mpps'), [FIND, WORKLIST, MPPS, '1.2.3']);
  assert.deepEqual(
    plans.map(({ name, services, calling }) => [name, services, calling]),
    [
      ['pacs', ['find', 'mpps'], 'LEADGLASS'],
      ['ris', ['worklist'], 'CT1'],
    ],
  );
  assert.deepEqual(operations.plansFor(peerWith('echo', 'store'), [FIND]), []);
});

test('[CONTROL-71] the keeper decides by its own rules, and tells of what it allowed when it ends, under the upstream it knows', () => {
  const { operations, events, told } = desk();
  const connection = connectionOf(peerWith('find'));
  assert.equal(operations.heard(connection, asking()), true);
  assert.ok(told[0]?.t === 'decided' && told[0].decision.allowed);
  operations.heard(connection, { t: 'operation-ended', connection: 7, seq: 1, status: 0, results: 3 });
  operations.flush();
  const event = events[0];
  assert.ok(event?.kind === 'operation.answered');
  assert.deepEqual([event.upstream, event.results, event.keys], ['pacs', 3, ['PatientName wildcard']]);
  operations.heard(connection, { t: 'operation-ended', connection: 7, seq: 1, status: 0, results: 3 });
  operations.flush();
  assert.equal(events.length, 1);
});

test('[CONTROL-71] what a peer may not ask is refused with a hint, whatever its intake thinks', () => {
  const { operations, events, told } = desk();
  operations.heard(connectionOf(peerWith('worklist')), asking());
  assert.ok(told[0]?.t === 'decided' && !told[0].decision.allowed);
  operations.flush();
  assert.ok(events[0]?.kind === 'operation.refused' && events[0].hint === './leadglass policy allow CT1 find');
});

test('[CONTROL-72] an intake that asks twice under one number, too much at once, or names another service’s class, lies', () => {
  const { operations } = desk();
  const connection = connectionOf(peerWith('find'));
  assert.equal(operations.heard(connection, asking()), true);
  assert.equal(operations.heard(connection, asking()), false);
  const why = { fr: 'x', en: 'x' };
  const refused = { t: 'operation-refused', connection: 7, service: 'find', upstream: '', status: 1, why } as const;
  assert.equal(operations.heard(connection, { ...refused, sopClassUid: WORKLIST }), false);
  for (let seq = 2; seq <= 64; seq += 1) assert.equal(operations.heard(connection, asking({ seq })), true);
  assert.equal(operations.heard(connection, asking({ seq: 65 })), false);
  operations.gone(7);
  assert.equal(operations.heard(connection, asking({ seq: 66 })), true);
});

test('[CONTROL-73] what a peer asks for and nobody answers is told once, with the command that would help', () => {
  const { operations, events } = desk([]);
  const peer = peerWith('worklist');
  for (let again = 0; again < 3; again += 1) operations.explain(connectionOf(peer), peer, [WORKLIST, FIND]);
  operations.flush();
  assert.deepEqual(
    events.map((event) => event.kind === 'operation.refused' && event.hint),
    ['./leadglass relay add --from CT1 --services worklist --to NAME', './leadglass policy allow CT1 find'],
  );
});

test('[CONT-11] an upstream that is down is asked nothing; what we answer ourselves needs no word, what nobody answers is told with the reason', () => {
  const { operations, events, down, ours } = desk();
  down.add('pacs');
  ours.add('find');
  const peer = peerWith('find', 'worklist', 'mpps');
  assert.deepEqual(
    operations.plansFor(peer, [FIND, WORKLIST, MPPS]).map(({ name, services }) => [name, services]),
    [['ris', ['worklist']]],
  );
  operations.explain(connectionOf(peer), peer, [FIND, WORKLIST, MPPS]);
  operations.flush();
  assert.equal(events.length, 1);
  assert.ok(events[0]?.kind === 'operation.refused' && events[0].service === 'mpps');
  assert.match(events[0].why.en, /“pacs” is down/);
});

test('[CONT-12] of what an upstream is to answer, its intake is told what we would answer in its place', () => {
  const { operations, ours } = desk();
  ours.add('find');
  const plans = operations.plansFor(peerWith('find', 'mpps'), [FIND, MPPS]);
  assert.deepEqual(
    plans.map(({ services, fallback }) => ({ services, fallback })),
    [{ services: ['find', 'mpps'], fallback: ['find'] }],
  );
});

test('[CONT-11] who is connected with an upstream that goes down leaves it; an intake that tells of an upstream it does not have lies', () => {
  const { operations, told, heard } = desk();
  const connection = connectionOf(peerWith('find'));
  const failed = { t: 'upstream-failed', connection: 7, upstream: 'pacs', how: 'failed' } as const;
  assert.equal(operations.heard(connection, failed), false);
  operations.connect(connection, operations.plansFor(peerWith('find'), [FIND]));
  assert.equal(operations.heard(connection, failed), true);
  assert.deepEqual(heard, [['pacs', 'failed']]);
  operations.leave('ris');
  assert.equal(told.length, 0);
  operations.leave('pacs');
  assert.deepEqual(
    told.map((message) => message.t),
    ['no-upstream'],
  );
});
