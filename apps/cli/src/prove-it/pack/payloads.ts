import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Seeded } from './seeded.ts';

/** What a payload is, which decides how grave it is where. */
export type Family = 'program' | 'virus' | 'archive' | 'script' | 'page' | 'document' | 'shortcut' | 'injection';

/** Something that does not belong in an object. Inert: headers without code, commands that do nothing, the EICAR test string. */
export interface Payload {
  readonly name: string;
  readonly family: Family;
  /** Whether it is text, that a text element may carry. */
  readonly isText: boolean;
  make(random: Seeded): Buffer;
}

/** The EICAR test string, in two halves: this file is no virus either. */
export const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS'}-TEST-FILE!$H+H*`;

function filled(random: Seeded, head: Buffer): Buffer {
  return Buffer.concat([head, Buffer.alloc(random.int(100, 900), 0xc3)]);
}

function pe(random: Seeded): Buffer {
  const at = random.pick([0x80, 0xe8, 0x100]);
  const head = Buffer.alloc(at + 24 + 240 + 40);
  head.write('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff', 0, 'latin1');
  head.writeUInt32LE(at, 0x3c);
  head.write(
    '\x0e\x1f\xba\x0e\0\xb4\x09\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$',
    0x40,
    'latin1',
  );
  head.write('PE\0\0', at, 'latin1');
  head.writeUInt16LE(random.pick([0x14c, 0x8664, 0xaa64]), at + 4);
  head.writeUInt16LE(1, at + 6);
  head.writeUInt16LE(240, at + 20);
  head.writeUInt16LE(0x22, at + 22);
  head.writeUInt16LE(0x20b, at + 24);
  head.write('.text', at + 264, 'latin1');
  return filled(random, head);
}

function elf(random: Seeded): Buffer {
  const head = Buffer.alloc(120);
  head.write('\x7fELF', 0, 'latin1');
  head.set([random.pick([1, 2]), 1, 1], 4);
  head.writeUInt16LE(random.pick([2, 3]), 16);
  head.writeUInt16LE(random.pick([3, 0x3e, 0xb7]), 18);
  head.writeUInt32LE(1, 20);
  return filled(random, head);
}

function machO(random: Seeded): Buffer {
  const head = Buffer.alloc(96);
  head.writeUInt32LE(0xfeedfacf, 0);
  head.writeUInt32LE(random.pick([0x01000007, 0x0100000c]), 4);
  head.writeUInt32LE(2, 12);
  head.writeUInt32LE(1, 16);
  return filled(random, head);
}

function javaClass(random: Seeded): Buffer {
  return filled(random, Buffer.from('cafebabe00000034001d0a0006000f09001000110800120a00130014', 'hex'));
}

/** A ZIP archive of one file (APPNOTE 6.3.10 §4.3). */
export function zipOf(name: string, data: Uint8Array): Buffer {
  const packed = deflateRawSync(data);
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04\x14\0\0\0\x08\0', 0, 'latin1');
  head.writeUInt32LE(crc32(data), 14);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(data.length, 22);
  head.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02\x14\0', 0, 'latin1');
  head.copy(central, 6, 4, 30);
  const body = Buffer.concat([head, Buffer.from(name, 'latin1'), packed]);
  const listing = Buffer.concat([central, Buffer.from(name, 'latin1')]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, listing, end]);
}

type Objects = readonly string[];

function pdf(objects: Objects, root: string): Buffer {
  const all = [
    root,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>',
    ...objects,
  ];
  const body = all.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join('');
  return Buffer.from(
    `%PDF-1.5\n%\xe2\xe3\xcf\xd3\n${body}trailer\n<< /Root 1 0 R /Size ${all.length + 1} >>\n%%EOF\n`,
    'latin1',
  );
}

const catalog = (more: string) => `<< /Type /Catalog /Pages 2 0 R ${more} >>`;

const PDFS: readonly (readonly [name: string, make: (random: Seeded) => Buffer])[] = [
  ['pdf-javascript', () => pdf(['<< /S /JavaScript /JS (app.alert\\(1\\)) >>'], catalog('/OpenAction 4 0 R'))],
  ['pdf-hex-name', () => pdf(['<< /S /J#61vaScript /JS (1) >>'], catalog('/OpenAction 4 0 R'))],
  ['pdf-launch', () => pdf(['<< /S /Launch /F (viewer.exe) >>'], catalog('/OpenAction 4 0 R'))],
  [
    'pdf-embedded',
    () =>
      pdf(
        ['<< /Type /EmbeddedFile /Length 4 >>\nstream\nMZ..\nendstream'],
        catalog('/Names << /EmbeddedFiles << /Names [(a.exe) << /Type /Filespec /EF << /F 4 0 R >> >>] >> >>'),
      ),
  ],
  [
    'pdf-object-stream',
    () => {
      const packed = deflateSync(Buffer.from('4 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>')).toString('latin1');
      const stream = `<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n${packed}\nendstream`;
      return pdf(['null', stream], catalog('/OpenAction 4 0 R'));
    },
  ],
];

function ole(random: Seeded): Buffer {
  const head = Buffer.alloc(1536);
  head.write('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 0, 'latin1');
  head.set([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0], 24);
  head.write('Root Entry', 512, 'utf16le');
  head.write('_VBA_PROJECT', 640, 'utf16le');
  head.write('Macros', 768, 'utf16le');
  return filled(random, head);
}

function lnk(random: Seeded): Buffer {
  const head = Buffer.alloc(76);
  head.write('L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F', 0, 'latin1');
  return filled(random, head);
}

const text =
  (...choices: readonly string[]) =>
  (random: Seeded) =>
    Buffer.from(random.pick(choices), 'latin1');
const bytes =
  (...hex: readonly string[]) =>
  (random: Seeded) =>
    filled(random, Buffer.from(random.pick(hex), 'hex'));

const PADDING = '# inert\n'.repeat(20);

/** Whatever is text for a shell, a browser or an interpreter. */
const TEXTS: readonly (readonly [name: string, family: Family, make: (random: Seeded) => Buffer])[] = [
  [
    'shell',
    'script',
    text(`#!/bin/sh\n${PADDING}true\n`, `#!/usr/bin/env bash\n${PADDING}exit 0\n`, `#!/bin/bash -e\n${PADDING}`),
  ],
  [
    'batch',
    'script',
    text(
      `@echo off\r\n${PADDING}rem inert\r\ncmd.exe /c exit\r\n`,
      `@ECHO OFF\r\nsetlocal\r\n${PADDING}powershell -nop -c exit\r\n`,
    ),
  ],
  [
    'powershell',
    'script',
    text(`powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand ZQB4AGkAdAA=\r\n${PADDING}`),
  ],
  ['vbscript', 'script', text(`On Error Resume Next\r\nSet WshShell = CreateObject("WScript.Shell")\r\n${PADDING}`)],
  ['php', 'script', text(`<?php eval(base64_decode('ZXhpdA==')); ?>\n${PADDING}`)],
  [
    'html',
    'page',
    text(
      `<!DOCTYPE html><html><body><script>void 0</script></body></html>\n`,
      `<html><head><script src="http://127.0.0.1:9/a.js"></script></head></html>\n`,
    ),
  ],
  [
    'hta',
    'page',
    text(`<html><head><HTA:APPLICATION ID="a"/><script language="VBScript">Close</script></head></html>\n`),
  ],
  ['svg', 'page', text(`<svg xmlns="http://www.w3.org/2000/svg" onload="void(0)"><script>void 0</script></svg>\n`)],
];

/** How a lookup of Log4j begins. */
const LOOKUP = '$\u007b';

/** Short texts that some program behind us would obey. */
const INJECTIONS: readonly (readonly [name: string, ...texts: string[]])[] = [
  [
    'xss',
    '<script>alert(7)</script>',
    '<img src=x onerror=alert(7)>',
    '<svg/onload=alert(7)>',
    '"><script src=//127.0.0.1:9></script>',
    '<iframe src="javascript:alert(7)">',
  ],
  [
    'sql',
    "x' OR '1'='1' --",
    "1'; DROP TABLE leadglass_none;--",
    "' UNION SELECT 1,2,3--",
    "a'; EXEC xp_cmdshell('dir');--",
  ],
  [
    'jndi',
    `${LOOKUP}jndi:ldap://127.0.0.1:9/a}`,
    `${LOOKUP}jndi:rmi://127.0.0.1/x}`,
    `${LOOKUP}${LOOKUP}lower:j}ndi:ldap://127.0.0.1:9/b}`,
    `${LOOKUP}${LOOKUP}::-j}${LOOKUP}::-n}di:dns://127.0.0.1/c}`,
  ],
  [
    'formula',
    '=HYPERLINK("http://127.0.0.1:9","x")',
    "=cmd|' /C exit'!A0",
    "+cmd|' /C exit'!A1",
    "@SUM(1+1)*cmd|' /C exit'!A0",
  ],
  ['format', '%n%n%n%n%s%s', '%s%s%s%s%n%x', '%08x.%08x.%08x.%n'],
  ['terminal', '\x1b[2J\x1b[31mX', '\x1b]0;title\x07', '\x1b[?1049h'],
];

function payload(name: string, family: Family, make: (random: Seeded) => Buffer, isText = false): Payload {
  return { name, family, isText, make };
}

/** Every payload. */
export const PAYLOADS: readonly Payload[] = [
  payload('pe', 'program', pe),
  payload('elf', 'program', elf),
  payload('mach-o', 'program', machO),
  payload('java-class', 'program', javaClass),
  payload('eicar', 'virus', () => Buffer.from(EICAR, 'latin1'), true),
  payload('zip', 'archive', (random) => zipOf('a.txt', Buffer.from('inert'.repeat(random.int(9, 99))))),
  payload('rar', 'archive', bytes('526172211a0700cf907300000d00', '526172211a070100333280c801')),
  payload('7z', 'archive', bytes('377abcaf271c000400000000')),
  payload('cab', 'archive', bytes('4d534346000000008c00000000000000')),
  payload('ole', 'document', ole),
  payload(
    'rtf',
    'document',
    text(`{\\rtf1\\ansi{\\object\\objemb{\\*\\objdata 0105000002000000}}${' inert'.repeat(30)}}`),
  ),
  payload('lnk', 'shortcut', lnk),
  ...PDFS.map(([name, make]) => payload(name, 'document', make)),
  ...TEXTS.map(([name, family, make]) => payload(name, family, make, true)),
  ...INJECTIONS.map(([name, ...texts]) => payload(name, 'injection', text(...texts), true)),
];

/** How a payload is wrapped before it is placed. */
export const WRAPPINGS: Readonly<Record<string, (inner: Buffer) => Buffer>> = {
  plain: (inner) => inner,
  base64: (inner) => Buffer.from(inner.toString('base64'), 'latin1'),
  gzip: (inner) => gzipSync(inner),
  zip: (inner) => zipOf('content.bin', inner),
};
