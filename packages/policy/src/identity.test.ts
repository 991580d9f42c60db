import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Peer } from '@leadglass/model';
import { type AdmissionRequest, admit } from './admit.ts';
import { type CertificateShown, peerOfCertificate } from './identity.ts';

const OWN = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);

function peer(aeTitle: string, changes: Partial<Peer> = {}): Peer {
  return {
    ...{ aeTitle: aeTitle as AeTitle, from: '192.0.2.0/24', allow: ['echo', 'store'] },
    ...{ whenHeld: 'keep-sending', privateSopClasses: [], ...changes },
  };
}

function ask(peers: readonly Peer[], tls: CertificateShown | undefined, changes: Partial<AdmissionRequest> = {}) {
  const called = { calling: 'CT2', called: 'LEADGLASS', ourTitle: 'LEADGLASS', remoteAddress: '192.0.2.7' };
  return admit({ peers, ...called, ...(tls === undefined ? {} : { tls }), ...changes });
}

function refusal(peers: readonly Peer[], tls: CertificateShown | undefined, changes: Partial<AdmissionRequest> = {}) {
  const admission = ask(peers, tls, changes);
  assert.ok(!admission.admitted);
  return admission;
}

test('[POLICY-156] a certificate issued for one title opens no other, and whose it is is said', () => {
  const tls = { certSha256: OWN, isSigned: true, names: ['ct1'], issuedTo: { peer: 'CT1', name: 'ct1' } };
  const { why, hint } = refusal([peer('CT1'), peer('CT2')], tls);
  assert.match(why.en, /^"CT2" \(192\.0\.2\.7\): CT2's title came from CT1's certificate\./);
  assert.match(why.fr, /le titre de CT2 est venu avec le certificat de CT1/);
  assert.equal(hint, './leadglass cert issue CT2 --peer CT2');
  assert.ok(ask([peer('CT1'), peer('CT2')], tls, { calling: 'CT1' }).admitted);
});

test('[POLICY-156] so with one that is recorded for another peer by its fingerprint', () => {
  const peers = [peer('CT1', { certSha256: OWN }), peer('CT2', { certSha256: OTHER })];
  assert.match(refusal(peers, { certSha256: OWN, isSigned: false }).why.en, /came from CT1's certificate/);
  // Recorded for both by the site: then it is both's.
  const both = [peer('CT1', { certSha256: OWN }), peer('CT2', { certSha256: OWN })];
  assert.ok(ask(both, { certSha256: OWN, issuedTo: { peer: 'CT1', name: 'ct1' } }).admitted);
});

test('[POLICY-157] a title from the address that another peer has to itself is said to be that', () => {
  const peers = [peer('CT1', { from: '192.0.2.7/32' }), peer('CT2', { from: '192.0.2.8/32' })];
  assert.match(refusal(peers, undefined).why.en, /CT2's title came from CT1's address/);
  const shared = [...peers, peer('CT3', { from: '192.0.2.7/32' })];
  assert.match(refusal(shared, undefined).why.en, /admitted from 192\.0\.2\.8\/32 only/);
});

test('[POLICY-158] a revoked certificate is nobody’s, whatever is recorded', () => {
  for (const peers of [[peer('CT2')], [peer('CT2', { certSha256: OWN })], [peer('CT2', { trustAnchors: ['site'] })]]) {
    const { why } = refusal(peers, { certSha256: OWN, isSigned: true, names: ['CT2'], isRevoked: true });
    assert.match(why.en, /was revoked/);
  }
});

test('[POLICY-159] trust anchors are the peer’s own: another authority’s certificate of the same name is refused', () => {
  const peers = [peer('CT2', { trustAnchors: ['hospital'], certName: 'ct2.hospital.example' })];
  const names = ['CT2', 'CT2.hospital.example'];
  assert.ok(ask(peers, { certSha256: OWN, anchors: ['hospital'], names }).admitted);
  assert.match(refusal(peers, { certSha256: OWN, anchors: ['igc'], names }).why.en, /not issued by an authority/);
  assert.match(refusal(peers, { certSha256: OWN, isSigned: true, names }).why.en, /not issued by an authority/);
  assert.match(refusal(peers, { certSha256: OWN, anchors: ['hospital'], names: ['CT2'] }).why.en, /expected name/);
  assert.match(refusal(peers, undefined).why.en, /showed none/);
  assert.match(refusal(peers, {}).why.en, /showed none/);
});

test('[POLICY-160] an imported authority cannot be taken for the site’s, nor opens a peer that names none', () => {
  const tls = { certSha256: OWN, anchors: ['site', 'hospital'], names: ['CT2'] };
  assert.ok(!ask([peer('CT2', { trustAnchors: ['site'] })], tls).admitted);
  assert.ok(!ask([peer('CT2')], tls).admitted);
  const site = [peer('CT2', { trustAnchors: ['site'] })];
  assert.ok(ask(site, { certSha256: OWN, isSigned: true, names: ['ct2'] }).admitted);
  assert.ok(
    ask(site, { certSha256: OWN, isSigned: true, names: ['x'], issuedTo: { peer: 'CT2', name: 'x' } }).admitted,
  );
  assert.ok(!ask(site, { certSha256: OWN, isSigned: true, names: ['x'] }).admitted);
});

test('[POLICY-222] where nobody names a title a certificate is of the peer it is pinned or issued for, or whose authority and name it bears', () => {
  const [ct1, ct2] = [peer('CT1'), peer('CT2', { trustAnchors: ['hospital'] })];
  const pinned = peer('CT3', { certSha256: OWN });
  const of = (tls: CertificateShown, address = '192.0.2.7') =>
    peerOfCertificate([ct1, ct2, pinned], address, tls)?.aeTitle;
  const issuedTo = { peer: 'CT1', name: 'x' };
  assert.equal(of({ certSha256: OTHER, isSigned: true }), undefined);
  assert.equal(of({ certSha256: OTHER, isSigned: true, issuedTo }), 'CT1');
  assert.equal(of({ certSha256: OTHER, isSigned: true, issuedTo, isRevoked: true }), undefined);
  assert.equal(of({ certSha256: OTHER, isSigned: true, issuedTo }, '198.51.100.7'), undefined);
  assert.equal(of({ certSha256: OTHER, anchors: ['hospital'], names: ['CT2'] }), 'CT2');
  assert.equal(of({ certSha256: OTHER, anchors: ['hospital'], names: ['CT1'] }), undefined);
  assert.equal(of({ certSha256: OWN, isSigned: true, issuedTo }), 'CT3');
  assert.equal(of({}), undefined);
});
