import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import { DataSetInspection } from '../index.ts';
import { CT_CLASS, EXPLICIT, element, INSTANCE, identity } from '../test-data.ts';
import { CARRIED, EICAR_BYTES, lookIn, lookOnce, privateValue, tarOf, zipLocal } from './carried.testkit.ts';
import { MOST_DEPTH, MOST_TRIES } from './unpacker.ts';

const MIB = 2 ** 20;
const codesOf = (value: Uint8Array) => lookIn(privateValue(value)).codes;
const hasEicar = (value: Uint8Array) => codesOf(value).includes('eicar.test-file');
const text = (words: string): Buffer => Buffer.from(words, 'latin1');

test('[INSPECT-320] ZIP: stored, deflated, with sizes behind the data, behind other bytes, one after the other', () => {
  assert.ok(hasEicar(zipLocal('a', EICAR_BYTES)));
  assert.ok(hasEicar(zipLocal('a', EICAR_BYTES, { isStored: true })));
  assert.ok(hasEicar(zipLocal('a', EICAR_BYTES, { isStreamed: true })));
  assert.ok(hasEicar(Buffer.concat([Buffer.alloc(3000, 1), zipLocal('a', EICAR_BYTES)])));
  const innocent = Buffer.alloc(5000, 'inert ');
  for (const first of [{}, { isStreamed: true }, { isStored: true }, { isStored: true, isStreamed: true }])
    assert.ok(hasEicar(concatBytes(zipLocal('a', innocent, first), zipLocal('b', EICAR_BYTES))), JSON.stringify(first));
});

test('[INSPECT-320] an encrypted file or a rare method is told, and the object not wholly looked at', () => {
  for (const changes of [{ isEncrypted: true }, { method: 14 }]) {
    const seen = lookIn(privateValue(zipLocal('a', EICAR_BYTES, changes)));
    assert.deepEqual(seen.codes, ['unpacking.closed', 'disguise.archive']);
    assert.deepEqual(seen.unfinished, ['unpacking']);
  }
});

test('[INSPECT-321] gzip with and without names, extras and checksums, several in one, behind a length; zlib', () => {
  const packed = deflateRawSync(EICAR_BYTES);
  const headers = ['00', '08', '10', '04', '02', '1e'].map((flags) => {
    const extra = Number.parseInt(flags, 16);
    const parts = [`1f8b08${flags}000000000003`];
    if ((extra & 4) !== 0) parts.push('0300616263');
    if ((extra & 8) !== 0) parts.push('6e616d6500');
    if ((extra & 16) !== 0) parts.push('6e6f746500');
    if ((extra & 2) !== 0) parts.push('1234');
    return Buffer.from(parts.join(''), 'hex');
  });
  for (const header of headers)
    assert.ok(hasEicar(concatBytes(header, packed, Buffer.alloc(8))), header.toString('hex'));
  assert.ok(hasEicar(concatBytes(gzipSync(text('inert')), gzipSync(EICAR_BYTES))));
  assert.ok(hasEicar(concatBytes(text('abcd'), gzipSync(EICAR_BYTES))));
  assert.ok(hasEicar(deflateSync(EICAR_BYTES)));
});

test('[INSPECT-322] packed streams of a PDF are looked into', () => {
  const packed = deflateSync(EICAR_BYTES);
  for (const line of ['\n', '\r\n', '\r']) {
    const stream = Buffer.concat([
      text(`<< /Length ${packed.length} >>\nstream${line}`),
      packed,
      text('\nendstream\n'),
    ]);
    assert.ok(hasEicar(Buffer.concat([text('%PDF-1.5\n'), stream])), JSON.stringify(line));
    assert.ok(hasEicar(Buffer.concat([text('%PDF-1.5\n1 0 obj stream\nplain\nendstream '), stream])));
  }
});

test('[INSPECT-323] base64 as a whole, and behind the word that announces it', () => {
  const coded = Buffer.from(gzipSync(EICAR_BYTES)).toString('base64');
  const texts = [
    coded,
    coded.replace(/(.{76})/g, '$1\r\n'),
    `data:application/octet-stream;base64,${coded}`,
    `Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n${coded}\r\n--end`,
    `<observationMedia><value representation="B64" mediaType="image/png">${coded}</value></observationMedia>`,
  ];
  for (const one of texts) assert.ok(hasEicar(text(one)), one.slice(0, 40));
  assert.deepEqual(codesOf(text('A report of letters and spaces, base64 or not, that says nothing.'.repeat(4))), []);
});

test('[INSPECT-324] the files of a tar archive are looked at', () => {
  const archive = tarOf('a.gz', gzipSync(EICAR_BYTES));
  assert.ok(hasEicar(archive));
  assert.ok(codesOf(archive).includes('disguise.archive'));
  const two = concatBytes(archive.subarray(0, -1024), tarOf('b', EICAR_BYTES));
  assert.ok(hasEicar(two));
});

/** Packed so often. */
function nested(bytes: Uint8Array, times: number): Uint8Array {
  return times === 0 ? bytes : nested(gzipSync(bytes), times - 1);
}

test('[INSPECT-325] what is packed four times over is found; deeper is told, and the object not wholly looked at', () => {
  for (let times = 1; times <= MOST_DEPTH; times += 1) assert.ok(hasEicar(nested(EICAR_BYTES, times)));
  const seen = lookIn(privateValue(nested(EICAR_BYTES, MOST_DEPTH + 1)));
  assert.deepEqual(seen.codes, ['unpacking.too-deep']);
  assert.deepEqual(seen.unfinished, ['unpacking']);
});

/** A gigabyte of zeros, deflated: blocks of 64 MiB flushed to whole bytes, the same sixteen times, and an empty last one. */
function gigabyte(): Uint8Array {
  const block = deflateRawSync(Buffer.alloc(64 * MIB), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([Buffer.alloc(16 * block.length, block), Buffer.from('0300', 'hex')]);
}

test('[INSPECT-326] a gigabyte packed into an archive ends early, as malicious (in little memory: PROVE-94)', () => {
  const zeros = gzipSync(Buffer.alloc(32 * MIB));
  const raw = gigabyte();
  const local = zipLocal('a', new Uint8Array(0)).slice(0, 31);
  new DataView(local.buffer).setUint16(6, 8, true);
  new DataView(local.buffer).setUint32(18, 0, true);
  for (const bomb of [zeros, concatBytes(local, raw), gzipSync(zeros), zipLocal('b', concatBytes(local, raw))]) {
    const { verdict, counted, unfinished } = lookOnce(privateValue(bomb));
    assert.equal(verdict, 'malicious');
    assert.equal(counted['unpacking.bomb'], 1);
    assert.deepEqual(unfinished, ['unpacking']);
  }
});

test('[INSPECT-327] what unpacks to too much, or holds too many files, is told once, and the object not wholly looked at', () => {
  // Packed to a half, so that it is no bomb: a megabyte of letters without a pattern.
  const letters = Array.from({ length: 20_000 }, (_, at) => createHash('sha256').update(`${at}`).digest('hex')).join(
    '',
  );
  const part = gzipSync(text(letters), { level: 1 });
  const much = lookOnce(privateValue(Buffer.alloc(64 * part.length, part)));
  assert.equal(much.counted['unpacking.too-much'], 1);
  const many = lookOnce(privateValue(Buffer.alloc(4 * MOST_TRIES, 'PK\x03\x04', 'latin1')));
  assert.equal(many.counted['unpacking.too-many'], 1);
  for (const { unfinished } of [much, many]) assert.deepEqual(unfinished, ['unpacking']);
});

test('[INSPECT-328] headers that only look packed hide nothing of what stands behind them', () => {
  const packed = zipLocal('a', EICAR_BYTES);
  const decoys = [
    text('PK\x03\x04'),
    text('PK\x03\x04PK\x03'),
    text('\x1f\x8b\x08'),
    text('\x1f\x8b\x08\0\0\0\0\0\0\x03'),
    text('\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff'),
    text('\x78\x9c'),
    text('\x78\x9c\xff\xff\xff'),
    zipLocal('a', text('x'), { method: 14 }),
    zipLocal('a', new Uint8Array(400), { isStored: true }).slice(0, 60),
  ];
  for (const [at, decoy] of decoys.entries()) assert.ok(hasEicar(concatBytes(decoy, packed)), `decoy ${at}`);
  const all = concatBytes(...decoys);
  assert.ok(hasEicar(concatBytes(all, all, packed)));
});

test('[INSPECT-328] packed data that never come to their end are told, and the object not wholly looked at', () => {
  const letters = Array.from({ length: 400 }, (_, at) => createHash('sha256').update(`${at}`).digest('hex')).join('');
  const cut = gzipSync(text(letters)).subarray(0, -2000);
  const seen = lookIn(privateValue(cut));
  assert.deepEqual(seen.codes, ['unpacking.broken']);
  assert.deepEqual(seen.unfinished, ['unpacking']);
});

test('[INSPECT-329] memory does not grow with the object, and half a gigabyte takes no more than some', () => {
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
  const piece = Buffer.alloc(MIB, 'pixels of an ordinary picture, or a value of an ordinary device ');
  const before = process.memoryUsage();
  for (const tag of [0x7fe00010, 0x00991001]) {
    const inspection = new DataSetInspection({ context, inspectors: CARRIED });
    inspection.push(concatBytes(identity(), element(tag, 'OB', new Uint8Array(0), 256 * MIB)));
    for (let at = 0; at < 256; at += 1) inspection.push(piece);
    assert.deepEqual(inspection.end().findings, []);
  }
  const after = process.memoryUsage();
  assert.ok(after.arrayBuffers - before.arrayBuffers < 8 * MIB);
  assert.ok(after.rss - before.rss < 64 * MIB);
});
