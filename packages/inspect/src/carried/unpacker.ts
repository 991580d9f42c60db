import { latin1 } from '../bytes.ts';
import type { Scene } from '../inspector.ts';
import { Base64, isBase64 } from './base64.ts';
import type { Content, ContentEye } from './content.ts';
import type { Depot, Packing, Reader, UnpackingBudget } from './depot.ts';
import { Hunt } from './hunt.ts';
import { base64Behind, gzipMember, isZlib, pdfStream, zipMember, zlibMember } from './packed.ts';
import { isTar, Tar } from './tar.ts';
import { UNPACKING_KINDS } from './unpacking-kinds.ts';

/** Who takes members, one after the other. */
export interface Members {
  /** @returns whether the member's bytes are wanted; without, neither `bytes` nor `end` is called. */
  begin(content: Content): boolean;
  bytes(view: Uint8Array): void;
  end(): void;
}

/** Who has those that take members, and makes them when they are first asked for. */
export interface Deeper {
  readonly members: Members;
}

/** What is unpacked of one object in all, in bytes, and how many things that look packed are tried. */
export const MOST_UNPACKED_BYTES = 64 * 2 ** 20;
export const MOST_TRIES = 8192;
/** So often is something unpacked out of what was unpacked. */
export const MOST_DEPTH = 4;

/** A new object's budget. */
export function unpackingBudget(): UnpackingBudget {
  return { left: MOST_UNPACKED_BYTES, tries: MOST_TRIES, isReached: false };
}

/** What tells how a content is to be read: enough for a tar header and for where readers look for a PDF's mark. */
const HEAD_BYTES = 1032;
/** Nothing packed is shorter. */
const LEAST_BYTES = 20;

const ZIP = 'PK\x03\x04';
const PDF = '%PDF-';
const GZIP = '\x1f\x8b\x08';
type Make = (depot: Depot) => Reader;
/** Marks of what is packed, and its readers, by what the content as a whole is. */
const PLAIN: readonly (readonly [mark: string, make: Make])[] = [
  [ZIP, zipMember],
  [GZIP, gzipMember],
];
const IN_PDF = [...PLAIN, ['stream', pdfStream] as const];
const IN_TEXT = [...PLAIN, ['base64', base64Behind] as const, ['B64"', base64Behind] as const];

/** Unpacks what contents hold, as it comes: wherever it lies in values, documents and texts, at the front alone in compressed frames. */
export class Unpacker implements ContentEye {
  readonly name = 'unpacking';
  readonly #budget: UnpackingBudget;
  readonly #depot: Depot;
  readonly #scene: Scene;
  readonly #depth: number;
  readonly #deeper: Deeper;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #held = 0;
  #isHeadTold = false;
  #content: Content | undefined;
  #marks: readonly (readonly [mark: string, make: Make])[] = PLAIN;
  #hunt: Hunt | undefined;
  #reader: Reader | undefined;
  #isMemberWanted = false;
  readonly #hunts = new Map<unknown, Hunt>();

  /** @param depth of the contents it is shown. @param deeper has the next depth. */
  constructor(scene: Scene, depth: number, budget: UnpackingBudget, deeper: Deeper) {
    this.#scene = scene;
    this.#depth = depth;
    this.#budget = budget;
    this.#deeper = deeper;
    this.#depot = {
      budget,
      open: (packing) => this.#open(packing),
      bytes: (view) => {
        if (this.#isMemberWanted) this.#deeper.members.bytes(view);
      },
      close: () => this.#close(),
      stopped: (why) => this.#stopped(why),
    };
  }

  begin(content: Content): boolean {
    const isShort = content.length !== undefined && content.length < LEAST_BYTES;
    if (content.role === 'pixels' || isShort || this.#isSpent) return false;
    this.#content = content;
    [this.#held, this.#isHeadTold] = [0, false];
    [this.#hunt, this.#reader] = [undefined, undefined];
    return true;
  }

  bytes(view: Uint8Array): void {
    this.#hunt?.newPiece();
    if (this.#isHeadTold) {
      this.#feed(view);
      return;
    }
    const taken = Math.min(HEAD_BYTES - this.#held, view.length);
    this.#head.set(view.subarray(0, taken), this.#held);
    this.#held += taken;
    if (this.#held < HEAD_BYTES) return;
    this.#tellHead();
    this.#feed(view.subarray(taken));
  }

  end(): void {
    if (!this.#isHeadTold) this.#tellHead();
    for (let reader = this.#reader; reader !== undefined; reader = this.#reader) {
      this.#reader = undefined;
      for (const part of reader.end()) this.#feed(part);
    }
  }

  #open(packing: Packing): void {
    const content = this.#content;
    if (content === undefined) return;
    const { within = content.role } = content;
    this.#isMemberWanted = this.#deeper.members.begin({
      ...content,
      role: 'member',
      length: undefined,
      depth: this.#depth + 1,
      within,
      packing,
    });
  }

  #close(): void {
    if (this.#isMemberWanted) this.#deeper.members.end();
    this.#isMemberWanted = false;
  }

  #stopped(why: keyof typeof UNPACKING_KINDS): void {
    const isBound = why === 'tooMuch' || why === 'tooMany';
    if (isBound && this.#budget.isReached) return;
    this.#budget.isReached ||= isBound || why === 'bomb';
    if (why === 'bomb') this.#budget.left = 0;
    this.#scene.unfinished(UNPACKING_KINDS[why]);
  }

  get #isSpent(): boolean {
    return this.#budget.left <= 0 || this.#budget.tries <= 0;
  }

  #tellHead(): void {
    this.#isHeadTold = true;
    const head = this.#head.subarray(0, this.#held);
    this.#reader = this.#atStart(head);
    if (this.#content?.role !== 'frame' || isMarked(head)) this.#chooseHunt(head);
    this.#feed(head);
  }

  #chooseHunt(head: Uint8Array): void {
    const isPdf = Buffer.from(head.buffer, head.byteOffset, head.length).includes(PDF);
    this.#marks = isPdf ? IN_PDF : isText(head) ? IN_TEXT : PLAIN;
    this.#hunt = this.#hunts.get(this.#marks) ?? new Hunt(this.#marks.map(([mark]) => mark));
    this.#hunts.set(this.#marks, this.#hunt);
    this.#hunt.restart();
    this.#hunt.newPiece();
  }

  #atStart(head: Uint8Array): Reader | undefined {
    if (isTar(head)) return this.#tried((depot) => new Tar(depot));
    if (isZlib(head[0] ?? 0, head[1] ?? 0)) return this.#tried(zlibMember);
    return isBase64(head) ? this.#tried((depot) => new Base64(depot)) : undefined;
  }

  #tried(make: Make): Reader | undefined {
    if (this.#depth >= MOST_DEPTH) {
      this.#stopped('tooDeep');
      return undefined;
    }
    this.#budget.tries -= 1;
    if (this.#budget.tries <= 0) this.#stopped('tooMany');
    return this.#isSpent ? undefined : make(this.#depot);
  }

  /** Readers give back what they did not use, in front of what follows: the last in is the first out. */
  #feed(view: Uint8Array): void {
    const waiting = [view];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next.length === 0 || this.#isSpent) continue;
      if (this.#reader === undefined) {
        waiting.push(this.#found(next));
        continue;
      }
      const rest = this.#reader.push(next);
      if (rest === undefined) continue;
      this.#reader = undefined;
      waiting.push(...rest.toReversed());
    }
  }

  /** Looks for the next mark. @returns what stands behind it. */
  #found(view: Uint8Array): Uint8Array {
    const mark = this.#hunt?.find(view);
    if (mark === undefined) return view.subarray(view.length);
    this.#reader = this.#tried(this.#marks[mark.which]?.[1] ?? zipMember);
    return view.subarray(mark.end);
  }
}

/** Compressed frames are noise: in one nothing is hunted for, unless it begins as no frame does. */
function isMarked(head: Uint8Array): boolean {
  const start = latin1(head.subarray(0, ZIP.length));
  return start === ZIP || start.startsWith(GZIP);
}

function isText(head: Uint8Array): boolean {
  let end = head.length;
  // The NUL that makes a length even is no part of a text.
  while (end > 0 && head[end - 1] === 0) end -= 1;
  for (let at = 0; at < end; at += 1) {
    const byte = head[at] ?? 0;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return false;
  }
  return true;
}
