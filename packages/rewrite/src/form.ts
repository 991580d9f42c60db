import {
  type DataSetEncoding,
  type ElementHead,
  encodingOf,
  hasLongLength,
  isStandardVr,
  lookup,
  type Tag,
  UNDEFINED_LENGTH,
  vrOf,
} from '@leadglass/dicom';

/** How an element's header is written: its VR, and whether the VR stands on the wire. */
export interface Form {
  readonly vr: string;
  readonly isVrExplicit: boolean;
}

/** Longest value a 16-bit length can have and be even. */
const MOST_SHORT_BYTES = 0xfffe;

/** One open sequence. */
interface Level {
  /** Whether what is inside is written in implicit VR little endian: inside a UN (PS3.5 §6.2.2). */
  readonly isUn: boolean;
  /** Whether numbers inside came little endian. */
  isLittle: boolean;
}

/** Says how each element is to be written, from how it came and where it stands. */
export class Forms {
  readonly #encoding: DataSetEncoding;
  readonly #levels: Level[] = [];
  #isSigned = false;
  #unknownAt = -1;

  constructor(transferSyntaxUid: string) {
    this.#encoding = encodingOf(transferSyntaxUid);
  }

  get isEncapsulated(): boolean {
    return this.#encoding === 'encapsulated';
  }

  /** Whether what stands here is written in implicit VR. */
  get isImplicit(): boolean {
    return this.#encoding === 'implicit-le' || this.#isInUn;
  }

  /** Whether the numbers here came in another byte order than they are written in. */
  get isSwapped(): boolean {
    const isLittleOut = this.#isInUn || this.#encoding !== 'explicit-be';
    return (this.#levels.at(-1)?.isLittle ?? this.#encoding !== 'explicit-be') !== isLittleOut;
  }

  /** Pixel Representation (0028,0103) of the object: it settles `US or SS` (PS3.3 §C.7.6.3.1). */
  pixelRepresentation(value: Uint8Array): void {
    this.#isSigned = value.some((byte) => byte === 1);
  }

  /** The element at `offset` has two letters that are no VR. */
  unknownVr(offset: number): void {
    this.#unknownAt = offset;
  }

  sequence(form: Form): void {
    const isUn = this.#isInUn || (form.vr === 'UN' && form.isVrExplicit);
    const outer = this.#levels.at(-1)?.isLittle ?? this.#encoding !== 'explicit-be';
    this.#levels.push({ isUn, isLittle: isUn && !this.#isInUn ? true : outer });
  }

  sequenceEnd(): void {
    this.#levels.pop();
  }

  /** The items of the sequence just begun are in the other byte order. */
  otherByteOrder(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.isLittle = !level.isLittle;
  }

  /** How the element is written. An odd value is padded, and a value too long for its VR's length becomes UN (PS3.5 §6.2.2). */
  of(head: ElementHead): Form {
    if (this.isImplicit) return { vr: head.vr, isVrExplicit: false };
    const isNamed = head.isVrExplicit && head.offset !== this.#unknownAt;
    const vr = isNamed && isStandardVr(head.vr) ? head.vr : this.dictionaryVr(head.tag, head.vr);
    const isTooLong = head.length !== UNDEFINED_LENGTH && head.length > MOST_SHORT_BYTES && !hasLongLength(vr);
    return { vr: isTooLong ? 'UN' : vr, isVrExplicit: true };
  }

  /** The dictionary's VR; of `US or SS` the one the pixels have. A sequence under a VR that does not exist stays UN. */
  dictionaryVr(tag: Tag, wire: string): string {
    const vr = vrOf(tag);
    if (vr === 'SQ' && wire !== 'SQ') return 'UN';
    const isEither = this.#isSigned && vr === 'US' && (lookup(tag)?.vrs.includes('SS') ?? false);
    return isEither ? 'SS' : vr;
  }

  /** A UL as it is written here. */
  number32(value: number): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, this.#isInUn || this.#encoding !== 'explicit-be');
    return bytes;
  }

  get #isInUn(): boolean {
    return this.#levels.at(-1)?.isUn ?? false;
  }
}

const PADDED_WITH_SPACE: ReadonlySet<string> = new Set([
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UR', 'UT'],
]);

/** What makes a value of this VR even: a space for text, NUL for UIDs and bytes (PS3.5 §6.2). */
export function padOf(vr: string): Uint8Array {
  return Uint8Array.of(PADDED_WITH_SPACE.has(vr) ? 0x20 : 0);
}

/** The value with its pad, when its length is odd. */
export function paddedValue(value: Uint8Array, vr: string): Uint8Array {
  if (value.length % 2 === 0) return value;
  const even = new Uint8Array(value.length + 1);
  even.set(value);
  even.set(padOf(vr), value.length);
  return even;
}
