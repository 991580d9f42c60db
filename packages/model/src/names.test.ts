import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Finding,
  isAeTitle,
  isSha256,
  isUid,
  parseAeTitle,
  parseSha256,
  parseUid,
  type Severity,
  verdictOf,
} from './index.ts';

test('[MODEL-3] an AE title is 1 to 16 printable ASCII characters without backslash, outer spaces not significant', () => {
  assert.equal(parseAeTitle(' CT ROOM 1 '), 'CT ROOM 1');
  for (const bad of ['', '    ', 'A'.repeat(17), 'A\\B', 'A\nB', 'É', 'A\u0000'])
    assert.equal(parseAeTitle(bad), undefined, bad);
  assert.equal(isAeTitle('CT1'), true);
  assert.equal(isAeTitle('CT1 '), false);
});

test('[MODEL-3] a UID is dotted numbers without leading zeros, at most 64 characters', () => {
  for (const good of ['1.2.840.10008.1.1', '0', '2.25.0', `${'1.'.repeat(31)}12`]) assert.equal(parseUid(good), good);
  for (const bad of ['', '1..2', '.1', '1.', '1.02', '1.2 ', '1.2\u0000', '1.a', '../1', `1.${'2'.repeat(63)}`])
    assert.equal(isUid(bad), false, bad);
});

test('[MODEL-3] a hostile UID is refused in time that grows with its length alone', () => {
  assert.equal(isUid(`${'1.'.repeat(1_000_000)}x`), false);
});

test('[MODEL-3] a SHA-256 is 64 hexadecimal digits, kept in lower case', () => {
  assert.equal(parseSha256('AB'.repeat(32)), 'ab'.repeat(32));
  for (const bad of ['ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32), '']) assert.equal(parseSha256(bad), undefined);
  assert.equal(isSha256('AB'.repeat(32)), false);
});

test('[MODEL-4] the verdict is the worst of the findings; information changes nothing', () => {
  const finding = (severity: Severity): Finding => ({
    inspector: 'i',
    code: 'i.x',
    severity,
    path: '',
    offset: -1,
    text: { fr: '', en: '' },
    cites: '',
  });
  const verdict = (...severities: Severity[]) => verdictOf(severities.map(finding));
  assert.equal(verdict(), 'clean');
  assert.equal(verdict('information', 'information'), 'clean');
  assert.equal(verdict('suspicious', 'information'), 'suspicious');
  assert.equal(verdict('malformed', 'suspicious'), 'malformed');
  assert.equal(verdict('suspicious', 'malicious', 'malformed'), 'malicious');
});
