import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treatedValue } from './treated.ts';

const BODY_PART_EXAMINED = 0x00180015;
const IMAGE_TYPE = 0x00080008;
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';

function cleanedCode(value: string, tag: number): string {
  const old = {
    tag,
    vr: 'CS',
    form: { vr: 'CS', isVrExplicit: true },
    charset: '',
    isImplicit: false,
    value: new Uint8Array(Buffer.from(value, 'latin1')),
  };
  const treated = treatedValue('clean', old, EXPLICIT_LITTLE);
  assert.ok(treated !== undefined);
  return Buffer.from(treated.value).toString('latin1');
}

test('[REWRITE-24] a code string that had to be cleaned is a code string afterwards', () => {
  assert.equal(cleanedCode("1'; DROP TABLE leadglass_none;--", BODY_PART_EXAMINED), '1__ DROP TABLE L');
  assert.equal(cleanedCode('<\x1b[2J>h\0', BODY_PART_EXAMINED), '_ _2J_H');
  assert.equal(cleanedCode('ORIGINAL\\<script>alert(1)</script>', IMAGE_TYPE), 'ORIGINAL\\_SCRIPT_ALERT_1_');
});

test('[REWRITE-24] one that is harmless stays as it was sent, wrong or not', () => {
  assert.equal(cleanedCode('Chest', BODY_PART_EXAMINED), 'Chest');
});
