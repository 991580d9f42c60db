import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, text } from '@leadglass/kit';
import type { AeTitle, Peer } from '@leadglass/model';
import { Connections } from './connections.ts';
import type { AssociateMessage, EndedMessage } from './messages.ts';

const PEER: Peer = {
  ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.1/32', allow: ['echo', 'store'] },
  ...{ whenHeld: 'keep-sending', privateSopClasses: [] },
};
const asks = (calling: string): AssociateMessage => ({
  ...{ t: 'associate', connection: 1, calling, called: 'LEADGLASS', asks: [], implementation: '' },
});
const ends = (kind: EndedMessage['kind'], more: Partial<EndedMessage> = {}): EndedMessage => ({
  ...{ t: 'ended', connection: 1, kind, objects: 2, bytes: 30 },
  ...more,
});

function stage() {
  const connections = new Connections(new ManualClock());
  const connection = connections.open(connections.nextId(), { number: 1, id: 'a1' }, 'dimse', '192.0.2.1');
  const ask = (calling: string) => connections.admit(connection, asks(calling), [PEER], 'LEADGLASS', false).admitted;
  return { connections, connection, ask };
}

test('[GATE-2] a connection remembers that an association was asked for, granted or not', () => {
  for (const [calling, isAdmitted] of [
    ['CT1', true],
    ['EVIL', false],
    ['', false],
  ] as const) {
    const { connection, ask } = stage();
    assert.equal(connection.isAsked, false);
    assert.equal(ask(calling), isAdmitted);
    assert.equal(connection.isAsked, true);
  }
});

test('[GATE-4] an end is told once: of a peer as its association’s, of a rejected caller by its rejection alone', () => {
  const peer = stage();
  peer.ask('CT1');
  assert.equal(peer.connections.endEvent(peer.connection, ends('released'))?.kind, 'association.released');
  assert.equal(peer.connections.endEvent(peer.connection, ends('aborted'))?.kind, 'association.aborted');
  const stranger = stage();
  stranger.ask('EVIL');
  for (const kind of ['rejected', 'aborted', 'released'] as const)
    assert.equal(stranger.connections.endEvent(stranger.connection, ends(kind)), undefined);
});

test('[GATE-4] a connection on which nothing was asked for is told with its reason, also when the protocol itself rejected it', () => {
  const { connections, connection } = stage();
  const why = text('octets inconnus', 'unknown bytes');
  const aborted = connections.endEvent(connection, ends('aborted', { why }));
  assert.deepEqual(aborted?.kind === 'connection.refused' && aborted.why, why);
  const rejected = connections.endEvent(connection, ends('rejected'));
  assert.match((rejected?.kind === 'connection.refused' && rejected.why.en) || '', /application context/);
});
