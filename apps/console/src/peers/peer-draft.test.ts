import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineDiff } from '../kit/line-diff.ts';
import type { Peer } from './facts.ts';
import { draftOf, linesOf, peerOf } from './peer-draft.ts';

const PEER = {
  ...{ aeTitle: 'WS1', from: '192.0.2.0/24', allow: ['echo', 'find'], whenHeld: 'tell', privateSopClasses: ['*'] },
  ...{ release: 'two-persons', mode: 'enforce', trustAnchors: ['dell'], certName: 'ws1', whenOtherDevice: 'hold' },
  queryLimits: {
    ...{ mostResults: 200, mostDays: 31, perMinute: 10, hours: '07:00-19:30', nameWildcards: 'trailing' },
    ...{ sweeps: false, modalities: ['CT', 'MR'], ownStation: true, moveTo: ['WS2'] },
  },
} as unknown as Peer;

test('[CONSOLE-115] a rule goes through the form whole: what is not touched stays, shown or not', () => {
  assert.deepEqual(peerOf(draftOf(PEER), PEER).peer, PEER);
});

test('[CONSOLE-115] what is emptied is chosen no more; what is entered is what the gateway takes', () => {
  const draft = draftOf(PEER);
  const limits = {
    ...draft.limits,
    mostResults: '',
    sweeps: '',
    modalities: 'ct, us',
    hours: ' 08:00-18:00 ',
  } as const;
  const { peer } = peerOf({ ...draft, mode: '', trustAnchors: [], certName: '', limits }, PEER);
  assert.deepEqual(
    [peer?.mode, peer?.trustAnchors, peer?.certName, peer?.queryLimits?.mostResults, peer?.queryLimits?.sweeps],
    [undefined, undefined, undefined, undefined, undefined],
  );
  assert.deepEqual([peer?.queryLimits?.modalities, peer?.queryLimits?.hours], [['CT', 'US'], '08:00-18:00']);
  const none = Object.fromEntries(
    Object.keys(draft.limits).map((name) => [name, '']),
  ) as unknown as typeof draft.limits;
  assert.equal(peerOf({ ...draft, limits: none }, PEER).peer?.queryLimits, undefined);
});

test('[CONSOLE-115] what is wrong is told by field, and nothing comes of it', () => {
  const draft = draftOf(PEER);
  const limits = { ...draft.limits, mostDays: '0', perMinute: 'x', hours: '7-19', modalities: 'C/T' };
  const { wrong } = peerOf({ ...draft, from: 'here', allow: [], limits }, PEER);
  assert.deepEqual([...(wrong ?? [])].toSorted(), ['allow', 'from', 'hours', 'modalities', 'mostDays', 'perMinute']);
});

test('[CONSOLE-115] the difference before saving is a setting a line', () => {
  const draft = draftOf(PEER);
  const { peer = PEER } = peerOf({ ...draft, mode: 'observe', limits: { ...draft.limits, mostDays: '90' } }, PEER);
  const changed = lineDiff(linesOf(PEER), linesOf(peer)).filter(({ kind }) => kind !== 'same');
  assert.deepEqual(changed.map(({ kind, text }) => `${kind} ${text}`).toSorted(), [
    'gone   mostDays: 31',
    'gone mode: enforce',
    'new   mostDays: 90',
    'new mode: observe',
  ]);
});
