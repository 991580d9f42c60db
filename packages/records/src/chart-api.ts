import type { Event } from '@leadglass/model';

/** What became of a message: to be entered (it is understood, and what it tells is in the inbox), entered, or in the tray. */
export type MessageState = 'waiting' | 'entered' | 'not-understood' | 'quarantined' | 'dismissed';

/** A message that is about to be acknowledged. */
export interface MessageCommit {
  /** Keyed digests: of who sent it under which number, and of its bytes. */
  readonly identity: string;
  readonly content: string;
  readonly feed: string;
  readonly receivedAtMs: number;
  readonly bytes: number;
  readonly answered: string;
  readonly state: MessageState;
  /** Type and problems, sealed. */
  readonly sealed: Uint8Array;
  /** The message as it came, sealed. */
  readonly body: Uint8Array;
  /** What it tells, sealed, for the charts; undefined where nothing of it was understood. */
  readonly reading: Uint8Array | undefined;
}

/** Kept; or it had been before, and was answered so; or another of its number says something else, and both are kept. */
export interface MessageOutcome {
  readonly kind: 'stored' | 'repeated' | 'other';
  readonly answered: string;
}

export interface MessageRow {
  readonly no: number;
  readonly feed: string;
  readonly receivedAtMs: number;
  readonly bytes: number;
  readonly answered: string;
  readonly state: MessageState;
  readonly isOther: boolean;
  readonly sealed: Uint8Array;
}

export interface FeedTally {
  readonly feed: string;
  readonly received: number;
  readonly lastAtMs: number;
  readonly waiting: number;
  readonly notUnderstood: number;
  readonly quarantined: number;
}

/** A message whose telling is to be entered. */
export interface FeedInboxItem {
  readonly no: number;
  readonly feed: string;
  readonly receivedAtMs: number;
  readonly state: MessageState;
  readonly sealed: Uint8Array;
}

export interface ChartRow {
  readonly no: number;
  /** The chart that has taken it in; 0 for none. */
  readonly into: number;
  readonly heardAtMs: number;
  readonly arrivedAtMs: number;
  readonly presentAtMs: number;
  readonly criticalAtMs: number;
  readonly critical: number;
  readonly sealed: Uint8Array;
}

export interface EntryRow {
  readonly no: number;
  readonly chart: number;
  readonly message: number;
  readonly heardAtMs: number;
  readonly kind: 'told' | 'raw';
  readonly sealed: Uint8Array;
}

export interface MergeRow {
  readonly no: number;
  readonly into: number;
  readonly taken: number;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
  readonly undoneAtMs: number;
  readonly undoneBy: string;
}

export interface DocumentWrite {
  readonly id: string;
  readonly chart: number;
  readonly bytes: number;
  readonly sealed: Uint8Array;
}

/** Two charts become one. `event`: what tells of it, made once it has its number. */
export interface ChartMerge extends Pick<MergeRow, 'into' | 'taken' | 'atMs' | 'by' | 'reason'> {
  event(no: number): Event;
}

/** What a batch of messages makes of the charts: charts as they stand after it, what they are found by, what was told, what became one. */
export interface ChartChanges {
  /** New, or listed otherwise than before: arrived, in the house, critical. */
  readonly charts: readonly Omit<ChartRow, 'into'>[];
  /** Who they are of was told otherwise, and how they are listed is what it was. */
  readonly resealed: readonly Pick<ChartRow, 'no' | 'heardAtMs' | 'sealed'>[];
  /** Something was heard of them, and nothing about who they are of. */
  readonly heard: readonly Pick<ChartRow, 'no' | 'heardAtMs'>[];
  readonly identifiers: readonly { readonly digest: string; readonly chart: number }[];
  readonly tokens: readonly { readonly token: number; readonly chart: number }[];
  readonly entries: readonly Omit<EntryRow, 'no'>[];
  readonly documents: readonly DocumentWrite[];
  readonly merges: readonly ChartMerge[];
  /** Messages that are through, and what became of each. */
  readonly done: readonly {
    readonly no: number;
    readonly feed: string;
    readonly state: MessageState;
    /** Its facts, when they are others now. */
    readonly sealed?: Uint8Array;
  }[];
}

/** How charts are listed: all that carry a token, or those with something newest first. */
export type ChartSource =
  | { readonly by: 'token'; readonly token: number }
  | { readonly by: 'arrived' | 'present' | 'critical' | 'heard'; readonly sinceMs: number };

/** What the policy of retention had forgotten: messages as they came, charts, documents, and the bytes of messages and documents. */
export interface Forgotten {
  readonly messages: number;
  readonly charts: number;
  readonly documents: number;
  readonly bytes: number;
}

/** A message or a chart that a walk passes. */
export interface WalkedMessage {
  readonly no: number;
  /** Old enough, and done with. */
  readonly isForgettable: boolean;
  /** Everything from here on is too recent. */
  readonly isRecent: boolean;
}
export interface WalkedChart {
  readonly no: number;
  readonly into: number;
  readonly heardAtMs: number;
  readonly isPresent: boolean;
}

/** A chart that stands, and those it has taken in, it first: what marks whether anything changed. */
export interface ChartMark {
  readonly row: ChartRow;
  readonly entries: number;
  /** Number of the newest; 0 without one. */
  readonly lastEntry: number;
}

/** All of a chart and of those it has taken in, of one moment. Entries are the newest, newest first. */
export interface ChartCut {
  readonly charts: readonly (ChartMark & { readonly told: readonly EntryRow[] })[];
  /** Those that stand. */
  readonly merges: readonly MergeRow[];
}
