import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { writeFileMeta } from '@leadglass/dicom';
import type { Inspectors } from './inspectors.ts';
import { composeInspectors } from './inspectors.ts';
import { type Looked, Looker } from './look.ts';
import { Source } from './source.ts';
import { zip } from './zip.testkit.ts';

const INSPECTORS: Inspectors = await composeInspectors(undefined);
const CT = '1.2.840.10008.5.1.4.1.1.2';
const UID = '1.2.826.0.1.3680043.10.7';

function element(tag: number, vr: string, value: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  const even = value.length % 2 === 0 ? value : `${value}\0`;
  head.writeUInt16LE(even.length, 6);
  return Buffer.concat([head, Buffer.from(even, 'latin1')]);
}

/** A small object without pixels. */
function object(instance = UID): Buffer {
  const meta = writeFileMeta({
    sopClassUid: CT,
    sopInstanceUid: instance,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    implementationClassUid: '1.2.3',
    implementationVersionName: 'T',
  });
  const dataSet = [
    element(0x00080016, 'UI', CT),
    element(0x00080018, 'UI', instance),
    element(0x0020000d, 'UI', '1.2.3'),
  ];
  return Buffer.concat([meta, ...dataSet]);
}

const CLIMBING = object('../../../etc/passwd');

async function look(path: string, bytes: Uint8Array, pieceBytes = 65_536): Promise<Looked[]> {
  const looked: Looked[] = [];
  let at = 0;
  // One buffer for all pieces, as the worker reads: whoever keeps a view is found out.
  const buffer = Buffer.alloc(Math.max(1, Math.min(pieceBytes, bytes.length)));
  const source = new Source(() => {
    if (at >= bytes.length) return undefined;
    const count = Math.min(buffer.length, bytes.length - at);
    buffer.set(bytes.subarray(at, at + count));
    at += count;
    return buffer.subarray(0, count);
  });
  await new Looker(INSPECTORS, (one) => looked.push(one)).look(path, source);
  return looked;
}

async function verdictOf(path: string, bytes: Uint8Array | string): Promise<string> {
  const looked = await look(path, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return `${looked.at(-1)?.nature} ${looked.at(-1)?.verdict}`;
}

const codesOf = (looked: readonly Looked[]) => looked.at(-1)?.findings.map(({ code }) => code);

test('[CLI-29] what is no DICOM object is judged by what it is', async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['VIEWER/VIEWER.EXE', `MZ\x90\0${'\0'.repeat(200)}PE\0\0`, 'executable suspicious'],
    ['viewer', `\x7fELF\x02\x01\x01${'\0'.repeat(80)}`, 'executable suspicious'],
    ['AUTORUN.INF', '[autorun]\r\nopen=viewer.exe\r\n', 'autorun suspicious'],
    ['run.bat', '@echo off\r\nviewer.exe\r\n', 'script suspicious'],
    ['install', '#!/bin/sh\necho\n', 'script suspicious'],
    ['open.lnk', 'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0', 'shortcut suspicious'],
    ['data.rar', 'Rar!\x1a\x07\x01\0', 'closedArchive suspicious'],
    ['readme.txt', 'Bonjour', 'text clean'],
    ['LISEZMOI', 'Images de M. X\r\n', 'text clean'],
    ['index.html', '<!DOCTYPE html><html></html>', 'page clean'],
    ['logo.jpg', '\xff\xd8\xff\xe0\0\x10JFIF', 'picture clean'],
    ['film.mp4', '\0\0\0\x18ftypmp42', 'medium clean'],
    ['viewer.dat', '\x01\x02\x03\x04\xfe', 'unknown clean'],
    ['empty.txt', '', 'empty clean'],
    ['jquery.js', 'var a = 1;', 'text clean'],
  ];
  const wrong: string[] = [];
  for (const [path, bytes, expected] of cases) {
    const reached = await verdictOf(path, bytes);
    if (reached !== expected) wrong.push(`${path}: ${reached}, not ${expected}`);
  }
  assert.deepEqual(wrong, []);
});

test('[CLI-29] what is named like an image and is none is not clean', async () => {
  assert.equal(await verdictOf('IM0001.dcm', `MZ\x90\0${'\0'.repeat(200)}PE\0\0`), 'executable malicious');
  assert.equal(await verdictOf('IM0001.dcm', '\x01\x02\x03'), 'unknown malformed');
  assert.equal(await verdictOf('IM0001', '\x01\x02\x03\xff'), 'unknown malformed');
  assert.equal(await verdictOf('1.2.840.113619', '\x01\x02\x03\xff'), 'unknown malformed');
});

test('[CLI-30] a DICOM object is one with or without preamble, mark and header, whatever its name', async () => {
  assert.equal(await verdictOf('x.txt', object()), 'dicom clean');
  assert.equal(await verdictOf('x.exe', CLIMBING), 'dicom malicious');
  assert.equal((await verdictOf('x', object().subarray(128))).startsWith('dicom'), true);
});

test('[CLI-31] every file of an archive is looked at, in archives too, and the archive is as bad as its worst', async () => {
  const inner = zip({ name: 'b.dcm', data: CLIMBING });
  const archive = zip(
    { name: 'DICOM/', data: Buffer.alloc(0), isStored: true },
    { name: 'DICOM/a.dcm', data: object() },
    { name: 'inner.zip', data: inner, isStored: true },
  );
  for (const pieceBytes of [1, 7, 65_536]) {
    const looked = await look('x.zip', archive, pieceBytes);
    assert.deepEqual(
      looked.map(({ path, verdict }) => `${path} ${verdict}`),
      [
        'x.zip!/DICOM/a.dcm clean',
        'x.zip!/inner.zip!/b.dcm malicious',
        'x.zip!/inner.zip malicious',
        'x.zip malicious',
      ],
    );
    assert.deepEqual(codesOf(looked), ['archive.member']);
  }
});

test('[CLI-31] lengths behind the data, marked or not, stored or packed', async () => {
  for (const descriptor of ['marked', 'bare'] as const) {
    for (const isStored of [false, true]) {
      if (isStored && descriptor === 'bare') continue;
      const archive = zip({ name: 'a.dcm', data: object(), descriptor, isStored }, { name: 'b.dcm', data: CLIMBING });
      for (const pieceBytes of [1, 7, 65_536]) {
        const looked = await look('x.zip', archive, pieceBytes);
        const said = looked.map(({ path, verdict }) => `${path} ${verdict}`);
        assert.deepEqual(
          said,
          ['x.zip!/a.dcm clean', 'x.zip!/b.dcm malicious', 'x.zip malicious'],
          `${descriptor} ${isStored}`,
        );
      }
    }
  }
});

test('[CLI-31] a gzip file is opened', async () => {
  const looked = await look('a.dcm.gz', gzipSync(CLIMBING));
  assert.deepEqual(
    looked.map(({ path, verdict }) => `${path} ${verdict}`),
    ['a.dcm.gz!/a.dcm malicious', 'a.dcm.gz malicious'],
  );
});

test('[CLI-32] what cannot be looked into is said: passwords, rare methods, damage, too much nesting', async () => {
  const secret = await look(
    'x.zip',
    zip({ name: 'a', data: object(), isEncrypted: true }, { name: 'b.dcm', data: CLIMBING }),
  );
  assert.deepEqual(codesOf(secret.slice(0, 1)), ['archive.encrypted']);
  assert.equal(secret[1]?.verdict, 'malicious');
  const rare = await look('x.zip', zip({ name: 'a', data: object(), method: 14 }));
  assert.deepEqual(codesOf(rare.slice(0, 1)), ['archive.unknown-method']);
  const cut = await look('x.zip', zip({ name: 'a.dcm', data: object() }).subarray(0, -30));
  assert.equal(cut.at(-1)?.verdict, 'malformed');
  let deep = zip({ name: 'a.dcm', data: object() });
  for (let depth = 0; depth < 6; depth += 1) deep = zip({ name: 'x.zip', data: deep });
  const nested = await look('x.zip', deep);
  assert.ok(
    nested.some(({ unfinished, findings }) => unfinished.length > 0 && findings[0]?.code === 'archive.too-deep'),
  );
});

test('[CLI-32] an archive that is another one read from its end is malformed', async () => {
  const archive = zip({ name: 'a.dcm', data: object(), listedAs: 'b.exe' });
  assert.deepEqual(codesOf(await look('x.zip', archive)), ['archive.two-listings']);
  const hidden = Buffer.concat([zip({ name: 'a.dcm', data: object() }), Buffer.from('payload')]);
  assert.deepEqual(codesOf(await look('x.zip', hidden)), ['archive.trailing']);
});

test('[CLI-33] an archive bomb ends in bounded time, and is said to be one', async () => {
  const ten = Buffer.alloc(64 * 1024 * 1024);
  const bomb = zip(...Array.from({ length: 12 }, (_, at) => ({ name: `${at}.txt`, data: ten })));
  const beganMs = performance.now();
  const looked = await look('bomb.zip', bomb);
  assert.ok(performance.now() - beganMs < 5_000);
  assert.deepEqual(codesOf(looked), ['archive.bomb']);
  assert.deepEqual(looked.at(-1)?.unfinished, ['archive']);
  const gzip = await look('bomb.gz', gzipSync(gzipSync(Buffer.alloc(512 * 1024 * 1024))));
  assert.ok(gzip.some(({ findings }) => findings.some(({ code }) => code === 'archive.bomb')));
});

test('[CLI-34] names inside an archive are told and never used', async () => {
  const looked = await look('x.zip', zip({ name: '../../etc/passwd', data: Buffer.from('x') }));
  assert.deepEqual(codesOf(looked), ['archive.climbing-name']);
  assert.equal(looked.at(-1)?.verdict, 'malicious');
});

/** A number from 0 up to `below`, the same each run (a linear congruence). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

test('[CLI-32] any bytes that begin like an archive end in a verdict', async () => {
  const next = chance(7);
  const members = [
    { name: 'a.dcm', data: object() },
    { name: 'b.txt', data: Buffer.from('text'.repeat(50)), descriptor: 'marked' as const },
    { name: 'c.zip', data: zip({ name: 'd', data: CLIMBING, descriptor: 'bare' }), isStored: true },
  ];
  const whole = [zip(...members), gzipSync(zip(...members))];
  for (let round = 0; round < 400; round += 1) {
    const bytes = Buffer.from(whole[round % 2] ?? '');
    for (let change = next(6); change >= 0; change -= 1) bytes[4 + next(bytes.length - 4)] = next(256);
    const looked = await look('x', bytes.subarray(0, next(8) === 0 ? next(bytes.length) : bytes.length), 1 + next(300));
    assert.equal(looked.at(-1)?.path, 'x', `round ${round}`);
  }
});

/** The EICAR test string, in two halves. */
const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS'}-TEST-FILE!$H+H*`;

test('[INSPECT-331] a file on a disk is what it says it is, and no disguise; EICAR in it is found, packed or not', async () => {
  const eicar = Buffer.from(EICAR, 'latin1');
  const inert = Buffer.from('an inert text of a few words, nothing else', 'latin1');
  const codes = async (name: string, bytes: Uint8Array) =>
    (await look(name, bytes)).flatMap(({ findings }) => findings.map(({ code }) => code));
  const tar = Buffer.alloc(2048);
  tar.write('a.txt', 0, 'latin1');
  tar.write('00000000104', 124, 'latin1');
  tar.write('ustar\x0000', 257, 'latin1');
  eicar.copy(tar, 512);
  for (const [name, bytes] of [
    ['a.txt', inert],
    ['a.zip', zip({ name: 'a.txt', data: inert })],
    ['a.txt.gz', gzipSync(inert)],
    ['setup.exe', Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(200)])],
  ] as const) {
    const said = (await codes(name, bytes)).filter((code) => !code.startsWith('file.') && !code.startsWith('archive.'));
    assert.deepEqual(said, [], name);
  }
  for (const [name, bytes] of [
    ['a.com', eicar],
    ['a.zip', zip({ name: 'a.txt', data: eicar })],
    ['a.txt.gz', gzipSync(eicar)],
    ['a.tar', tar],
    ['a.pdf', Buffer.concat([Buffer.from('%PDF-1.4\nstream\n', 'latin1'), deflateSync(eicar)])],
  ] as const)
    assert.ok((await codes(name, bytes)).includes('eicar.test-file'), name);
});
