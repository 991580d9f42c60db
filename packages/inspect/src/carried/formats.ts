import { latin1, uint16, uint32 } from '../bytes.ts';

/** What a format is to whoever opens it: what it can do decides how grave it is where. */
export type Family = 'program' | 'script' | 'archive' | 'packed' | 'document' | 'picture';

/** How a file of a kind begins. */
export interface Format {
  readonly family: Family;
  /** Where its mark stands, in bytes from the beginning. */
  readonly at: number;
  /** The mark, as Latin-1. */
  readonly mark: string;
  /** Whether the rest of a beginning (at most 1,024 bytes) fits too: where bytes may be anything, a short mark is no proof. */
  readonly isSure?: (bytes: Uint8Array) => boolean;
}

/** Offset of the DOS header's pointer to the next header (PE format, §MS-DOS stub). */
const NEXT_HEADER = 0x3c;
const DOS_STUB = '\x0e\x1f\xba';
const DOS_SENTENCE = 'This program';
const NEXT_HEADERS: readonly string[] = ['PE\0\0', 'NE', 'LE\0\0', 'LX\0\0'];

/** A DOS header that leads to a PE, NE or LE header, or is followed by the stub linkers write. Two letters alone are no program. */
function isDosProgram(bytes: Uint8Array): boolean {
  if (bytes.length < NEXT_HEADER + 4) return false;
  const next = uint32(bytes, NEXT_HEADER, false);
  const lead = latin1(bytes.subarray(next, next + 4));
  if (next >= 4 && NEXT_HEADERS.some((mark) => lead.startsWith(mark))) return true;
  const stub = latin1(bytes.subarray(NEXT_HEADER + 4, 0x200));
  return stub.includes(DOS_STUB) || stub.includes(DOS_SENTENCE);
}

const MOST_ELF_TYPE = 4;

/** Class, byte order and version, then type and machine in that order (ELF gABI §4). */
function isElf(bytes: Uint8Array): boolean {
  const [size = 0, order = 0, version = 0] = bytes.subarray(4);
  if (size < 1 || size > 2 || order < 1 || order > 2 || version !== 1) return false;
  const type = uint16(bytes, 16, order === 2);
  return (type >= 1 && type <= MOST_ELF_TYPE) || type >= 0xfe00;
}

/** VAX to RISC-V; bits above tell 64-bit variants (mach/machine.h). */
const MOST_CPU = 24;
const MOST_MACH_TYPE = 12;

const isMachO =
  (isBigEndian: boolean) =>
  (bytes: Uint8Array): boolean => {
    const cpu = uint32(bytes, 4, isBigEndian) % 0x0100_0000;
    const type = uint32(bytes, 12, isBigEndian);
    return cpu >= 1 && cpu <= MOST_CPU && type >= 1 && type <= MOST_MACH_TYPE;
  };

const JAVA_1 = 45;
const MOST_JAVA = 120;
const MOST_ARCHITECTURES = 32;

/** A universal binary counts its architectures where a Java class has its version (JVMS §4.1; mach-o/fat.h): one or the other. */
function isFatOrClass(bytes: Uint8Array): boolean {
  const count = uint32(bytes, 4, true);
  const java = uint16(bytes, 6, true);
  return (count >= 1 && count <= MOST_ARCHITECTURES) || (java >= JAVA_1 && java <= MOST_JAVA);
}

/** `FWS`, `CWS`, `ZWS`: version, then the length of the whole (SWF 19 §2). */
function isFlash(bytes: Uint8Array): boolean {
  const [version = 0] = bytes.subarray(3);
  const length = uint32(bytes, 4, false);
  return version >= 1 && version <= 60 && length >= 21 && length < 2 ** 28;
}

/** `BZh`, the block size, and a block's or the end's mark. */
function isBzip2(bytes: Uint8Array): boolean {
  const start = latin1(bytes.subarray(3, 10));
  return /^[1-9](1AY&SY|\x17rE8P\x90)/.test(start);
}

const isNulAt =
  (from: number, to: number) =>
  (bytes: Uint8Array): boolean =>
    bytes.length >= to && bytes.subarray(from, to).every((byte) => byte === 0);

/** Format and byte order of the compound file (MS-CFB §2.2). */
function isCompoundFile(bytes: Uint8Array): boolean {
  return uint16(bytes, 28, false) === 0xfffe;
}

const LINK_CLASS = '\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F';

type Row = readonly [mark: string, isSure?: ((bytes: Uint8Array) => boolean) | undefined, at?: number];

function rows(family: Family, ...all: readonly Row[]): readonly Format[] {
  return all.map(([mark, isSure, at = 0]) => ({ family, at, mark, ...(isSure === undefined ? {} : { isSure }) }));
}

/** Flash, which is both: a medium in front of a file, a program inside one. */
const FLASH: readonly Format[] = [...rows('picture', ['FWS', isFlash], ['CWS', isFlash], ['ZWS', isFlash])];

/** How files of other kinds begin; the one table for preambles, values and documents. */
export const FORMATS: readonly Format[] = [
  ...rows(
    'program',
    ['MZ', isDosProgram],
    ['ZM', isDosProgram],
    ['\x7fELF', isElf],
    ['\xfe\xed\xfa\xce', isMachO(true)],
    ['\xfe\xed\xfa\xcf', isMachO(true)],
    ['\xce\xfa\xed\xfe', isMachO(false)],
    ['\xcf\xfa\xed\xfe', isMachO(false)],
    ['\xca\xfe\xba\xbe', isFatOrClass],
    ['\xca\xfe\xba\xbf', isFatOrClass],
    ['\xbe\xba\xfe\xca'],
    ['\xca\xfe\xd0\x0d'],
    ['\0asm', (bytes) => uint32(bytes, 4, false) <= 2],
    ['dex\n', (bytes) => /^0\d\d\0/.test(latin1(bytes.subarray(4, 8)))],
    ['BC\xc0\xde'],
    ['!<arch>'],
    ['L\0\0\0\x01\x14\x02\0', (bytes) => latin1(bytes.subarray(4, 20)) === LINK_CLASS],
  ),
  ...rows('script', ['#@~^']),
  ...rows(
    'archive',
    ['Rar!\x1a\x07'],
    ['7z\xbc\xaf\x27\x1c'],
    ['MSCF', isNulAt(4, 8)],
    ['ISc('],
    ['xar!'],
    ['\xed\xab\xee\xdb'],
    ['070701', (bytes) => /^[0-9A-Fa-f]{16}/.test(latin1(bytes.subarray(6, 22)))],
    ['MSWIM\0\0\0'],
    ['hsqs'],
    ['conectix'],
    ['vhdxfile'],
    ['KDMV'],
    ['QFI\xfb'],
    ['ustar', undefined, 257],
  ),
  ...rows(
    'packed',
    ['\x1f\x8b\x08'],
    ['BZh', isBzip2],
    ['\xfd7zXZ\0'],
    ['\x28\xb5\x2f\xfd'],
    ['\x04\x22\x4d\x18'],
    ['LZIP\x01'],
  ),
  ...rows(
    'document',
    ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', isCompoundFile],
    ['%!PS'],
    ['\xc5\xd0\xd3\xc6'],
    ['{\\rt'],
    ['ITSF', (bytes) => uint32(bytes, 4, false) <= 4],
    ['?_\x03\0'],
    ['\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d'],
    ['SQLite format 3\0'],
    ['AT&TFORM'],
  ),
  ...rows('picture', ['\x89PNG\r\n\x1a\n'], ['GIF87a'], ['GIF89a'], ['\xff\xd8\xff'], ['RIFF'], ['OggS']),
  ...FLASH,
];

/** A disk image signs far in: the descriptor behind the sixteen sectors left free (ISO 9660 §8.4), within its boot record's. */
export const DISK_IMAGE: Format = { family: 'archive', at: 32_769, mark: 'CD001' };

/** Those whose mark stands at the front, by its first byte; and the others. */
const BY_BYTE: readonly (readonly Format[])[] = Array.from({ length: 256 }, (_, byte) =>
  FORMATS.filter(({ at, mark }) => at === 0 && mark.charCodeAt(0) === byte),
);
const FURTHER = FORMATS.filter(({ at }) => at > 0);

/** What a content is that begins so, as far as its beginning is sure. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const isIt = (one: Format): boolean => bearsMark(one, bytes) && (one.isSure?.(bytes) ?? true);
  return BY_BYTE[bytes[0] ?? 0]?.find(isIt) ?? FURTHER.find(isIt);
}

/** Whether `bytes`, a beginning, bear the mark. */
function bearsMark({ at, mark }: Format, bytes: Uint8Array): boolean {
  if (bytes.length < at + mark.length || bytes[at] !== mark.charCodeAt(0)) return false;
  for (let i = 1; i < mark.length; i += 1) if (bytes[at + i] !== mark.charCodeAt(i)) return false;
  return true;
}

/** What a script may begin with: its own first characters, blanks, a byte order mark, the NUL of a wide letter. */
const SCRIPT_BYTES: ReadonlySet<number> = new Set(
  [...'#@<[osdwrmcp', ...'OSDWRMCP', ...'\t\n\v\f\r \0\xef\xfe\xff\xa0'].map((letter) => letter.charCodeAt(0)),
);

/** Whether a content could be a script at all, by its first byte: most are not, and cost no more. */
export function mayBeScript(bytes: Uint8Array): boolean {
  return SCRIPT_BYTES.has(bytes[0] ?? 1);
}

/** Text as it is for whoever runs it: without byte order mark, NULs (UTF-16) and leading blanks. */
export function plainText(bytes: Uint8Array): string {
  return latin1(bytes)
    .replaceAll('\0', '')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart();
}

/** Beginnings of text that no value begins with unless it is a script or a page: surer than what is asked of a preamble. */
const SCRIPTS: readonly RegExp[] = [
  /^#!\s{0,4}\/[\w./-]{2,80}/,
  /^@echo\s+(off|on)\b/i,
  /^@?(setlocal\b|cmd(\.exe)?\s{0,4}\/[ck]\b|powershell(\.exe)?\s{1,4}-)/i,
  /^on error resume next\b/i,
  /^(set|dim)\s{1,4}\w{1,40}\s{0,4}=\s{0,4}(wscript\.)?createobject\s{0,4}\(/i,
  /^<\?(php\b|=)/i,
  /^<!doctype\s{1,4}(html|svg)\b/i,
  /^<(html|script|iframe|svg|hta:\w{1,20})[\s>]/i,
  /^\[(autorun|internetshortcut|\.?shellclassinfo)\]/i,
  /^(windows registry editor\b|regedit4\b)/i,
  /^mime-version:[^\r\n]{0,40}\r?\n/i,
];
/** What makes XML a page: its root, behind declaration, comments and type. */
const PAGE_IN_XML = /<(html|svg)[\s>]|<scriptlet[\s>]|<script[\s>]/i;
const ENCODED_SCRIPT = '#@~^';

/** Whether a text, as `plainText` gives it, is a script or an active page by how it begins. */
export function isScript(start: string): boolean {
  if (start.startsWith(ENCODED_SCRIPT) || SCRIPTS.some((script) => script.test(start))) return true;
  return /^<(\?xml\b|job[\s>]|package[\s>]|!--)/i.test(start) && PAGE_IN_XML.test(start);
}
