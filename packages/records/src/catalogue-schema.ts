/**
 * What the catalogue keeps (decision 0015). What identifies or describes a patient is sealed by the catalogue, and found by tokens that
 * nobody without its key can make; identifiers of objects, study dates and modalities stand in the clear, as in `custody`.
 */
export interface CatalogueSchema {
  catalogue_inbox: InboxTable;
  catalogue_held: { sha256: string; sealed: Uint8Array };
  catalogue_subjects: SubjectsTable;
  catalogue_tokens: { token: number; target: number };
  catalogue_studies: StudiesTable;
  catalogue_series: SeriesTable;
  catalogue_modalities: { modality: string; study_date: number; study_no: number };
  catalogue_instances: InstancesTable;
  catalogue_tallies: { id: number; subjects: number; studies: number; series: number; instances: number };
}

/** Objects whose entries are still to be made, or taken out: written with the custody they follow from. */
export interface InboxTable {
  seq: number;
  sha256: string;
  /** `arrived` or `removed`. */
  kind: string;
  study_instance_uid: string;
  series_instance_uid: string;
  sop_instance_uid: string;
  sop_class_uid: string;
  /** Null for what was removed. */
  sealed: Uint8Array | null;
}

/** A patient as some studies have them: another spelling is another row. */
export interface SubjectsTable {
  no: number;
  /** Keyed digest of the attributes: the same ones are the same row. */
  variant: string;
  /** Token of who it is, whatever the spelling. */
  identity: number;
  sealed: Uint8Array;
}

export interface StudiesTable {
  no: number;
  study_instance_uid: string;
  subject_no: number;
  /** YYYYMMDD; 0 when the study has none. */
  study_date: number;
  series: number;
  instances: number;
  /** Modalities of its series, sorted, `\\` between them: what a search would otherwise have to read every series for. */
  modalities: string;
  /** SOP Class UIDs of its series, likewise. */
  sop_classes: string;
  sealed: Uint8Array;
}

export interface SeriesTable {
  no: number;
  study_no: number;
  series_instance_uid: string;
  modality: string;
  /** SOP Class UIDs of its instances, a space between them, the first eight. */
  sop_classes: string;
  instances: number;
  sealed: Uint8Array;
}

export interface InstancesTable {
  series_no: number;
  sop_instance_uid: string;
  sha256: string;
  sop_class_uid: string;
  sealed: Uint8Array;
}
