import { ITEM } from '@leadglass/dicom';
import type { FileRange } from './call.ts';
import type { ObjectMap } from './object-map.ts';
import type { Source } from './source.ts';

/** One fragment: its bytes, and the first of them. */
interface Fragment {
  readonly range: FileRange;
  readonly lead: Buffer;
}

/** Where the frames of an object lie: made once, and kept while the object is asked for. */
export interface FramePlaces {
  /** Frames there are. */
  readonly count: number;
  /** Stretches of the data set that make frame `index`, from 0; undefined when there is none such. */
  of(index: number): Promise<readonly FileRange[] | undefined>;
  /** Behind the pixel data; undefined when nobody has looked that far. */
  end(): Promise<number>;
}

const HEADER_BYTES = 8;
const LEAD_BYTES = 4;
/** Fragments walked through to find frames that no table tells of. */
const MOST_FRAGMENTS = 200_000;
const MOST_TABLE_BYTES = 4_000_000;

/** Stretches of each frame, where they had to be looked for. */
export type Found = readonly (readonly FileRange[] | undefined)[];
/** Keeps what was found by walking from fragment to fragment. */
export interface FoundFrames {
  get(): Found | undefined;
  put(frames: Found): void;
}

/** Where the frames lie; undefined when the object has no pixel data. */
export async function placesOf(source: Source, map: ObjectMap, found: FoundFrames): Promise<FramePlaces | undefined> {
  if (map.pixels.kind === 'none') return undefined;
  if (map.pixels.kind === 'native') return native(map, map.pixels.range);
  return fragmented(source, map, map.pixels.items, found);
}

function native({ image, frames }: ObjectMap, [from, to]: FileRange): FramePlaces {
  const bits = image.rows * image.columns * image.samplesPerPixel * image.bitsAllocated;
  const bytes = Math.ceil(bits / 8);
  // Frames of single bits follow one another without a gap (PS3.5 §8.1.1): those that begin within a byte are not cut out.
  const isWhole = bits % 8 === 0 || frames === 1;
  const count = bytes > 0 && isWhole ? Math.min(frames, Math.floor((to - from) / bytes)) : 0;
  return {
    count,
    of: async (index) => (index < count ? [[from + index * bytes, from + (index + 1) * bytes]] : undefined),
    end: async () => to,
  };
}

async function fragmented(source: Source, map: ObjectMap, items: number, found: FoundFrames): Promise<FramePlaces> {
  const table = await itemAt(source, items);
  const first = items + HEADER_BYTES + (table ?? 0);
  let walked: Promise<Walked> | undefined;
  const walk = (): Promise<Walked> => {
    walked ??= walkFragments(source, first);
    return walked;
  };
  const starts = map.pixels.kind === 'fragments' ? map.pixels.table : undefined;
  const end = async () => (await walk()).end;
  if (starts !== undefined && starts.offsets.length === map.frames) {
    const of = async (index: number): Promise<readonly FileRange[] | undefined> => {
      const [offset, length] = [starts.offsets[index], starts.lengths[index]];
      // An extended offset table tells of frames of one fragment each (PS3.5 §A.4).
      return offset === undefined || length === undefined
        ? undefined
        : [[first + offset + HEADER_BYTES, first + offset + HEADER_BYTES + length]];
    };
    return { count: map.frames, of, end };
  }
  const basic = await basicTable(source, items, table ?? 0);
  if (basic.length === map.frames && map.frames > 1)
    return { count: map.frames, end, of: (index) => betweenStarts(source, first, basic, index) };
  const frames = async (): Promise<Found> => {
    const known = found.get() ?? groups((await walk()).fragments, map.frames);
    found.put(known);
    return known;
  };
  return { count: map.frames, end, of: async (index) => (await frames())[index] };
}

/** The offsets of the basic offset table, from the first fragment. */
async function basicTable(source: Source, items: number, bytes: number): Promise<readonly number[]> {
  if (bytes < 4 || bytes > MOST_TABLE_BYTES) return [];
  const table = await all(source, [items + HEADER_BYTES, items + HEADER_BYTES + bytes]);
  return Array.from({ length: Math.floor(table.length / 4) }, (_, at) => table.readUInt32LE(at * 4));
}

/** The fragments of one frame, from its start to that of the next. */
async function betweenStarts(
  source: Source,
  first: number,
  starts: readonly number[],
  index: number,
): Promise<FileRange[] | undefined> {
  const start = starts[index];
  if (start === undefined) return undefined;
  const until = starts[index + 1] ?? Number.POSITIVE_INFINITY;
  const ranges: FileRange[] = [];
  for (let at = start; at < until && ranges.length < MOST_FRAGMENTS; ) {
    const length = await itemAt(source, first + at);
    if (length === undefined) break;
    ranges.push([first + at + HEADER_BYTES, first + at + HEADER_BYTES + length]);
    at += HEADER_BYTES + length;
  }
  return ranges.length === 0 ? undefined : ranges;
}

interface Walked {
  readonly fragments: readonly Fragment[];
  readonly end: number;
}

/** Goes from header to header: of each fragment its first bytes alone are read. */
async function walkFragments(source: Source, first: number): Promise<Walked> {
  const fragments: Fragment[] = [];
  let at = first;
  while (fragments.length < MOST_FRAGMENTS) {
    const head = await all(source, [at, at + HEADER_BYTES + LEAD_BYTES]);
    const length = lengthOf(head);
    at += HEADER_BYTES;
    if (length === undefined) break;
    fragments.push({
      range: [at, at + length],
      lead: head.subarray(HEADER_BYTES, HEADER_BYTES + Math.min(length, LEAD_BYTES)),
    });
    at += length;
  }
  return { fragments, end: at };
}

/** Frames among fragments: one each when there are as many, all of one frame, else by the mark a codestream begins with. */
function groups(fragments: readonly Fragment[], frames: number): readonly (readonly FileRange[])[] {
  if (fragments.length === frames) return fragments.map(({ range }) => [range]);
  if (frames === 1) return fragments.length === 0 ? [] : [fragments.map(({ range }) => range)];
  const found: FileRange[][] = [];
  for (const { range, lead } of fragments) {
    if (found.length === 0 || isMark(lead)) found.push([range]);
    else found.at(-1)?.push(range);
  }
  return found.length === frames ? found : [];
}

/** SOI and a marker (ISO 10918-1), SOC and SIZ (ISO 15444-1). */
function isMark(lead: Buffer): boolean {
  if (lead[0] !== 0xff || lead[2] !== 0xff) return false;
  return lead[1] === 0xd8 || (lead[1] === 0x4f && lead[3] === 0x51);
}

async function itemAt(source: Source, at: number): Promise<number | undefined> {
  return lengthOf(await all(source, [at, at + HEADER_BYTES]));
}

/** The length an item header tells; undefined when it is none: the sequence is over. */
function lengthOf(head: Buffer): number | undefined {
  if (head.length < HEADER_BYTES) return undefined;
  const tag = ((head.readUInt16LE(0) << 16) | head.readUInt16LE(2)) >>> 0;
  return tag === ITEM ? head.readUInt32LE(4) : undefined;
}

async function all(source: Source, range: FileRange): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(range)) pieces.push(piece);
  return Buffer.concat(pieces);
}
