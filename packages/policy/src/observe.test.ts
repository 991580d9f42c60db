import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AeTitle, NOTHING_OBSERVED, type Observation, type Peer, SERVICES } from '@leadglass/model';
import type { AdmissionRequest } from './admit.ts';
import { admitObserving, isObserved, type ObservedAdmission, unbound } from './observe.ts';

const NOW = 1_000;
const PRINT = 'ab'.repeat(32);
const CT1: Peer = {
  ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow: ['echo'], whenHeld: 'tell', privateSopClasses: [] },
};
const RANGE: Observation = { ranges: [{ from: '198.51.100.0/24', sinceMs: 0, untilMs: NOW + 1 }] };

function ask(changes: Partial<AdmissionRequest> = {}, observation = RANGE, nowMs = NOW): ObservedAdmission {
  const request = {
    peers: [CT1],
    calling: 'MR2',
    called: 'LG',
    ourTitle: 'LG',
    remoteAddress: '198.51.100.9',
    ...changes,
  };
  return admitObserving(request, observation, nowMs);
}

test('[POLICY-190] an unknown title passes from a range under observation, with what it would have been told', () => {
  const admission = ask();
  assert.ok(admission.admitted && admission.isObserved);
  assert.deepEqual([admission.peer.aeTitle, admission.peer.from], ['MR2', '198.51.100.9/32']);
  assert.match(admission.instead?.why.en ?? '', /not a known peer/);
  assert.match(admission.instead?.hint ?? '', /peer add MR2 --from 198.51.100.9\/32/);
});

test('[POLICY-190] it does not from anywhere else, nor from the moment the observation ends', () => {
  assert.ok(!ask({ remoteAddress: '203.0.113.1' }).admitted);
  assert.ok(!ask({}, RANGE, NOW + 1).admitted);
  assert.ok(!ask({}, NOTHING_OBSERVED).admitted);
});

test('[POLICY-191] observing lends nobody a title that is enforced, bound to a certificate, or ours', () => {
  assert.ok(!ask({ calling: 'CT1' }).admitted);
  const watched = { ...CT1, mode: 'observe' as const };
  assert.ok(ask({ calling: 'CT1', peers: [watched] }).admitted);
  assert.ok(!ask({ calling: 'CT1', peers: [watched, CT1] }).admitted);
  assert.ok(!ask({ calling: 'CT1', peers: [{ ...watched, certSha256: PRINT }] }).admitted);
  for (const calling of ['IMPORT', 'IMPORT-ORIGINAL', 'LG-PROVEIT1', 'LG-DRILL', 'LG-DRILL2', '', 'A\\B'])
    assert.ok(!ask({ calling }).admitted, calling);
});

test('[POLICY-191] a wrong called title and a limit refuse under observation too', () => {
  assert.ok(!ask({ called: 'PACS' }).admitted);
  const load = { total: 9, ofPeer: 0, isPaused: false };
  const full = ask({ load, limits: { total: 9, perPeer: 9 } });
  assert.deepEqual(full.admitted || full.rejection, { result: 2, source: 3, reason: 1 });
});

test('[POLICY-192] over TLS whoever passes is bound to the certificate it showed, for this association', () => {
  const admission = ask({ tls: { certSha256: PRINT, isSigned: false } });
  assert.ok(admission.admitted);
  assert.deepEqual([admission.peer.certSha256, admission.evidence], [PRINT, 'certificate']);
  assert.ok(!ask({ tls: {} }).admitted);
});

test('[POLICY-193] a peer’s own mode decides; without one, the site’s, until its end', () => {
  const site: Observation = { ranges: [], siteUntilMs: NOW + 1 };
  assert.deepEqual(
    [CT1, { ...CT1, mode: 'observe' as const }, { ...CT1, mode: 'enforce' as const }].map((peer) => [
      isObserved(peer, NOTHING_OBSERVED, NOW),
      isObserved(peer, site, NOW),
      isObserved(peer, site, NOW + 1),
    ]),
    [
      [false, true, false],
      [true, true, true],
      [false, false, false],
    ],
  );
});

test('[POLICY-194] who is observed may do all there is, and is judged as before', () => {
  const free = unbound({ ...CT1, strictness: 'strict', release: 'two-persons' });
  assert.deepEqual([free.allow, free.privateSopClasses], [SERVICES, ['*']]);
  assert.deepEqual([free.strictness, free.release, free.whenHeld], ['strict', 'two-persons', 'tell']);
});

test('[POLICY-195] observing lends nothing to who stands behind another’s certificate or address, or a revoked one', () => {
  const tls = { certSha256: PRINT, isSigned: true };
  assert.ok(ask({ tls }).admitted);
  assert.ok(!ask({ tls: { ...tls, issuedTo: { peer: 'CT1', name: 'ct1' } } }).admitted);
  assert.ok(!ask({ tls: { ...tls, isRevoked: true } }).admitted);
  assert.ok(!ask({ tls, peers: [{ ...CT1, certSha256: PRINT }] }).admitted);
  assert.ok(!ask({ peers: [{ ...CT1, from: '198.51.100.9/32' }] }).admitted);
  const anchored = { ...CT1, mode: 'observe' as const, trustAnchors: ['site'] };
  assert.ok(!ask({ calling: 'CT1', peers: [anchored] }).admitted);
});
