import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from './address.ts';
import { cidrContains, formatCidr, parseCidr } from './cidr.ts';

function contains(range: string, address: string): boolean {
  const cidr = parseCidr(range);
  assert.ok(cidr, `${range} is a range`);
  return cidrContains(cidr, address);
}

const READ: readonly (readonly [string, string])[] = [
  ['192.0.2.7', '192.0.2.7/32'],
  ['192.0.2.7/24', '192.0.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.0.2.255/31', '192.0.2.254/31'],
  ['2001:db8::1', '2001:db8::1/128'],
  ['2001:DB8:0:0:1::/80', '2001:db8:0:0:1::/80'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.7', '192.0.2.7/32'],
  ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ['::ffff:c000:207/128', '192.0.2.7/32'],
  ['::ffff:0:0/95', '::fffe:0:0/95'],
  ['fe80::1/64', 'fe80::/64'],
  ['2001:db8::192.0.2.1/128', '2001:db8::c000:201/128'],
];
for (const [given, canonical] of READ) {
  test(`[POLICY-1] reads ${given} as ${canonical}`, () => {
    const cidr = parseCidr(given);
    assert.ok(cidr);
    assert.equal(formatCidr(cidr), canonical);
  });
}

const NOT_RANGES = [
  '',
  '/',
  '/24',
  '192.0.2',
  '192.0.2.1.1',
  '192.0.2.256',
  '192.0.2.01',
  '0x7f.0.0.1',
  '192.0.2.1/33',
  '192.0.2.1/-1',
  '192.0.2.1/',
  '192.0.2.1/024',
  '192.0.2.1/24/24',
  ' 192.0.2.1',
  '192.0.2.1 ',
  '192.0.2.1/2 4',
  '::1/129',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::',
  '::192.0.2',
  '192.0.2.1::',
  '::1%eth0/64',
  'localhost',
  '*',
  '192.0.2.*',
  `${'1'.repeat(70)}`,
  '1:2:3:4:5:6:7:192.0.2.1',
  '192.0.2.1:104',
];
for (const given of NOT_RANGES) {
  test(`[POLICY-1] refuses ${JSON.stringify(given)} as a range`, () => assert.equal(parseCidr(given), undefined));
}

const INSIDE: readonly (readonly [string, string, boolean])[] = [
  ['192.0.2.0/24', '192.0.2.0', true],
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.7/32', '192.0.2.7', true],
  ['192.0.2.7/32', '192.0.2.6', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['192.0.2.0/24', '::ffff:192.0.2.9', true],
  ['192.0.2.0/24', '::FFFF:C000:0209', true],
  ['::ffff:192.0.2.0/120', '192.0.2.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '192.0.2.1', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['fe80::/64', 'fe80::1%eth0', true],
  ['192.0.2.0/24', 'not an address', false],
  ['192.0.2.0/24', '', false],
];
for (const [range, address, expected] of INSIDE) {
  test(`[POLICY-2] ${range} ${expected ? 'holds' : 'does not hold'} ${JSON.stringify(address)}`, () => {
    assert.equal(contains(range, address), expected);
  });
}

test('[POLICY-2] every prefix length splits exactly at its bit', () => {
  for (let prefix = 1; prefix <= 32; prefix += 1) {
    const base = Uint8Array.from([203, 0, 113, 77]);
    const bit = prefix - 1;
    const other = base.map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
    const range = `${formatAddress(base)}/${prefix}`;
    assert.ok(contains(range, formatAddress(base)), range);
    assert.ok(!contains(range, formatAddress(other)), range);
  }
});

test('[POLICY-1] an address is written and read back', () => {
  for (const address of ['::', '::1', '1::', '2001:db8::1:0:0:1', '1:0:2:0:3:0:4:0', 'ff02::fb', '255.255.255.255']) {
    const bytes = parseAddress(address);
    assert.ok(bytes);
    assert.equal(formatAddress(bytes), address);
  }
});
