import type { FILE_KINDS } from './kinds.ts';

/** What a file is that is no DICOM object: a key of FILE_KINDS, or something that is opened and looked into. */
export type Nature =
  | Exclude<keyof typeof FILE_KINDS, 'disguised' | 'macro'>
  | 'zip'
  | 'gzip'
  | 'pdf'
  | 'office'
  | 'xml';

/** How much of a file's beginning `natureOf` wants to see, in bytes: disk images sign far in. */
export const NATURE_BYTES = 34_816;

type Signature = readonly [nature: Nature, at: number, bytes: string];

const EXECUTABLES: readonly string[] = [
  '\x7fELF',
  '\xfe\xed\xfa\xce',
  '\xfe\xed\xfa\xcf',
  '\xce\xfa\xed\xfe',
  '\xcf\xfa\xed\xfe',
  '\xca\xfe\xba\xbe',
  '\0asm',
  'dex\n',
  '!<arch>',
];

/** Beginnings of files, as Latin-1. */
const SIGNATURES: readonly Signature[] = [
  ...EXECUTABLES.map((bytes): Signature => ['executable', 0, bytes]),
  ['shortcut', 0, 'L\0\0\0\x01\x14\x02\0'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['zip', 0, 'PK\x07\x08PK\x03\x04'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['pdf', 0, '%PDF-'],
  ['office', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['closedArchive', 0, 'Rar!\x1a\x07'],
  ['closedArchive', 0, '7z\xbc\xaf\x27\x1c'],
  ['closedArchive', 0, 'BZh'],
  ['closedArchive', 0, '\xfd7zXZ\0'],
  ['closedArchive', 0, '\x28\xb5\x2f\xfd'],
  ['closedArchive', 0, 'MSCF\0\0\0\0'],
  ['closedArchive', 0, 'ISc('],
  ['closedArchive', 0, 'xar!'],
  ['closedArchive', 0, '\xed\xab\xee\xdb'],
  ['closedArchive', 257, 'ustar'],
  ['diskImage', 0, 'MSWIM\0\0\0'],
  ['diskImage', 0, 'conectix'],
  ['diskImage', 0, 'vhdxfile'],
  ['diskImage', 0, 'KDMV'],
  ['diskImage', 0, 'hsqs'],
  ['diskImage', 32_769, 'CD001'],
  ['document', 0, '{\\rt'],
  ['document', 0, '%!PS'],
  ['document', 0, 'ITSF'],
  ['document', 0, '?_\x03\0'],
  ['picture', 0, '\xff\xd8\xff'],
  ['picture', 0, '\x89PNG\r\n\x1a\n'],
  ['picture', 0, 'GIF87a'],
  ['picture', 0, 'GIF89a'],
  ['picture', 0, 'II*\0'],
  ['picture', 0, 'MM\0*'],
  ['picture', 0, '\0\0\x01\0'],
  ['picture', 8, 'WEBP'],
  ['medium', 0, 'RIFF'],
  ['medium', 0, 'OggS'],
  ['medium', 0, 'ID3'],
  ['medium', 0, '\x1aE\xdf\xa3'],
  ['medium', 0, '\0\0\x01\xba'],
  ['medium', 4, 'ftyp'],
  ['medium', 0, 'FLV\x01'],
];

const SCRIPT_NAME =
  /\.(bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|wsh|hta|sh|bash|command|py|pl|rb|scf|reg|inf|application|jnlp)$/i;
const EXECUTABLE_NAME = /\.(exe|com|scr|dll|sys|cpl|ocx|msi|pif|jar|apk|app)$/i;
/** A shell or a page that asks to be run, whatever it is called. */
const SCRIPT_START =
  /^(#!|@echo off|<\?php|<script\b|<job\b|<package\b|powershell\b|on error resume next|set wshshell)/i;
const PAGE_START = /^(<!doctype\s+html|<html|<head|<body)/i;
const XML_START = /^(<\?xml|<svg)/i;
const AUTORUN_NAME = /(^|[/\\])autorun\.inf$/i;
const SHORTCUT_NAME = /\.(url|desktop|webloc|library-ms)$/i;

/**
 * What a file is by its beginning, and where that is silent by its name.
 * @param head its first bytes (NATURE_BYTES when there are as many). @param name its name, as found: used for nothing else.
 */
export function natureOf(head: Uint8Array, name: string): Nature {
  if (head.length === 0) return 'empty';
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024)).toString('latin1');
  if (isProgram(head, start)) return 'executable';
  const signed = SIGNATURES.find(([, at, bytes]) => startsWithAt(head, at, bytes));
  if (signed !== undefined) return signed[0];
  if (start.startsWith('BM') && head.length > 26) return 'picture';
  return isText(head) ? textNature(start, name) : EXECUTABLE_NAME.test(name) ? 'executable' : 'unknown';
}

/** MZ is two letters that a text may begin with: a program's are followed by its header, or its name says so. */
function isProgram(head: Uint8Array, start: string): boolean {
  if (!start.startsWith('MZ') && !start.startsWith('ZM')) return false;
  return !isText(head) || head.length < 64;
}

function textNature(start: string, name: string): Nature {
  const said = start
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart();
  if (AUTORUN_NAME.test(name)) return 'autorun';
  if (SCRIPT_START.test(said) || (SCRIPT_NAME.test(name) && !/\.js$/i.test(name))) return 'script';
  if (SHORTCUT_NAME.test(name)) return 'shortcut';
  if (PAGE_START.test(said)) return 'page';
  if (XML_START.test(said)) return 'xml';
  return 'text';
}

function startsWithAt(head: Uint8Array, at: number, bytes: string): boolean {
  if (head.length < at + bytes.length) return false;
  for (let i = 0; i < bytes.length; i += 1) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return true;
}

/** Whether it reads as text in UTF-8, an 8-bit set, or UTF-16 behind its mark. */
function isText(head: Uint8Array): boolean {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const looked = head.subarray(0, 1024);
  return looked.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13) || byte === 0x1b || (isWide && byte < 0x20));
}
