import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cleanText } from './text-cleaner.ts';
import { derivedUid, isWellFormedUid, repairedUids } from './uid.ts';

const PATIENT_NAME = 0x00100010;
const DESCRIPTION = 0x00081030;
const SOFTWARE_VERSIONS = 0x00181020;
const COMMENTS = 0x00104000;

function cleaned(value: string, tag = DESCRIPTION, vr = 'LO', charset = 'ISO_IR 192'): string {
  const bytes = new Uint8Array(Buffer.from(value, charset === 'ISO_IR 192' ? 'utf8' : 'latin1'));
  const result = cleanText(bytes, tag, vr, charset);
  assert.equal(result.length, bytes.length);
  return Buffer.from(result).toString(charset === 'ISO_IR 192' ? 'utf8' : 'latin1');
}

describe('cleaning text', () => {
  test('[REWRITE-20] markup, formulas, format strings, queries and paths are put out', () => {
    for (const bad of [
      '<script>alert(1)</script>',
      '=HYPERLINK("http://127.0.0.1:9")',
      '%n%n%s%x',
      `$${'{'}jndi:ldap://127.0.0.1:9/a}`,
      "1'; DROP TABLE patients;--",
      '../../etc/passwd',
      '..\\..\\x',
      'A\r\nX-Evil: 1',
      '\x1b[2J\x1b[31mX',
      'a\0b',
    ]) {
      const good = cleaned(bad);
      assert.doesNotMatch(good, /[<>"'`;{}$%&|()=\\/:\0-\x1f]|\.\.|--/, bad);
    }
    assert.equal(cleaned('<b>Crâne</b> 2'), '_b_Crâne__b_ 2');
    assert.equal(cleaned('powershell -enc AAAA - thorax'), 'powershell _enc AAAA - thorax');
  });

  test('[REWRITE-20] names, letters of any script and line breaks of long texts stay', () => {
    for (const name of ['DOE^JANE', 'Müller^Jürgen', '山田^太郎', 'Yamada^Tarou=山田^太郎=やまだ^たろう']) {
      assert.equal(cleaned(name, PATIENT_NAME, 'PN'), name);
    }
    assert.equal(cleaned('ligne 1\r\nligne 2', COMMENTS, 'LT'), 'ligne 1\r\nligne 2');
    assert.equal(cleaned('1.2\\3.4', SOFTWARE_VERSIONS), '1.2\\3.4');
    assert.equal(cleaned('-5'), '_5');
  });

  test('[REWRITE-20] characters of several bytes are not torn, terminals and hidden characters are', () => {
    const yamada = '\x1b$B;3ED\x1b(B^<x>';
    assert.equal(cleaned(yamada, PATIENT_NAME, 'PN', 'ISO 2022 IR 87'), '\x1b$B;3ED\x1b(B^_x_');
    assert.equal(cleaned('\x1b[31mX', PATIENT_NAME, 'PN', 'ISO 2022 IR 87'), ' _31mX');
    assert.equal(cleaned('\xcd\x5c<', PATIENT_NAME, 'PN', 'GB18030'), '\xcd\x5c_');
    assert.equal(cleaned('a\u202eb'), 'a   b');
    assert.equal(cleaned('a\x9bb', DESCRIPTION, 'LO', 'ISO_IR 100'), 'a b');
  });
});

describe('repairing UIDs', () => {
  test('[REWRITE-21] an ill-formed UID becomes a valid one, always the same, and another for another', () => {
    const [one, two] = ['../../a', '1.2\0.3'].map((bad) => derivedUid(Buffer.from(bad)));
    assert.ok(one !== undefined && two !== undefined && one !== two);
    for (const uid of [one, two]) assert.ok(isWellFormedUid(uid) && uid.startsWith('2.25.') && uid.length <= 64);
    assert.equal(derivedUid(Buffer.from('../../a')), one);
    assert.equal(one, '2.25.225556567455554068759844347216680330050');
  });

  test('[REWRITE-21] of several UIDs only the ill-formed change; a backslash in a path separates nothing', () => {
    const value = repairedUids(Buffer.from('1.2.3\\1.2..3\\4.5\0'), true);
    const [first, second, third] = value.split('\\');
    assert.deepEqual([first, third], ['1.2.3', '4.5']);
    assert.ok(second?.startsWith('2.25.'));
    assert.ok(!repairedUids(Buffer.from('..\\..\\x'), true).includes('\\'));
    assert.match(repairedUids(Buffer.from('1.2\\3.4'), false), /^2\.25\.[0-9]+$/);
    assert.equal(repairedUids(Buffer.from('1.02.3\0'), false), '1.02.3');
  });
});
