import type { ElementHead, Tag, TokenHandler } from '@leadglass/dicom';
import type { Finding } from '@leadglass/model';

/** What is known of an object before its first byte. */
export interface ObjectContext {
  readonly transferSyntaxUid: string;
  /** From the C-STORE command or the file meta; empty when unknown. */
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Where the data set begins in the file it is read from, in bytes; absent for an object of the network. */
  readonly dataSetOffset?: number;
  /** Preamble, `DICM` and file meta of the file it is read from, as they lie there, at most 64 KiB; absent for an object of the network. */
  readonly fileBeginning?: Uint8Array;
}

/** Where an inspector puts what it sees. Bounded: past the limit findings are counted, not kept. */
export type Report = (finding: Finding) => void;

/** A sort of trouble an inspector knows: everything of a finding but where it is. */
export type FindingKind = Pick<Finding, 'inspector' | 'code' | 'severity' | 'text' | 'cites'>;

/** What an inspector is given: the object, where the reading stands, and where findings go. */
export interface Scene {
  readonly context: ObjectContext;
  /** Reports `kind` at the current element, or where `at` says. */
  find(kind: FindingKind, at?: { readonly path?: string; readonly offset?: number }): void;
  /** The same for the element `tag` at the current place whose header may not have been handed on: what irregularities name. */
  findTag(kind: FindingKind, tag: Tag, offset: number): void;
  /** Says that this inspector could not finish, a bound of ours being reached: reports `kind`, and the object counts as not wholly looked at. */
  unfinished(kind: FindingKind): void;
  /** Path of the current element: `(0008,0018)`, nested as `(0040,A730)[2]/(0008,0100)`. Built on demand: not for every element. */
  path(): string;
}

/**
 * One way of looking. Sees tokens in one pass, keeps a bounded amount, and speaks through its scene. `end` comes once, last.
 * One that throws is switched off: the others go on, and the object counts as not wholly looked at.
 */
export type Inspector = Partial<TokenHandler> & {
  readonly name: string;
  /** The next bytes of the object as it lies in its file, before they are read: file meta, data set, what follows it. Valid during the call only. */
  raw?(bytes: Uint8Array): void;
  /**
   * The first bytes of an element's value (at most BEGINNING_BYTES, all of it when `head.length` says so), once, at the element's end.
   * The frame collects them for all inspectors: nobody needs `value` for short values. Both arguments are valid during the call only.
   */
  beginning?(head: ElementHead, bytes: Uint8Array): void;
  end?(): void;
  /** Late work, after `end`: what is asked of another process. Findings may still be reported until it resolves; it does not reject. */
  settle?(): Promise<void>;
  /** The object will not be completed: what was begun elsewhere is taken back. Then nothing else comes, `end` included. */
  discard?(): void;
};

/** How much of a value `beginning` hands over, in bytes. */
export const BEGINNING_BYTES = 1024;

/** Makes one inspector for one object. */
export type InspectorMaker = (scene: Scene) => Inspector;
