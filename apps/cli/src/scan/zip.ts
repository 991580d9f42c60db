import type { FindingKind } from '@leadglass/inspect';
import type { Budget } from './budget.ts';
import { Inflated } from './inflated.ts';
import { ARCHIVE_KINDS } from './kinds.ts';
import { type Pull, Source } from './source.ts';
import {
  CENTRAL,
  closedBecause,
  DEFLATED,
  DESCRIPTOR,
  descriptorBytes,
  END,
  HAS_DESCRIPTOR,
  isClimbing,
  LOCAL,
  LONGEST_NAME,
  type Local,
  localOf,
  RECORDS,
  SPANNED,
  UntilDescriptor,
  u32,
  WIDE,
  zip64,
} from './zip-records.ts';

/** What members are called is kept to compare both listings: so many, and no more. */
export const MOST_MEMBERS = 100_000;

/** One file of an archive. Its name is what the archive says: never a path on a disk. */
export interface ZipMember {
  readonly name: string;
  /** Why its bytes cannot be had; undefined when `source` gives them. */
  readonly closed: FindingKind | undefined;
  readonly source: Source;
}

/**
 * Reads a ZIP archive once, from front to back, by its local headers (APPNOTE 6.3.10 §4.3), and compares them with the central
 * directory when that comes: an archive that is not the same read both ways is said to be two. Memory: the names, bounded.
 */
export class ZipReader {
  readonly #source: Source;
  readonly #report: (kind: FindingKind) => void;
  readonly #budget: Budget;
  /** Offset of each local header, and its name as bytes. */
  readonly #seen = new Map<number, string>();
  #begun = 0;
  #finish: (() => Promise<void>) | undefined;
  #isOver = false;

  /** @param report gets what is wrong with the archive itself. */
  constructor(source: Source, budget: Budget, report: (kind: FindingKind) => void) {
    this.#source = source;
    this.#budget = budget;
    this.#report = report;
    this.#begun = source.taken;
  }

  /** The next file; undefined when there is none. What was not read of the last one is passed over. */
  async next(): Promise<ZipMember | undefined> {
    await this.#finish?.();
    this.#finish = undefined;
    if (this.#isOver) return undefined;
    const member = await this.#record().catch(() => undefined);
    if (member === undefined) this.#isOver = true;
    return member;
  }

  async #record(): Promise<ZipMember | undefined> {
    for (;;) {
      const head = await this.#source.ahead(4);
      const signature = head.length < 4 ? -1 : u32(head, 0);
      if (signature === LOCAL && this.#seen.size < MOST_MEMBERS) return this.#local();
      if (signature === LOCAL) return this.#wrong(ARCHIVE_KINDS.many);
      if (signature !== SPANNED && signature !== DESCRIPTOR) return this.#listing(signature);
      await this.#source.take(4);
    }
  }

  #wrong(kind: FindingKind): undefined {
    this.#report(kind);
    return undefined;
  }

  async #local(): Promise<ZipMember | undefined> {
    const offset = this.#source.taken - this.#begun;
    const fixed = Buffer.from(await this.#source.take(30));
    if (fixed.length < 30) return this.#wrong(ARCHIVE_KINDS.broken);
    const nameBytes = fixed.readUInt16LE(26);
    const more = Buffer.from(await this.#source.take(nameBytes + fixed.readUInt16LE(28)));
    const raw = more.subarray(0, nameBytes);
    this.#seen.set(offset, raw.toString('latin1').slice(0, LONGEST_NAME));
    return this.#member(localOf(fixed, raw, more.subarray(nameBytes)));
  }

  #member(local: Local): ZipMember | undefined {
    if (isClimbing(local.name)) this.#report(ARCHIVE_KINDS.name);
    const closed = closedBecause(local);
    const reader = closed === undefined && local.method === DEFLATED ? this.#inflating(local) : this.#plain(local);
    return { name: local.name, closed, source: new Source(reader) };
  }

  /** Stored, or closed to us: bytes as they are. */
  #plain(local: Local): Pull {
    const { compressed } = local;
    if (compressed === undefined) {
      const until = new UntilDescriptor(this.#source);
      this.#finish = () => until.finish();
      return () => until.pull();
    }
    let rest = compressed;
    const pull = async () => {
      const piece = rest === 0 ? undefined : await this.#source.next(rest);
      rest -= piece?.length ?? 0;
      return piece;
    };
    this.#finish = async () => {
      await this.#source.skip(rest);
      await this.#descriptor(local, compressed, compressed);
    };
    return pull;
  }

  #inflating(local: Local): Pull {
    const inflated = new Inflated(this.#source, 'deflate', local.compressed);
    let plain = 0;
    let isBroken = false;
    const pull = async () => {
      const piece = await inflated.pull().catch(() => {
        isBroken = true;
        return undefined;
      });
      plain += piece?.length ?? 0;
      return this.#budget.spend(piece?.length ?? 0) ? piece : undefined;
    };
    this.#finish = async () => {
      for (let piece = await pull(); piece !== undefined; ) piece = await pull();
      const used = await inflated.finish();
      if (this.#budget.isSpent) this.#isOver = true;
      else if (isBroken) this.#broken();
      else {
        const rest = local.compressed === undefined ? 0 : local.compressed - used;
        if (rest > 0) this.#report(ARCHIVE_KINDS.listings);
        await this.#source.skip(rest);
        await this.#descriptor(local, used + rest, plain);
      }
    };
    return pull;
  }

  #broken(): void {
    this.#report(ARCHIVE_KINDS.broken);
    this.#isOver = true;
  }

  /** Reads the data descriptor (§4.3.9), whose form nothing tells but its contents. */
  async #descriptor(local: Local, compressed: number, plain: number): Promise<void> {
    if ((local.flags & HAS_DESCRIPTOR) === 0) {
      if (local.method === DEFLATED && local.plain !== plain) this.#report(ARCHIVE_KINDS.listings);
      return;
    }
    const head = Buffer.from(await this.#source.ahead(24));
    const bytes = descriptorBytes(head, compressed, local.method === DEFLATED ? plain : undefined);
    if (bytes === undefined) this.#broken();
    else await this.#source.take(bytes);
  }

  /** The central directory and what follows, to the end. */
  async #listing(first: number): Promise<undefined> {
    let isSame = true;
    for (let signature = first; ; ) {
      const bytes = await this.#listed(signature);
      if (bytes === undefined) break;
      if (signature === CENTRAL) isSame = this.#isKnown(bytes) && isSame;
      if (signature === END) {
        if (!isSame || this.#seen.size > 0) this.#report(ARCHIVE_KINDS.listings);
        return this.#trailing();
      }
      const head = await this.#source.ahead(4);
      signature = head.length < 4 ? -1 : u32(head, 0);
    }
    return this.#wrong(ARCHIVE_KINDS.broken);
  }

  /** One record of the directory, whole; undefined when it is none. */
  async #listed(signature: number): Promise<Buffer | undefined> {
    const shape = RECORDS.get(signature);
    if (shape === undefined) return undefined;
    const fixed = Buffer.from(await this.#source.ahead(shape.fixed)).subarray(0, shape.fixed);
    if (fixed.length < shape.fixed) return undefined;
    const length = shape.fixed + shape.more(fixed);
    const bytes = Buffer.from(await this.#source.take(length));
    return bytes.length === length ? bytes : undefined;
  }

  #isKnown(record: Buffer): boolean {
    const [nameBytes, extraBytes] = [record.readUInt16LE(28), record.readUInt16LE(30)];
    const name = record.toString('latin1', 46, 46 + Math.min(nameBytes, LONGEST_NAME));
    const extra = record.subarray(46 + nameBytes, 46 + nameBytes + extraBytes);
    const wides = [24, 20].filter((at) => record.readUInt32LE(at) === WIDE).length;
    const near = record.readUInt32LE(42);
    const offset = near === WIDE ? (zip64(extra, wides) ?? WIDE) : near;
    const isSame = this.#seen.get(offset) === name;
    this.#seen.delete(offset);
    return isSame;
  }

  async #trailing(): Promise<undefined> {
    for (;;) {
      const piece = await this.#source.next();
      if (piece === undefined) return undefined;
      if (!piece.every((byte) => byte === 0)) return this.#wrong(ARCHIVE_KINDS.trailing);
    }
  }
}
