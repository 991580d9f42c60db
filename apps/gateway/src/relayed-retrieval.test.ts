import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, systemClock } from '@leadglass/kit';
import type { AeTitle, Destination } from '@leadglass/model';
import type { RetrieveMessage } from './own-messages.ts';
import { relayedOutcome, type UpstreamEnd, UpstreamMoves } from './relayed-retrieval.ts';

const end = (change: Partial<UpstreamEnd>, counts: Partial<UpstreamEnd['counts']> = {}): UpstreamEnd => ({
  status: 0,
  counts: { remaining: 0, completed: 0, failed: 0, warning: 0, ...counts },
  failedUids: [],
  withheld: 0,
  why: undefined,
  isLost: false,
  ...change,
});
const WHY = { fr: 'panne', en: 'down' };

test('[CONTROL-74] the device is told what reached its destination, whatever reached us', () => {
  const told = relayedOutcome(end({}, { completed: 3 }), { completed: 2, warning: 0 }, ['1.3'], false);
  assert.deepEqual(told, {
    status: 0xb000,
    counts: { remaining: 0, completed: 2, failed: 1, warning: 0 },
    failedUids: ['1.3'],
  });
  const theirs = end({ status: 0xb000, failedUids: ['1.4'] }, { completed: 1, failed: 1 });
  assert.deepEqual(relayedOutcome(theirs, { completed: 1, warning: 0 }, [], false).counts.failed, 1);
  assert.equal(relayedOutcome(end({}, { completed: 3 }), { completed: 3, warning: 0 }, [], false).status, 0);
});

test('[CONTROL-75] an upstream that refuses, does not know us or is down is never told as a success', () => {
  const nothing = { completed: 0, warning: 0 };
  assert.equal(relayedOutcome(end({ status: 0xa801, why: WHY }), nothing, [], false).status, 0xa702);
  assert.equal(relayedOutcome(end({ status: 0xa900 }), nothing, [], false).status, 0xa900);
  assert.equal(relayedOutcome(end({ status: 0xa702, why: WHY }), nothing, [], false).status, 0xa702);
  assert.equal(
    relayedOutcome(end({ status: 0xa702, why: WHY }), { completed: 2, warning: 0 }, [], false).status,
    0xb000,
  );
  assert.equal(relayedOutcome(end({ status: 0xc000 }), { completed: 2, warning: 0 }, [], false).status, 0xb000);
});

test('[CONTROL-76] a cancelled one says what remained', () => {
  const cut = end({ status: 0xfe00 }, { remaining: 4, completed: 2 });
  assert.deepEqual(relayedOutcome(cut, { completed: 2, warning: 0 }, [], true), {
    status: 0xfe00,
    counts: { remaining: 4, completed: 2, failed: 0, warning: 0 },
    failedUids: [],
  });
});

const PACS: Destination = {
  ...{ name: 'pacs', host: '192.0.2.9', port: 104, tls: false, commitment: false },
  ...{ called: 'PACS' as AeTitle, calling: 'LEADGLASS' as AeTitle },
};

/** A move to ourselves of one study, that goes on until it is abandoned. */
function living(moves: UpstreamMoves, study: string, abandoned: AbortSignal): Promise<UpstreamEnd> {
  const message: RetrieveMessage = {
    ...{ t: 'retrieve', connection: 1, seq: 1, service: 'move', sopClassUid: '1.2.840.10008.5.1.4.1.2.2.2' },
    ...{ level: 'STUDY', patientId: '', issuerOfPatientId: '', studyUids: [study], seriesUids: [], sopUids: [] },
    ...{ moveDestination: 'WS', messageId: 1, priority: 0, accepts: [] },
  };
  const keys = { level: 'STUDY' as const, studyUids: [study], seriesUids: [], sopUids: [], patients: [] };
  const [came, lost, progress] = [() => {}, () => {}, () => {}];
  const cancelled = new AbortController().signal;
  return moves.run({ upstream: PACS, message, keys, cancelled, abandoned, came, lost, progress });
}

test('[CONTROL-77] what arrives belongs to the move whose message it names; where it names none, to one that asked for it', async () => {
  const stop = new AbortController();
  const moves = new UpstreamMoves({
    ...{ clock: systemClock, log: silentLogger },
    connectUpstream: (_destination, _contexts, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('abandoned')))),
    find: async () => ({ objects: [], withheld: [] }),
    isCopyOwed: async () => false,
  });
  const ends = ['1.1', '1.1', '1.2'].map((study) => living(moves, study, stop.signal));
  const claim = (calling: string, moveOriginatorMessageId: number, studyInstanceUid: string) =>
    moves.claim(calling, { sopInstanceUid: '9.1', studyInstanceUid, moveOriginatorMessageId, patients: [] });
  assert.equal(claim('PACS', 2, '1.1')?.messageId, 2);
  assert.equal(claim('PACS', 9, '1.1'), undefined);
  assert.equal(claim('CT1', 2, '1.1'), undefined);
  assert.equal(claim('PACS', 0, '1.3'), undefined);
  assert.equal(claim('PACS', 0, '1.2')?.messageId, 3);
  // The same object for two devices: to the one that waits longest first, then to the other.
  const first = claim('PACS', 0, '1.1');
  assert.ok(first !== undefined);
  moves.landed(first, '9.1', 0xa700);
  assert.deepEqual([first.messageId, claim('PACS', 0, '1.1')?.messageId], [1, 2]);
  stop.abort();
  for (const { status } of await Promise.all(ends)) assert.equal(status, 0xa702);
  assert.equal(claim('PACS', 2, '1.1'), undefined);
});
