import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPIRES_SOON_MS, identityOf, type Peer } from './facts.ts';

const NOW = 1_800_000_000_000;
const peer = (more: Partial<Peer> = {}) =>
  ({
    aeTitle: 'CT1',
    from: '192.0.2.1/32',
    allow: ['echo'],
    whenHeld: 'keep-sending',
    privateSopClasses: [],
    ...more,
  }) as unknown as Peer;
const certificate = (notAfterMs: number, more: object = {}) =>
  ({ peer: 'CT1', revokedAtMs: 0, notAfterMs, ...more }) as Parameters<typeof identityOf>[1] extends
    | readonly (infer C)[]
    | undefined
    ? C
    : never;

test('[CONSOLE-71] an address alone, a pinned and a signed certificate are told apart', () => {
  assert.equal(identityOf(peer(), [], NOW).kind, 'address');
  assert.equal(identityOf(peer({ certSha256: 'a'.repeat(64) as never }), [], NOW).kind, 'pin');
  assert.equal(
    identityOf(peer({ trustAnchors: ['site'] }), [certificate(NOW + 2 * EXPIRES_SOON_MS)], NOW).kind,
    'signed',
  );
  assert.equal(identityOf(peer({ trustAnchors: ['other'] }), [], NOW).kind, 'signed');
});

test('[CONSOLE-71] a certificate that ends soon, has ended, or was never issued is a warning', () => {
  const signed = peer({ trustAnchors: ['site'] });
  assert.equal(identityOf(signed, [], NOW).kind, 'no-certificate');
  assert.equal(identityOf(signed, [certificate(NOW + EXPIRES_SOON_MS - 1)], NOW).kind, 'expiring');
  assert.equal(identityOf(signed, [certificate(NOW - 1)], NOW).kind, 'expired');
  assert.equal(identityOf(signed, [certificate(NOW + 9e9, { revokedAtMs: 1 })], NOW).kind, 'no-certificate');
  assert.equal(identityOf(signed, undefined, NOW).kind, 'signed');
});
