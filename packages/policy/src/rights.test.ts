import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Peer, Route, Service } from '@leadglass/model';
import { IMPORT_AE_TITLE, IMPORT_ORIGINALS_AE_TITLE } from '@leadglass/model';
import { acceptsAbstractSyntax, mayUse, routesFor, VERIFICATION_SOP_CLASS } from './rights.ts';

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const PRIVATE = '1.3.12.2.1107.5.9.1';

function peer(allow: readonly Service[], privateSopClasses: readonly string[] = []): Peer {
  return { aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow, whenHeld: 'keep-sending', privateSopClasses };
}

test('[POLICY-20] a right is what the peer was given and nothing more', () => {
  assert.ok(mayUse(peer(['store']), 'store'));
  assert.ok(!mayUse(peer(['store']), 'echo'));
});

const ACCEPTED: readonly (readonly [string, Peer, string, boolean])[] = [
  ['verification with echo', peer(['echo']), VERIFICATION_SOP_CLASS, true],
  ['verification without echo', peer(['store']), VERIFICATION_SOP_CLASS, false],
  ['standard storage with store', peer(['store']), CT_IMAGE_STORAGE, true],
  ['standard storage without store', peer(['echo']), CT_IMAGE_STORAGE, false],
  ['query, though the right is there: not served', peer(['echo', 'store', 'find']), STUDY_ROOT_FIND, false],
  ['private class not granted', peer(['store']), PRIVATE, false],
  ['private class granted by UID', peer(['store'], [PRIVATE]), PRIVATE, true],
  ['private class granted by *', peer(['store'], ['*']), PRIVATE, true],
  ['private class granted, without store', peer(['echo'], ['*']), PRIVATE, false],
  ['* does not open the standard’s own services', peer(['store'], ['*', STUDY_ROOT_FIND]), STUDY_ROOT_FIND, false],
  ['* does not open what is no UID', peer(['store'], ['*']), '../../x', false],
  ['* does not open an endless UID', peer(['store'], ['*']), `1.${'2'.repeat(63)}`, false],
];
for (const [name, who, uid, expected] of ACCEPTED) {
  test(`[POLICY-21] ${expected ? 'accepts' : 'refuses'}: ${name}`, () =>
    assert.equal(acceptsAbstractSyntax(who, uid), expected));
}

test('[POLICY-22] routes of a peer and of everybody, each destination once, in order', () => {
  const routes: readonly Route[] = [
    { from: 'CT1' as AeTitle, to: 'pacs' },
    { from: '*', to: 'archive' },
    { from: 'MR1' as AeTitle, to: 'research' },
    { from: '*', to: 'pacs' },
  ];
  assert.deepEqual(routesFor(routes, 'CT1'), ['pacs', 'archive']);
  assert.deepEqual(routesFor(routes, 'XA1'), ['archive', 'pacs']);
  assert.deepEqual(routesFor([], 'CT1'), []);
});

test('[POLICY-94] evidence goes by routes of its own name alone: every peer is not evidence', () => {
  const routes: readonly Route[] = [
    { from: '*', to: 'archive' },
    { from: IMPORT_ORIGINALS_AE_TITLE, to: 'forensics' },
  ];
  assert.deepEqual(routesFor(routes, IMPORT_ORIGINALS_AE_TITLE), ['forensics']);
  assert.deepEqual(routesFor(routes, IMPORT_AE_TITLE), ['archive']);
});

test('[POLICY-23] what a test caller sends takes its own route and never one of everybody', () => {
  const routes: readonly Route[] = [
    { from: '*', to: 'pacs' },
    { from: 'LG-PROVEIT' as AeTitle, to: 'prove-it' },
  ];
  assert.deepEqual(routesFor(routes, 'LG-PROVEIT'), ['prove-it']);
  assert.deepEqual(routesFor(routes, 'LG-PROVEIT-FAR'), []);
  assert.deepEqual(routesFor(routes, 'LG-PROVEI'), ['pacs']);
});
