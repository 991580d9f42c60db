import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AeTitle, type Peer, RELAYED_SERVICES, type Relay } from '@leadglass/model';
import { type OperationFacts, permitOperation, relayFor } from './operation.ts';
import { mayName, SERVICE_CLASSES, serviceClassOf } from './service-class.ts';

const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const peerWith = (...allow: Peer['allow'][number][]): Peer => ({
  aeTitle: 'CT1' as AeTitle,
  from: '192.0.2.7/32',
  allow,
  whenHeld: 'keep-sending',
  privateSopClasses: [],
});
const pacs = {
  ...{ name: 'pacs', host: 'h', port: 104, called: 'PACS' as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false },
};
const RULES = { destinations: [pacs], relays: [] };
const asked = (more: Partial<OperationFacts> = {}): OperationFacts => ({
  ...{ service: 'find', sopClassUid: STUDY_ROOT_FIND, keys: [], atMs: 0 },
  ...more,
});

test('[POLICY-96] an operation needs the right to its service, and is refused with the command that gives it', () => {
  assert.equal(permitOperation(asked(), peerWith('find'), RULES).allowed, true);
  const refused = permitOperation(asked(), { ...peerWith('echo', 'store'), certSha256: 'ab' }, RULES);
  assert.ok(!refused.allowed);
  assert.equal(refused.status, 0x0124);
  assert.equal(refused.hint, './leadglass peer add CT1 --from 192.0.2.7/32 --cert-sha256 ab --allow echo,store,find');
});

test('[POLICY-96] a SOP class of another service does not pass as one of this', () => {
  const worklist = asked({ sopClassUid: '1.2.840.10008.5.1.4.31' });
  assert.equal(permitOperation(worklist, peerWith('find'), RULES).allowed, false);
});

test('[POLICY-97] a C-MOVE goes to destinations we know alone', () => {
  const move = (moveDestination: string) =>
    permitOperation(
      asked({ service: 'move', sopClassUid: '1.2.840.10008.5.1.4.1.2.2.2', moveDestination }),
      peerWith('move'),
      RULES,
    );
  assert.equal(move('PACS').allowed, true);
  const refused = move('ELSEWHERE');
  assert.ok(!refused.allowed);
  assert.equal(refused.status, 0xa801);
});

test('[POLICY-98] of the relays that fit the first decides', () => {
  const relays: Relay[] = [
    { from: 'CT1' as AeTitle, services: ['worklist'], to: 'ris' },
    { from: '*', services: ['worklist', 'find'], to: 'pacs' },
  ];
  const to = (title: string, service: 'worklist' | 'find' | 'mpps') => relayFor(relays, title, service)?.to;
  assert.deepEqual([to('CT1', 'worklist'), to('CT2', 'worklist'), to('CT1', 'find')], ['ris', 'pacs', 'pacs']);
  assert.equal(to('CT1', 'mpps'), undefined);
});

test('[POLICY-99] every service that can be passed on has its classes, each class one service, and names are of its own family', () => {
  assert.deepEqual(new Set(SERVICE_CLASSES.map(({ service }) => service)), new Set(RELAYED_SERVICES));
  assert.equal(new Set(SERVICE_CLASSES.map(({ uid }) => uid)).size, SERVICE_CLASSES.length);
  for (const { asks, reports } of SERVICE_CLASSES) assert.ok(asks.length > 0 || reports);
});

test('[POLICY-99] a meta SOP class stands for what a film is made of, and for nothing else', () => {
  const meta = serviceClassOf('1.2.840.10008.5.1.1.9');
  assert.ok(meta);
  assert.ok(mayName(meta, '1.2.840.10008.5.1.1.1'));
  assert.ok(!mayName(meta, '1.2.840.10008.3.1.2.3.3'));
  const find = serviceClassOf(STUDY_ROOT_FIND);
  assert.ok(find);
  assert.ok(!mayName(find, '1.2.840.10008.5.1.4.1.2.1.1'));
});
