/** Attributes by tag (`00100010`), as text; several values are separated by `\`. Sequences are passed over. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A study that is kept, with all that is given out of it. */
export interface KeptStudy {
  readonly studyInstanceUid: string;
  readonly attributes: Attributes;
  /** When the last of its objects came. */
  readonly newestAtMs: number;
  readonly series: readonly KeptSeries[];
}

export interface KeptSeries {
  readonly seriesInstanceUid: string;
  readonly attributes: Attributes;
  readonly objects: readonly KeptObject[];
}

/** One object, and where its sealed file lies. */
export interface KeptObject {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly receivedAtMs: number;
  /** From the folder the inventory lies in, with `/`. */
  readonly path: string;
  readonly attributes: Attributes;
}

/** An attribute as text; empty when there is none. */
export function textAt(attributes: Attributes, tag: number): string {
  const value = attributes[(tag >>> 0).toString(16).toUpperCase().padStart(8, '0')];
  return typeof value === 'string' ? value : '';
}
