import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { frame, MllpFramer } from './mllp.ts';
import { readV2 } from './reader.ts';

const ROOT = resolve(fileURLToPath(new URL('../../../', import.meta.url)));
const DATA = process.env.LEADGLASS_SHARED_DATA ?? resolve(ROOT, '../shared/data');
const LABELS = join(DATA, 'labels.tsv');
const HAS_DATA = existsSync(LABELS);

/** Files of the message set with what is expected of them. */
const MESSAGES = HAS_DATA
  ? readFileSync(LABELS, 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([path]) => path?.startsWith('hl7/'))
  : [];

/** Malformed cannot be acted on, suspicious has something to tell, clean has nothing. */
function verdictOf(bytes: Uint8Array): string {
  const reading = readV2(bytes, { fallbackCharset: '8859/1' });
  if (reading.problems.some(({ isFatal }) => isFatal)) return 'malformed';
  return reading.problems.length > 0 ? 'suspicious' : 'clean';
}

test('[HL7-31] the message set is there', { skip: HAS_DATA ? false : `${LABELS} is not there` }, () => {
  assert.ok(MESSAGES.length >= 8);
});

for (const [path = '', , expected] of MESSAGES) {
  test(`[HL7-31] ${path} is ${expected}`, () => {
    const bytes = readFileSync(join(DATA, path));
    assert.equal(verdictOf(bytes), expected);
    const events = new MllpFramer().push(frame(bytes));
    const isFramed = events.length === 1 && events[0]?.kind === 'message';
    assert.equal(isFramed, !bytes.includes(0x0b));
  });
}
