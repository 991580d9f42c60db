import { type ElementHead, isKnownTag, TAG, transferSyntax } from '@leadglass/dicom';
import { text } from '@leadglass/kit';
import { mayCarryDocument } from '../content/carrier.ts';
import { isProgram } from '../content/magic.ts';
import type { FindingKind, Inspector, InspectorMaker, Scene } from '../inspector.ts';
import { CLAMAV_KINDS } from './clamav-kinds.ts';

/** What is said of one stream of bytes. `name`: of a signature, fit to be shown, bounded. */
export type ScanOutcome =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'unfinished'; readonly why: 'too-large' | 'behind' | 'slow' | 'refused' | 'unavailable' };

/** A stream of bytes on its way to who looks at it. */
export interface ScanStream {
  /** Takes the next bytes at once, whatever becomes of them; the view is valid during the call only. */
  write(view: Uint8Array): void;
  /** The stream is complete. Resolves within a bound; never rejects. */
  finish(): Promise<ScanOutcome>;
  /** Nobody wants to know any more. Harmless after finish. */
  discard(): void;
}

/** Looks at streams of bytes elsewhere: clamd. Bounded in memory and time by itself. */
export interface StreamScanner {
  open(): ScanStream;
}

/** Shorter values hold no file of another kind. */
const LEAST_BYTES = 64;
/** Contents of one object that are shown by themselves. */
const MOST_CONTENTS = 32;

/**
 * An inspector that shows `scanner` the object as a file, byte for byte as it comes, and, each by itself, its documents and the binary values
 * of manufacturers' and unknown elements: what is embedded in the middle of an object is not always recognised, and is when it begins a file.
 * A deflated data set is shown unpacked too. Late: what is said is asked for when the object is settled (INSPECT-370 to 379).
 */
export function clamav(scanner: StreamScanner): InspectorMaker {
  return function clamav(scene) {
    const eye = new ClamavEye(scene, scanner);
    return {
      name: 'clamav',
      raw: (bytes) => eye.raw(bytes),
      element: (head) => eye.element(head),
      value: (bytes) => eye.value(bytes),
      beginning: (head, bytes) => eye.beginning(head, bytes),
      elementEnd: () => eye.elementEnd(),
      end: () => eye.end(),
      settle: () => eye.settle(),
      discard: () => eye.discard(),
    } satisfies Inspector;
  };
}

interface Shown {
  readonly outcome: Promise<ScanOutcome>;
  readonly path: string;
  readonly offset: number;
}

class ClamavEye {
  readonly #scene: Scene;
  readonly #scanner: StreamScanner;
  readonly #isDeflated: boolean;
  readonly #shown: Shown[] = [];
  #whole: ScanStream | undefined;
  /** Every value of a deflated data set, one after the other. */
  #unpacked: ScanStream | undefined;
  #content: ScanStream | undefined;
  #contents = 0;
  #isMany = false;
  #place = { path: '', offset: 0 };

  constructor(scene: Scene, scanner: StreamScanner) {
    this.#scene = scene;
    this.#scanner = scanner;
    this.#isDeflated = transferSyntax(scene.context.transferSyntaxUid)?.kind === 'deflated';
  }

  raw(bytes: Uint8Array): void {
    this.#whole ??= this.#scanner.open();
    this.#whole.write(bytes);
  }

  element(head: ElementHead): void {
    if (!isContent(head) || this.#contents >= MOST_CONTENTS) return;
    this.#contents += 1;
    this.#place = { path: this.#scene.path(), offset: head.offset };
    this.#content = this.#scanner.open();
  }

  value(bytes: Uint8Array): void {
    this.#content?.write(bytes);
    if (!this.#isDeflated) return;
    this.#unpacked ??= this.#scanner.open();
    this.#unpacked.write(bytes);
  }

  // Which of many would matter is seen by how they begin: numbers and tables of real devices do not count.
  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (this.#content === undefined && this.#contents >= MOST_CONTENTS && isContent(head) && isFile(bytes))
      this.#isMany = true;
  }

  elementEnd(): void {
    if (this.#content !== undefined) this.#finish(this.#content, this.#place);
    this.#content = undefined;
  }

  /** Contents first: what is found in one is told where it stands. */
  end(): void {
    this.elementEnd();
    for (const stream of [this.#unpacked, this.#whole])
      if (stream !== undefined) this.#finish(stream, { path: '', offset: 0 });
    [this.#unpacked, this.#whole] = [undefined, undefined];
  }

  async settle(): Promise<void> {
    const kinds = new Set<FindingKind>();
    const names = new Set<string>();
    for (const { outcome, ...place } of this.#shown) {
      const said = await outcome;
      if (said.kind === 'unfinished') kinds.add(UNFINISHED[said.why]);
      else if (said.kind === 'found') this.#found(said.name, place, names, kinds);
    }
    if (this.#isMany) kinds.add(CLAMAV_KINDS.many);
    for (const kind of kinds) this.#scene.unfinished(kind);
    this.#shown.length = 0;
  }

  discard(): void {
    for (const stream of [this.#content, this.#unpacked, this.#whole]) stream?.discard();
    [this.#content, this.#unpacked, this.#whole] = [undefined, undefined, undefined];
  }

  #finish(stream: ScanStream, place: Omit<Shown, 'outcome'>): void {
    this.#shown.push({ outcome: stream.finish(), ...place });
  }

  #found(name: string, place: Omit<Shown, 'outcome'>, names: Set<string>, kinds: Set<FindingKind>): void {
    if (LIMITS.test(name)) kinds.add(CLAMAV_KINDS.limits);
    // The whole holds what its contents hold.
    else if (!names.has(name) || place.path !== '')
      this.#scene.find(named(DOUBTFUL.test(name) ? CLAMAV_KINDS.suspected : CLAMAV_KINDS.found, name), place);
    names.add(name);
  }
}

/** With `AlertExceedsMax yes` clamd names so what it did not look at to the end. */
const LIMITS = /^Heuristics\.Limits\.Exceeded/;
/** Rules of thumb, and programs that are unwanted rather than harmful. */
const DOUBTFUL = /^(?:Heuristics|PUA)\./;

const UNFINISHED: Readonly<Record<(ScanOutcome & { kind: 'unfinished' })['why'], FindingKind>> = {
  'too-large': CLAMAV_KINDS.large,
  behind: CLAMAV_KINDS.slow,
  slow: CLAMAV_KINDS.slow,
  refused: CLAMAV_KINDS.unavailable,
  unavailable: CLAMAV_KINDS.unavailable,
};

function named(kind: FindingKind, name: string): FindingKind {
  const { fr, en } = kind.text;
  return { ...kind, text: text(`${fr} (signature : ${name}).`, `${en} (signature: ${name}).`) };
}

function isContent(head: ElementHead): boolean {
  if (head.length === 0 || !mayCarryDocument(head)) return false;
  if (head.tag === TAG.EncapsulatedDocument) return true;
  const isForeign = (head.tag & 0x10000) !== 0 || !isKnownTag(head.tag);
  return isForeign && head.length > LEAST_BYTES;
}

/** How archives, documents and packed data begin. */
const FILE_MAGIC: readonly string[] = [
  'PK\x03\x04',
  'PK\x05\x06',
  'Rar!',
  '7z\xbc\xaf',
  '\x1f\x8b',
  'BZh',
  '\xfd7zXZ',
  'MSCF',
  'ITSF',
  '%PDF',
  '{\\rtf',
  '\xd0\xcf\x11\xe0',
  'FWS',
  'CWS',
  'ZWS',
  '<',
];

function isFile(bytes: Uint8Array): boolean {
  const begins = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  return isProgram(begins) || FILE_MAGIC.some((magic) => begins.startsWith(magic));
}
