import { EXPLICIT_VR_BIG_ENDIAN, TAG } from '@leadglass/dicom';
import { uint32 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('directory');

/** What the records of a DICOMDIR can be wrong about. */
export const DIRECTORY_KINDS = {
  loop: kind(
    'loop',
    'malformed',
    'PS3.3 §F.3.2.2, PS3.10 §8.6',
    'Les entrées du répertoire renvoient l’une à l’autre en boucle : un logiciel les lirait sans fin.',
    'The entries of the directory refer to each other in a loop: a program would read them without end.',
  ),
  outside: kind(
    'outside',
    'malformed',
    'PS3.3 §F.3.2.2',
    'Une entrée du répertoire renvoie au-delà de la fin du fichier.',
    'An entry of the directory refers beyond the end of the file.',
  ),
  astray: kind(
    'astray',
    'information',
    'PS3.3 §F.3.2.2',
    'Une entrée du répertoire renvoie à un endroit où ne commence aucune entrée.',
    'An entry of the directory refers to a place where no entry begins.',
  ),
} as const;

const FIRST_RECORD = 0x00041200;
const NEXT_RECORD = 0x00041400;
const LOWER_RECORD = 0x00041420;
/** Records looked at; a larger directory is followed no further. */
const MOST_RECORDS = 200_000;

interface DirectoryRecord {
  next: number;
  lower: number;
}

/** Offsets of directory records: inside the file, and no loops (INSPECT-80). Offsets count from the start of the file. */
export function directory(scene: Scene): Inspector {
  const base = scene.context.dataSetOffset;
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  const records = new Map<number, DirectoryRecord>();
  let current: DirectoryRecord | undefined;
  let isInside = false;
  let root = 0;
  let end = 0;
  return {
    name: 'directory',
    sequence(head): void {
      if (head.depth === 0) isInside = base !== undefined && head.tag === TAG.DirectoryRecordSequence;
    },
    item(_index, _length, offset): void {
      if (!isInside || records.size >= MOST_RECORDS || (current !== undefined && isNested())) return;
      current = { next: 0, lower: 0 };
      records.set(offset + (base ?? 0), current);
    },
    beginning(head, bytes): void {
      end = Math.max(end, head.offset + bytes.length + (base ?? 0));
      if (head.tag === FIRST_RECORD && head.depth === 0) root = offsetIn(bytes, isBigEndian);
      if (!isInside || head.depth !== 1 || current === undefined) return;
      if (head.tag === NEXT_RECORD) current.next = offsetIn(bytes, isBigEndian);
      if (head.tag === LOWER_RECORD) current.lower = offsetIn(bytes, isBigEndian);
    },
    end(): void {
      if (records.size > 0) judge(scene, records, root, end);
    },
  };
  function isNested(): boolean {
    return scene.path().includes(']/');
  }
}

function offsetIn(bytes: Uint8Array, isBigEndian: boolean): number {
  return bytes.length === 4 ? uint32(bytes, 0, isBigEndian) : 0;
}

function judge(scene: Scene, records: ReadonlyMap<number, DirectoryRecord>, root: number, end: number): void {
  const at = { path: '(0004,1220)', offset: -1 };
  const targets = [root, ...[...records.values()].flatMap((record) => [record.next, record.lower])].filter(
    (target) => target !== 0,
  );
  if (targets.some((target) => target >= end)) scene.find(DIRECTORY_KINDS.outside, at);
  if (targets.some((target) => target < end && !records.has(target))) scene.find(DIRECTORY_KINDS.astray, at);
  if (hasLoop(records)) scene.find(DIRECTORY_KINDS.loop, at);
}

/** Whether following the offsets can come back to a record: depth first over next and lower, without recursion. */
function hasLoop(records: ReadonlyMap<number, DirectoryRecord>): boolean {
  const done = new Set<number>();
  for (const start of records.keys()) {
    if (!done.has(start) && loopsFrom(start, records, done)) return true;
  }
  return false;
}

function loopsFrom(start: number, records: ReadonlyMap<number, DirectoryRecord>, done: Set<number>): boolean {
  const onWay = new Set<number>([start]);
  const way: { at: number; left: number[] }[] = [{ at: start, left: targetsOf(records.get(start)) }];
  for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
    const target = top.left.pop();
    if (target === undefined) {
      done.add(top.at);
      onWay.delete(top.at);
      way.pop();
    } else if (onWay.has(target)) {
      return true;
    } else if (records.has(target) && !done.has(target)) {
      onWay.add(target);
      way.push({ at: target, left: targetsOf(records.get(target)) });
    }
  }
  return false;
}

function targetsOf(record: DirectoryRecord | undefined): number[] {
  return record === undefined ? [] : [record.next, record.lower].filter((target) => target !== 0);
}
