import type { FileMeta, MetaIrregularityCode } from './file-meta.ts';
import { Head, parseExplicit, parseImplicit, SHORT_HEADER_BYTES, tagAt, u32 } from './header.ts';
import { recogniseDataSet } from './recognise.ts';
import { TAG } from './tag.ts';
import { type Tag, UNDEFINED_LENGTH } from './token.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from './transfer-syntax.ts';

const META_GROUP = 0x0002;
const META_GROUP_SWAPPED = 0x0200;
const GROUP_LENGTH_ELEMENT_BYTES = 12;

/** `more`: bytes are missing. `done`: the element at `metaBytes` is the data set's first. Else the fatal irregularity. */
export type MetaOutcome = 'more' | 'done' | 'undefined-length' | 'truncated-meta' | 'meta-big-endian';

/**
 * Reads group 0002 element by element (PS3.10 §7.1). Where it ends is told by the elements: the group length is left
 * out by real files, lied in by hostile ones, and believed only when it ends between two elements. Shown the same bytes again with more behind them, it goes on
 * where it stopped.
 */
export class MetaParser {
  readonly #report: (code: MetaIrregularityCode, tag: Tag, offset: number) => void;
  readonly #head = new Head();
  readonly #values = new Map<Tag, { readonly from: number; readonly to: number }>();
  #at = 0;
  #lastTag = -1;
  #isImplicit = false;

  /** @param report called for each irregularity; offset in bytes from the start of group 0002. */
  constructor(report: (code: MetaIrregularityCode, tag: Tag, offset: number) => void) {
    this.#report = report;
  }

  /** Bytes of group 0002 read so far. */
  get metaBytes(): number {
    return this.#at;
  }

  /** Reads what `bytes` (from the start of group 0002) holds. @param isEnd whether nothing follows them. */
  read(bytes: Uint8Array, isEnd: boolean): MetaOutcome {
    for (;;) {
      const outcome = this.#readOne(bytes);
      if (outcome === undefined) continue;
      if (outcome !== 'more' || !isEnd) return outcome;
      return this.#at === bytes.byteLength ? 'done' : 'truncated-meta';
    }
  }

  /** Reads one element. Undefined when there may be another. */
  #readOne(bytes: Uint8Array): MetaOutcome | undefined {
    const left = bytes.byteLength - this.#at;
    if (left < SHORT_HEADER_BYTES) return 'more';
    const tag = tagAt(bytes, this.#at, true);
    if (tag >>> 16 === META_GROUP_SWAPPED) return 'meta-big-endian';
    if (tag >>> 16 !== META_GROUP || this.#isAtDeclaredEnd(bytes)) return 'done';
    const size = this.#parse(bytes, tag, left);
    const { length } = this.#head;
    if (size > 0 && length === UNDEFINED_LENGTH) return 'undefined-length';
    if (size === 0 || left < size + length) return 'more';
    this.#keep(size, length);
    return undefined;
  }

  /** A group length that ends exactly between elements, all that is needed read, is believed: what follows is the data set. */
  #isAtDeclaredEnd(bytes: Uint8Array): boolean {
    const length = this.#values.get(TAG.FileMetaInformationGroupLength);
    if (length === undefined || !this.#values.has(TAG.TransferSyntaxUID) || length.to - length.from !== 4) return false;
    return this.#at === length.to + u32(bytes, length.from, true);
  }

  #parse(bytes: Uint8Array, tag: Tag, left: number): number {
    this.#head.tag = tag;
    this.#head.quirk = undefined;
    const size = parseExplicit(this.#head, bytes, this.#at, left, true);
    return size === 0 || this.#head.quirk !== 'implicit-in-explicit'
      ? size
      : parseImplicit(this.#head, bytes, this.#at, true);
  }

  #keep(size: number, length: number): void {
    const { tag, quirk } = this.#head;
    if (quirk === 'implicit-in-explicit' && !this.#isImplicit) this.#report('meta-implicit', tag, this.#at);
    if (quirk === 'implicit-in-explicit') this.#isImplicit = true;
    else if (quirk !== undefined) this.#report('meta-unknown-vr', tag, this.#at);
    if (tag < this.#lastTag) this.#report('out-of-order', tag, this.#at);
    if (this.#values.has(tag)) this.#report('duplicate-element', tag, this.#at);
    else this.#values.set(tag, { from: this.#at + size, to: this.#at + size + length });
    if (length % 2 === 1) this.#report('odd-length', tag, this.#at);
    this.#lastTag = tag;
    this.#at += size + length;
  }

  /** What was read, when `read` said `done`. @param bytes as for `read`, with the data set's first bytes. */
  finish(bytes: Uint8Array): FileMeta {
    const hasMeta = this.#at > 0;
    const groupLength = hasMeta ? this.#groupLength(bytes) : undefined;
    if (hasMeta) this.#checkVersion(bytes);
    const declared = this.#text(bytes, TAG.TransferSyntaxUID);
    const meta = {
      transferSyntaxUid: declared,
      isGuessed: false,
      mediaStorageSopClassUid: this.#text(bytes, TAG.MediaStorageSOPClassUID),
      mediaStorageSopInstanceUid: this.#text(bytes, TAG.MediaStorageSOPInstanceUID),
      implementationClassUid: this.#text(bytes, TAG.ImplementationClassUID),
      implementationVersionName: this.#text(bytes, TAG.ImplementationVersionName),
      sourceAe: this.#text(bytes, TAG.SourceApplicationEntityTitle),
      groupLength,
      bytes: new Uint8Array(bytes.subarray(0, this.#at)),
    };
    this.#checkUids(meta);
    if (declared !== '') return meta;
    const guess = recogniseDataSet(bytes.subarray(this.#at)) ?? EXPLICIT_VR_LITTLE_ENDIAN;
    return { ...meta, transferSyntaxUid: guess, isGuessed: true };
  }

  #text(bytes: Uint8Array, tag: Tag): string {
    const value = this.#values.get(tag);
    return value === undefined ? '' : trimmedText(bytes.subarray(value.from, value.to));
  }

  #groupLength(bytes: Uint8Array): number | undefined {
    const tag = TAG.FileMetaInformationGroupLength;
    const value = this.#values.get(tag);
    if (value === undefined || value.to - value.from !== 4) {
      this.#report('group-length-missing', tag, 0);
      return undefined;
    }
    const declared = u32(bytes, value.from, true);
    const actual = this.#at - value.to;
    if (declared !== actual) this.#report('group-length-lies', tag, value.from);
    if (declared > actual && this.#at > GROUP_LENGTH_ELEMENT_BYTES) this.#report('foreign-group', tag, this.#at);
    return declared;
  }

  #checkVersion(bytes: Uint8Array): void {
    const value = this.#values.get(TAG.FileMetaInformationVersion);
    if (value === undefined) {
      this.#report('version-missing', TAG.FileMetaInformationVersion, 0);
      return;
    }
    // PS3.10 §7.1: bit 0 of the second byte is set; other bits are not looked at.
    const isKnown = value.to - value.from === 2 && ((bytes[value.from + 1] as number) & 1) === 1;
    if (!isKnown) this.#report('version-unknown', TAG.FileMetaInformationVersion, value.from);
  }

  #checkUids(meta: FileMeta): void {
    const { mediaStorageSopClassUid: sopClass, mediaStorageSopInstanceUid: instance, transferSyntaxUid } = meta;
    const hasMeta = this.#at > 0;
    if (hasMeta && sopClass === '') this.#report('missing-media-storage-uid', TAG.MediaStorageSOPClassUID, 0);
    if (hasMeta && instance === '') this.#report('missing-media-storage-uid', TAG.MediaStorageSOPInstanceUID, 0);
    if (transferSyntaxUid === '') this.#report('missing-transfer-syntax', TAG.TransferSyntaxUID, 0);
    else if (transferSyntax(transferSyntaxUid) === undefined) {
      this.#report('unknown-transfer-syntax', TAG.TransferSyntaxUID, 0);
    }
  }
}

/** A value as text of one byte a character, without the NULs and spaces that pad it. Code points are the bytes. */
export function trimmedText(value: Uint8Array): string {
  let end = value.byteLength;
  while (end > 0 && (value[end - 1] === 0 || value[end - 1] === 0x20)) end -= 1;
  return Buffer.from(value.buffer, value.byteOffset, end).toString('latin1');
}
