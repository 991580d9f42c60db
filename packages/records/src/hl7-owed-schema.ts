/** What information systems are told by HL7 (decision 0038). What identifies a patient is sealed by the keeper; the temporary number names nobody. */
export interface Hl7OwedSchema {
  hl7_owed: Hl7OwedTable;
}

/** One message for one receiver. */
export interface Hl7OwedTable {
  id: number;
  /** Temporary number of the registration. */
  number: string;
  study_instance_uid: string;
  /** An Hl7Destination's name. */
  destination: string;
  /** A04, A08, A11, NW, XO, CA, A40, unmerge. */
  letter: string;
  /** MSH-10: the same however often it is sent. */
  control_id: string;
  /** What it says; null once it has ended. */
  sealed: Uint8Array | null;
  /** What was answered, as a person reads it, sealed; null where nothing was. */
  answer: Uint8Array | null;
  /** Table 0008, '' where nothing that can be read was answered. */
  code: string;
  /** waiting, delivered, refused, skipped, withdrawn, by-hand. */
  state: string;
  /** 1: the receiver may have it; what it answered is not known. */
  sent: number;
  /** 1: it ended, and was told of in a summary. */
  summed: number;
  attempts: number;
  next_at_ms: number;
  at_ms: number;
  done_at_ms: number;
}
