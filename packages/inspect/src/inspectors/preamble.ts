import { latin1 } from '../bytes.ts';
import { type Family, FORMATS } from '../carried/formats.ts';
import type { FindingKind } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('preamble');

/** What the 128 bytes in front of a file can be. Zeros, TIFF and vendors' text are no finding (PS3.10 §7.1, §7.5). */
export const PREAMBLE_KINDS = {
  executable: kind(
    'executable',
    'malicious',
    'PS3.10 §7.5',
    'Le début du fichier en fait aussi un programme : il s’exécuterait s’il était ouvert autrement que comme une image.',
    'The beginning of the file makes it a program too: it would run if opened otherwise than as an image.',
  ),
  script: kind(
    'script',
    'malicious',
    'PS3.10 §7.5',
    'Le début du fichier en fait aussi un script ou une page active.',
    'The beginning of the file makes it a script or an active page too.',
  ),
  archive: kind(
    'archive',
    'malicious',
    'PS3.10 §7.5',
    'Le début du fichier en fait aussi une archive, qui peut transporter n’importe quoi.',
    'The beginning of the file makes it an archive too, which can carry anything.',
  ),
  document: kind(
    'document',
    'malicious',
    'PS3.10 §7.5',
    'Le début du fichier en fait aussi un document (PDF, Office…), qui s’ouvrirait hors du logiciel d’imagerie.',
    'The beginning of the file makes it a document too (PDF, Office…), which would open outside imaging software.',
  ),
  picture: kind(
    'picture',
    'suspicious',
    'PS3.10 §7.5',
    'Le début du fichier en fait aussi une image ou un média d’un autre format que TIFF.',
    'The beginning of the file makes it a picture or medium of another format than TIFF too.',
  ),
} as const;

type Signature = readonly [kind: FindingKind, bytes: string];

/** What a format makes of a file that begins so: here two letters are enough, nothing innocent begins with them. */
const OF_FAMILY: Readonly<Record<Family, FindingKind>> = {
  program: PREAMBLE_KINDS.executable,
  script: PREAMBLE_KINDS.script,
  archive: PREAMBLE_KINDS.archive,
  packed: PREAMBLE_KINDS.archive,
  document: PREAMBLE_KINDS.document,
  picture: PREAMBLE_KINDS.picture,
};

/** At offset 0, as Latin-1. */
const AT_START: readonly Signature[] = [
  ...FORMATS.filter(({ at }) => at === 0).map(({ family, mark }): Signature => [OF_FAMILY[family], mark]),
  [PREAMBLE_KINDS.executable, 'X5O!P%@AP'],
  [PREAMBLE_KINDS.script, '#!'],
];

/** Anywhere in the preamble: readers of these formats look for them behind other bytes. */
const ANYWHERE: readonly Signature[] = [
  [PREAMBLE_KINDS.archive, 'PK\x03\x04'],
  [PREAMBLE_KINDS.archive, 'PK\x05\x06'],
  [PREAMBLE_KINDS.archive, 'PK\x07\x08'],
  [PREAMBLE_KINDS.archive, 'Rar!\x1a\x07'],
  [PREAMBLE_KINDS.archive, '7z\xbc\xaf\x27\x1c'],
  [PREAMBLE_KINDS.document, '%PDF-'],
];

/** Text at the start, in lower case, behind blanks and a byte order mark. */
const TEXT_AT_START: readonly Signature[] = [
  ...[
    '<!doctype',
    '<html',
    '<head',
    '<body',
    '<script',
    '<hta:',
    '<svg',
    '<iframe',
    '<job',
    '<package',
    '<scriptlet',
    '<component',
    '<%',
    '<?php',
    '<?=',
    '<?xml',
    '<!--',
    '@echo',
    '@rem',
    '@start',
    '@cmd',
    '@powershell',
    '@setlocal',
    '@if ',
    '@for ',
    '@set ',
    '@call',
    'echo off',
    'rem ',
    ':: ',
    'cmd.exe',
    'cmd/c',
    'powershell',
    'start /',
    'setlocal',
    'mshta',
    'wscript',
    'cscript',
    'rundll32',
    'regsvr32',
    '[autorun]',
    '[internetshortcut]',
    '[shellclassinfo]',
    '[.shellclassinfo]',
    'windows registry editor',
    'regedit4',
    'mime-version:',
    'import os',
    'import sys',
    'import subprocess',
    'eval(',
    'exec(',
    'on error resume',
    'set wshshell',
    'createobject(',
    'bash -',
    'sh -c',
    'perl -e',
    'python -',
    'nohup ',
    'exec /',
    'cat <<',
    ': <<',
    '"use strict"',
    "'use strict'",
    '<?import',
    'javascript:',
    'vbscript:',
    'data:text/html',
  ].map((word): Signature => [PREAMBLE_KINDS.script, word]),
  ...['\\documentclass', '%pdf'].map((word): Signature => [PREAMBLE_KINDS.document, word]),
];

/** The same, where a word alone could also begin a vendor's note. */
const CODE_AT_START: readonly RegExp[] = [
  /^(var|let|const|set)\s{1,4}\w{1,40}\s{0,4}=/,
  /^(async )?function\s{0,4}\w{0,40}\s{0,4}\(/,
  /^(private |public )?sub\s{1,4}\w{1,40}\s{0,4}\(/,
  /^dim\s{1,4}\w{1,40}\s{0,4}(,|:|\r|\n|as )/,
  /^(curl|wget)\s{1,4}(-|https?:)/,
  /^cmd\s{1,4}\//,
];

/** Text anywhere that no vendor's note contains. */
const TEXT_ANYWHERE: readonly Signature[] = [
  '<script',
  '<html',
  '<iframe',
  '<?php',
  'javascript:',
  'vbscript:',
  '@echo off',
  'powershell',
  'cmd.exe',
  'cmd /c',
  '/bin/sh',
  '/bin/bash',
  '/usr/bin/env',
  'wscript.',
  'createobject(',
  'mshta',
  'rundll32',
  'regsvr32',
  'document.write',
  'eval(',
  'os.system',
  'onerror=',
  'onload=',
].map((word): Signature => [PREAMBLE_KINDS.script, word]);

/**
 * Looks at the 128 bytes in front of a Part 10 file (INSPECT-01 to 03).
 * @returns what they make of the file, or undefined when nothing harmful.
 */
export function preambleTrouble(preamble: Uint8Array): FindingKind | undefined {
  if (preamble.every((byte) => byte === 0)) return undefined;
  const raw = latin1(preamble);
  const lower = withoutNuls(raw).toLowerCase();
  const start = lower.replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '').trimStart();
  return (
    AT_START.find(([, bytes]) => raw.startsWith(bytes))?.[0] ??
    ANYWHERE.find(([, bytes]) => raw.includes(bytes))?.[0] ??
    TEXT_AT_START.find(([, word]) => start.startsWith(word))?.[0] ??
    (CODE_AT_START.some((code) => code.test(start)) ? PREAMBLE_KINDS.script : undefined) ??
    TEXT_ANYWHERE.find(([, word]) => lower.includes(word))?.[0]
  );
}

/** UTF-16 text, with a NUL beside every letter, reads as what it says. */
function withoutNuls(raw: string): string {
  return raw.replaceAll('\0', '');
}
