import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Twin } from './twins.ts';

const TOOL_MS = 300_000;
const MOST_ANSWER_BYTES = 64 * 2 ** 20;

/** What two independent programs read of the pixels of original and copy. */
export interface PixelsRead {
  /** How many pairs of files with pixels were read to the same. */
  readonly compared: number;
  readonly differences: readonly string[];
  /** Originals that the program itself does not read, or not to their end. */
  readonly unread: readonly string[];
}

/**
 * All pairs in one process: it is the start of Python that costs. The hash is PixelHasher's, computed anew from what pydicom reads: of
 * native values as they stand, an odd one with its pad (PS3.5 §8.1.1); of each item its length and its bytes.
 */
const READ = `
import hashlib, json, struct, sys, pydicom
TAGS = [0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010]
def items(value):
    at = 0
    while at + 8 <= len(value) and value[at:at + 4] == b'\\xfe\\xff\\x00\\xe0':
        length = struct.unpack('<I', value[at + 4:at + 8])[0]
        yield value[at + 4:at + 8] + value[at + 8:at + 8 + length]
        at += 8 + length
def digest(path):
    data_set = pydicom.dcmread(path, force=True)
    for element in data_set.iterall(): pass
    hash = hashlib.sha256()
    for tag in TAGS:
        element = data_set.get(tag)
        if element is None: continue
        value = element.value if isinstance(element.value, bytes) else b''
        if element.is_undefined_length:
            for item in items(value): hash.update(item)
        else:
            hash.update(value + b'\\0' * (len(value) % 2))
    return hash.hexdigest()
def attempt(path):
    try:
        return digest(path)
    except Exception as problem:
        return type(problem).__name__
print(json.dumps([[attempt(path) for path in pair] for pair in json.load(sys.stdin)]))
`;

/**
 * Compares by pydicom. Every copy's pixels must be those that our own reading found in the original; so must the original's, unless it is
 * so malformed that pydicom reads it otherwise. @param interpreter the Python that has pydicom.
 */
export function comparedByPydicom(interpreter: string, twins: readonly Twin[]): PixelsRead {
  const { stdout, stderr, status } = spawnSync(interpreter, ['-W', 'ignore', '-c', READ], {
    input: JSON.stringify(twins.map(({ original, copy }) => [original, copy])),
    encoding: 'utf8',
    timeout: TOOL_MS,
    maxBuffer: MOST_ANSWER_BYTES,
  });
  if (status !== 0) throw new Error(`pydicom ended with ${status}: ${stderr.slice(-500)}`);
  const read: readonly (readonly [before: string, after: string])[] = JSON.parse(stdout);
  const all = twins.map((twin, at) => ({ ...twin, before: read[at]?.[0] ?? '', after: read[at]?.[1] ?? '' }));
  const isSame = ({ before, pixelSha256 }: (typeof all)[number]): boolean => before === pixelSha256;
  // What pydicom refuses as it came it may refuse in the copy, for the same reason.
  const isRight = ({ before, after, pixelSha256 }: (typeof all)[number]): boolean =>
    after === pixelSha256 || (after === before && !IS_HASH.test(before));
  return {
    compared: all.filter((one) => isSame(one) && one.pixelBytes > 0).length,
    differences: [
      ...all.filter((one) => !isRight(one)).map(({ name, after }) => `${name}: copy ${after}`),
      ...all
        .filter((one) => one.isRegular && IS_HASH.test(one.before) && !isSame(one))
        .map(({ name }) => `${name}: original`),
    ],
    unread: all.filter((one) => !isSame(one)).map(({ name, before }) => `${name} (${before.slice(0, 16)})`),
  };
}

const IS_HASH = /^[0-9a-f]{64}$/;

/** Every item of pixel data that DCMTK writes out of the files of a folder, hashed, by file. */
function writtenByDcmtk(paths: readonly string[], folder: string): ReadonlyMap<string, string> {
  mkdirSync(folder);
  // What it cannot read it says, and goes on to the next file; of that one nothing is written, or less.
  spawnSync('dcmdump', ['-q', '+E', '+W', folder, ...paths], { stdio: 'ignore', timeout: TOOL_MS });
  const byFile = Map.groupBy(readdirSync(folder), (name) => name.replace(/\.\d+\.raw$/, ''));
  return new Map([...byFile].map(([file, parts]) => [file, hashOf(folder, parts)]));
}

const numberOf = (part: string): number => Number(part.split('.').at(-2));

function hashOf(folder: string, parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    const bytes = readFileSync(join(folder, part));
    const isPadded = bytes.length % 2 === 1;
    hash.update(`${numberOf(part)} ${bytes.length + (isPadded ? 1 : 0)}\n`).update(bytes);
    if (isPadded) hash.update('\0');
  }
  return hash.digest('hex');
}

/** Compares by DCMTK: `dcmdump +W` writes the value, or each fragment, to a file of its own. @param work an existing folder. */
export function comparedByDcmtk(twins: readonly Twin[], work: string): PixelsRead {
  const read = (side: 'original' | 'copy') => {
    const folder = join(work, `pixels-${side}`);
    if (existsSync(folder)) throw new Error('to be called once');
    return writtenByDcmtk(
      twins.map((twin) => twin[side]),
      folder,
    );
  };
  const [before, after] = [read('original'), read('copy')];
  let compared = 0;
  const differences: string[] = [];
  const unread: string[] = [];
  for (const { name, original, pixelBytes } of twins) {
    const [one, other] = [before.get(basename(original)), after.get(basename(original))];
    if (one === undefined && pixelBytes > 0) unread.push(name);
    else if (one !== other) differences.push(`${name}: pixels`);
    else if (one !== undefined) compared += 1;
  }
  return { compared, differences, unread };
}
