import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddress, isOutsideAddress } from './reach.ts';

test('[CONT-30] private, loopback, link-local and unique local addresses are inside; every other is outside, and so is what cannot be read', () => {
  const inside = ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '169.254.1.1'];
  for (const address of [...inside, '::1', 'fd12::1', 'fe80::1%eth0', '::ffff:10.0.0.1', ''])
    assert.equal(isOutsideAddress(address), false, address);
  const outside = ['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.0.2.7', '100.64.0.1', '2001:db8::1', '::ffff:8.8.8.8'];
  for (const address of [...outside, 'pacs.example.org', '010.0.0.1', 'x'])
    assert.equal(isOutsideAddress(address), true, address);
  assert.deepEqual([isAddress('10.0.0.1'), isAddress('fd00::1'), isAddress('pacs')], [true, true, false]);
});
