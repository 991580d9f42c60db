import type { Sha256 } from '@leadglass/model';

/** One object whose entry is to be made or taken out. */
export interface InboxItem {
  readonly seq: number;
  readonly sha256: string;
  readonly kind: 'arrived' | 'removed';
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** Its attributes, sealed by the catalogue; undefined for what was removed. */
  readonly sealed: Uint8Array | undefined;
}

/** A sealed subject with what it is found by. */
export interface SubjectEntry {
  readonly variant: string;
  readonly identity: number;
  readonly sealed: Uint8Array;
  readonly tokens: readonly number[];
}

/**
 * What one object adds. Of study and series, `sealed` is what stands from then on. Entries one after the other that have the very same subject,
 * study and series (the same values, not like ones) cost one instance each.
 */
export interface CatalogueEntry {
  readonly subject: SubjectEntry;
  readonly study: {
    readonly studyInstanceUid: string;
    readonly studyDate: number;
    readonly sealed: Uint8Array;
    readonly tokens: readonly number[];
  };
  readonly series: { readonly seriesInstanceUid: string; readonly modality: string; readonly sealed: Uint8Array };
  readonly instance: {
    readonly sopInstanceUid: string;
    readonly sopClassUid: string;
    readonly sha256: string;
    readonly sealed: Uint8Array;
  };
}

/** An object that is gone, and the tokens of its study and subject: they go when nothing of those is left. */
export interface CatalogueRemoval {
  readonly sha256: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly studyTokens: readonly number[];
  readonly subjectTokens: readonly number[];
}

export type CatalogueChange =
  | {
      readonly kind: 'enter';
      readonly entry: CatalogueEntry;
      readonly staleSubjectTokens: readonly number[];
      readonly staleStudyTokens: readonly number[];
    }
  | { readonly kind: 'remove'; readonly removal: CatalogueRemoval };

export interface SubjectRow {
  readonly no: number;
  readonly variant: string;
  readonly identity: number;
  readonly sealed: Uint8Array;
}

/** A study, with all that an answer at its level needs: one row, one opening. */
export interface StudyRow {
  readonly no: number;
  readonly studyInstanceUid: string;
  readonly studyDate: number;
  readonly series: number;
  readonly instances: number;
  /** Modalities and SOP Class UIDs of its series, sorted, `\\` between them. */
  readonly modalities: string;
  readonly sopClasses: string;
  /** Its attributes and its patient's. */
  readonly sealed: Uint8Array;
  readonly subjectNo: number;
}

export interface SeriesRow {
  readonly no: number;
  readonly studyNo: number;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly sopClasses: readonly string[];
  readonly instances: number;
  readonly sealed: Uint8Array;
}

export interface InstanceRow {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly sha256: string;
  readonly sealed: Uint8Array;
}

/** Where a page of studies begins: after this one, in the order of its source. */
export interface StudyMark {
  readonly studyDate: number;
  readonly subjectNo: number;
  readonly no: number;
}

/** How studies are found: by their number for tokens, newest first otherwise. Dates are YYYYMMDD, 0 for none, both ends belong. */
export type StudySource =
  | { readonly by: 'uid'; readonly uid: string }
  | { readonly by: 'token'; readonly token: number }
  | { readonly by: 'subject-token'; readonly token: number }
  | { readonly by: 'date'; readonly from: number; readonly to: number }
  | { readonly by: 'modality'; readonly modality: string; readonly from: number; readonly to: number };

export interface CatalogueCounts {
  readonly subjects: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  /** Objects in the inbox, at most: numbers between its ends that were taken out count too. */
  readonly waiting: number;
}

/** The sealed catalogue. Every method is one transaction; Faults `records.*`. */
export interface CatalogueRecords {
  inbox(limit: number): Promise<readonly InboxItem[]>;
  /** Puts objects already in custody into the inbox: what a rebuild found. */
  fillInbox(items: readonly Omit<InboxItem, 'seq'>[]): Promise<void>;
  /** Makes changes in order and takes `seqs` out of the inbox, all or nothing. */
  change(changes: readonly CatalogueChange[], seqs: readonly number[]): Promise<void>;
  /** Empties the catalogue and its inbox; what is held keeps its sealed attributes unless `isHeldToo`. */
  empty(isHeldToo: boolean): Promise<void>;
  /** What a rebuild found of one object: into the inbox, or beside its hold, as it stands now; nothing when it is gone. */
  found(sha256: Sha256, sealed: Uint8Array): Promise<void>;

  studies(source: StudySource, after: StudyMark | undefined, limit: number): Promise<readonly StudyRow[]>;
  /** By number for a token, highest number first otherwise; `after` is the number of the last one given. */
  subjects(
    source: { readonly token: number } | { readonly newest: true },
    after: number | undefined,
    limit: number,
  ): Promise<readonly SubjectRow[]>;
  /** Sums over every spelling of the patient of a subject. */
  totalsOf(
    subjectNo: number,
  ): Promise<{ readonly studies: number; readonly series: number; readonly instances: number }>;
  /** In order of Series Instance UID, after `after`. */
  seriesOf(studyNo: number, after: string, limit: number): Promise<readonly SeriesRow[]>;
  series(studyInstanceUid: string, seriesInstanceUid: string): Promise<SeriesRow | undefined>;
  /** Study Instance UIDs that hold a series, or an instance in custody. */
  studiesOfSeries(seriesInstanceUid: string): Promise<readonly string[]>;
  studiesOfInstance(sopInstanceUid: string): Promise<readonly string[]>;
  /** In order of SOP Instance UID, after `after`. */
  instancesOf(seriesNo: number, after: string, limit: number): Promise<readonly InstanceRow[]>;
  instance(seriesNo: number, sopInstanceUid: string): Promise<InstanceRow | undefined>;
  counts(): Promise<CatalogueCounts>;
}
