import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Destination, Peer } from '@leadglass/model';
import { moveTarget } from './move.ts';

const peer: Peer = {
  aeTitle: 'WS' as AeTitle,
  from: '192.0.2.7/32',
  allow: ['echo', 'move'],
  whenHeld: 'keep-sending',
  privateSopClasses: [],
};
const to = (name: string, called: string): Destination => ({
  name,
  host: '192.0.2.9',
  port: 104,
  called: called as AeTitle,
  calling: 'LEADGLASS' as AeTitle,
  tls: false,
  commitment: false,
});
const ALL = [to('ws', 'WS'), to('other', 'OTHER'), to('spare', 'OTHER')];

test('[POLICY-136] a peer moves to itself and to the destinations named for it', () => {
  const nameOf = (title: string, mayMoveTo: readonly string[] = []) => {
    const target = moveTarget(title, { ...peer, mayMoveTo }, ALL);
    return target.allowed ? target.destination.name : undefined;
  };
  assert.equal(nameOf('WS'), 'ws');
  assert.equal(nameOf('OTHER'), undefined);
  assert.equal(nameOf('OTHER', ['other']), 'other');
  assert.equal(nameOf('OTHER', ['spare']), 'spare');
  assert.equal(nameOf('NOBODY', ['other']), undefined);
});

test('[POLICY-136] a refusal names the command that would allow it, safe to paste whatever the title', () => {
  const refused = moveTarget('OTHER', { ...peer, aeTitle: "A';rm -rf" as AeTitle, mayMoveTo: ['ws'] }, ALL);
  assert.ok(!refused.allowed);
  assert.match(refused.hint, /--may-move-to ws --may-move-to other/);
  assert.ok(!/[^\\]';rm/.test(refused.hint.replaceAll("'\\''", '')), refused.hint);
  const unknown = moveTarget('X\u0007', peer, ALL);
  assert.ok(!unknown.allowed && !unknown.why.en.includes('\u0007') && unknown.hint.includes('destination add'));
});
