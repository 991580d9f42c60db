import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkCharacter,
  hasValidCheck,
  isTemporaryNumber,
  PREFIX_ALPHABET,
  temporaryNumber,
  temporaryPrefix,
} from './temporary-number.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DAY = { year: 2026, dayOfYear: 331 };

test('[CONT-62] the check character is that of ISO/IEC 7064 MOD 37,36', () => {
  // Published example: GRid A12425GABC1234002 has the check character M.
  assert.equal(checkCharacter('A12425GABC1234002'), 'M');
  assert.equal(hasValidCheck('A12425GABC1234002M'), true);
});

test('[CONT-62] every changed character and every swapped pair of neighbours is found', () => {
  const number = temporaryNumber('patient', 'Q7K', DAY, 1);
  assert.match(number, /^TQ7K263310001[0-9A-Z]$/);
  for (let at = 0; at < number.length; at += 1) {
    for (const other of ALPHABET) {
      const changed = number.slice(0, at) + other + number.slice(at + 1);
      assert.equal(hasValidCheck(changed), changed === number, changed);
    }
    const [a = '', b = ''] = number.slice(at, at + 2);
    const swapped = number.slice(0, at) + b + a + number.slice(at + 2);
    assert.equal(hasValidCheck(swapped), swapped === number, swapped);
  }
});

test('[CONT-63] a number tells its kind, fits an Accession Number, and no other day or sequence has it', () => {
  const numbers = new Set<string>();
  for (let sequence = 1; sequence <= 9_999; sequence += 7)
    for (const year of [2026, 2027]) numbers.add(temporaryNumber('order', 'ABC', { year, dayOfYear: 5 }, sequence));
  assert.equal(numbers.size, 2 * Math.ceil(9_999 / 7));
  for (const number of numbers) assert.ok(number.length <= 16 && isTemporaryNumber(number, 'order'));
  assert.equal(isTemporaryNumber(temporaryNumber('order', 'ABC', DAY, 1), 'patient'), false);
  for (let byte = 0; byte < 256; byte += 1)
    assert.ok([...temporaryPrefix(Uint8Array.of(byte, byte, byte))].every((one) => PREFIX_ALPHABET.includes(one)));
});
