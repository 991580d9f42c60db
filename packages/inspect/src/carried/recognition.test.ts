import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import { element, encapsulatedPixels, imageModule } from '../test-data.ts';
import { expectIn, filled, lookIn, peProgram, privateValue, zipLocal } from './carried.testkit.ts';

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const text = (words: string): Buffer => Buffer.from(words, 'latin1');

/** Beginnings of programs, each with what makes it one. */
const PROGRAMS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['PE', peProgram()],
  ['PE far behind', peProgram(0x300)],
  ['DOS stub', filled(Buffer.concat([text('MZ'), Buffer.alloc(62, 1), hex('0e1fba0e00b409cd21')]))],
  ['ELF 64', filled(hex('7f454c46020101000000000000000000' + '03003e0001000000'))],
  ['ELF 32 big', filled(hex('7f454c46010201000000000000000000' + '0002001400000001'))],
  ['Mach-O', filled(hex('cffaedfe0c0000010000000002000000'))],
  ['Mach-O big', filled(hex('feedface000000120000000000000002'))],
  ['universal', filled(hex('cafebabe0000000201000007'))],
  ['Java', filled(hex('cafebabe00000034001d'))],
  ['WASM', filled(hex('0061736d01000000'))],
  ['DEX', filled(text('dex\n035\0'))],
  ['shortcut', filled(hex('4c0000000114020000000000c000000000000046'))],
];

test('[INSPECT-305] programs in elements nobody looks into are malicious', () => {
  for (const [, bytes] of PROGRAMS) expectIn(bytes, 'malicious', ['disguise.program']);
});

test('[INSPECT-305] the mark of a program without its header is none', () => {
  const marks = [
    filled('MZ 1200 / 4-STATION'),
    filled(hex('7f454c46050101')),
    filled(hex('cffaedfe00000000')),
    filled(hex('cafebabe00000000')),
    filled('MZ'),
    text('MZ'.repeat(8)),
  ];
  for (const bytes of marks) expectIn(bytes, 'clean', []);
});

test('[INSPECT-305] what every Windows program says gives one away anywhere', () => {
  const inside = filled(`${'x'.repeat(300)}This program cannot be run in DOS mode.`);
  expectIn(inside, 'suspicious', ['disguise.program-inside']);
});

test('[INSPECT-306] archives, disk images and documents are suspicious', () => {
  const archives = ['526172211a0700', '377abcaf271c0004', '4d53434600000000', '6873717300', '7668647866696c65'];
  for (const one of archives) expectIn(filled(hex(one)), 'suspicious', ['disguise.archive']);
  expectIn(zipLocal('a.txt', text('inert')), 'suspicious', ['disguise.archive']);
  expectIn(filled(zipLocal('a.txt', text('inert')), 4000), 'suspicious', ['disguise.archive']);
  const disk = Buffer.alloc(40_000);
  disk.write('CD001', 32_769, 'latin1');
  expectIn(disk, 'suspicious', ['disguise.archive']);
  const ole = Buffer.concat([
    hex('d0cf11e0a1b11ae1'),
    Buffer.alloc(16),
    hex('3e000300feff09000600'),
    Buffer.alloc(600),
  ]);
  const rtf = text(`{\\rtf1 ${'text '.repeat(300)}{\\object\\objemb{\\*\\objdata 01}}}`);
  for (const one of [ole, rtf, filled('SQLite format 3\0'), filled('%!PS-Adobe-3.0')])
    expectIn(one, 'suspicious', ['disguise.document']);
});

test('[INSPECT-306] an archive behind other bytes is found', () => {
  const bytes = Buffer.concat([Buffer.alloc(5000, 7), zipLocal('a.txt', text('inert'))]);
  expectIn(bytes, 'suspicious', ['disguise.archive']);
});

test('[INSPECT-307] scripts and pages are suspicious, in values and in texts, in UTF-8, UTF-16 and behind blanks', () => {
  const scripts = [
    '#!/bin/sh\nexit 0\n',
    '@echo off\r\nrem\r\n',
    'powershell.exe -NoProfile -Command exit',
    'On Error Resume Next\r\n',
    'Set a = CreateObject("WScript.Shell")',
    '<?php exit; ?>  ',
    '<!DOCTYPE html><p>',
    '<html><body></body></html>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?><svg onload="x"/>',
    '<job id="x"><script language="VBScript">',
    '[InternetShortcut]\r\nURL=x',
    'Windows Registry Editor Version 5.00',
    'MIME-Version: 1.0\r\nContent-Type: multipart/related',
  ];
  for (const script of scripts) {
    expectIn(text(script), 'suspicious', ['disguise.script']);
    expectIn(text(`\xef\xbb\xbf \r\n${script}`), 'suspicious', ['disguise.script']);
    expectIn(Buffer.from(`\ufeff${script}`, 'utf16le'), 'suspicious', ['disguise.script']);
    assert.deepEqual(lookIn(privateValue(text(script), 'UT')).codes, ['disguise.script']);
  }
});

/** What makers' elements hold, by the real files and conformance statements. */
const VENDOR: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['XML', text('<?xml version="1.0" encoding="utf-8"?>\n<ExamCard><Body id="1"/><Job name="a"/></ExamCard>')],
  ['job', text('<Job name="reconstruction"><Step/></Job>')],
  ['protocol', text('<XProtocol>\n{\n  <Name> "PhoenixMetaProtocol"')],
  ['GE protocol', concatBytes(hex('5a000000'), gzipSync(text('set TR "500.0"\n'.repeat(40))))],
  ['RTF', text('{\\rtf1\\ansi no finding}')],
  ['JPEG', filled(hex('ffd8ffe000104a464946'))],
  ['PDF', text('%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n')],
  ['JSON', text('{"project":"LUNG","site":12}')],
  ['settings', text('set TR = 500 ; dim x ; rem note ; start 12')],
  ['numbers', Buffer.from(new Float32Array(64).map((_, at) => at * 1.5).buffer)],
  ['name', text('PK-MERZ 2 %PDF report #!12 <auto>')],
];

test('[INSPECT-307] what makers of devices keep in their elements is no disguise', () => {
  for (const [, bytes] of VENDOR) expectIn(bytes, 'clean', []);
});

test('[INSPECT-308] pixels that begin as a program or an archive does are suspicious; marks in their midst are chance', () => {
  const pixels = (bytes: Uint8Array) => lookIn(concatBytes(imageModule(), element(0x7fe00010, 'OW', bytes)));
  assert.deepEqual(pixels(peProgram()).codes, ['disguise.program-in-pixels']);
  assert.deepEqual(pixels(filled(zipLocal('a.txt', text('inert')))).codes, ['disguise.file-in-pixels']);
  assert.deepEqual(pixels(filled(hex('377abcaf271c'))).codes, ['disguise.file-in-pixels']);
  const marks = Buffer.concat([
    Buffer.alloc(64, 5),
    peProgram(),
    text('PK\x03\x04 \x7fELF %PDF- BZh'),
    Buffer.alloc(64, 5),
  ]);
  assert.deepEqual(pixels(marks).codes, []);
  assert.deepEqual(pixels(filled('#!/bin/sh\n')).codes, []);
});

test('[INSPECT-309] of what was packed programs are told; in place of a compressed frame any file in base64', () => {
  expectIn(gzipSync(peProgram()), 'suspicious', ['disguise.packed-program']);
  expectIn(text(Buffer.from(peProgram()).toString('base64')), 'suspicious', ['disguise.packed-program']);
  expectIn(gzipSync(text('<html><script>')), 'clean', []);
  const coded = text(Buffer.from(filled(hex('526172211a0700'))).toString('base64'));
  const frame = lookIn(concatBytes(imageModule(), encapsulatedPixels(new Uint8Array(0), coded)));
  assert.deepEqual(frame.codes, ['disguise.archive']);
});

test('[INSPECT-311] packed data that nobody opens are suspicious, and told of makers known for them', () => {
  for (const one of ['fd377a585a00', '28b52ffd', '425a6839314159265359', '4c5a495001']) {
    expectIn(filled(hex(one)), 'suspicious', ['disguise.packed']);
    expectIn(filled(hex(one)), 'clean', ['disguise.known-noise'], 'GEMS_SERS_01');
  }
});

/** Bytes as even as dice, the same each time. */
function dice(blocks: number): Buffer {
  return Buffer.concat(Array.from({ length: blocks }, (_, at) => createHash('sha512').update(`${at}`).digest()));
}

test('[INSPECT-312] large amounts of noise are suspicious, and told of makers known for them', () => {
  const noise = dice(1024);
  expectIn(noise, 'suspicious', ['disguise.noise']);
  expectIn(noise, 'clean', ['disguise.known-noise'], 'SIEMENS MED NM');
  expectIn(noise.subarray(0, 30_000), 'clean', []);
  const late = Buffer.concat([Buffer.alloc(1_048_576), noise]);
  expectIn(late, 'suspicious', ['disguise.noise']);
});

test('[INSPECT-312] numbers, counters, pictures and packed data are no noise', () => {
  const words = Array.from({ length: 60_000 }, (_, at) =>
    createHash('md5').update(`${at}`).digest('hex').slice(0, 5),
  ).join(' ');
  const packed = gzipSync(text(words));
  const counter = Buffer.from(Uint8Array.from({ length: 65_536 }, (_, at) => at));
  const floats = Buffer.from(new Float32Array(16_384).map((_, at) => Math.sin(at) * at).buffer);
  for (const bytes of [packed, concatBytes(Buffer.alloc(4), packed), counter, floats, Buffer.alloc(65_536)])
    expectIn(bytes, 'clean', []);
});
