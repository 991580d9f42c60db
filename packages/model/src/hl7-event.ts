import type { Text } from '@leadglass/kit';

/** Facts of what information systems are told by HL7 v2. No patient data: `number` is temporary, and answers are kept sealed. */
export interface Hl7Facts {
  /** It has it. `code`: as it answered (table 0008). */
  'hl7.delivered': OneMessage & { code: string; waitedMs: number };
  /** It does not take it, and is not asked again: a person decides. `code`: '' where nothing that can be read was answered. */
  'hl7.refused': OneMessage & { code: string; why: Text };
  /** It was never sent: what it tells does not hold any more. */
  'hl7.withdrawn': OneMessage;
  /** No message says this: a person has to do it there. */
  'hl7.by-hand': OneMessage;
  /** A person has it sent again, under the same control id. */
  'hl7.retried': OneMessage & { by: string };
  /** A person says that it is not sent, or that it is done there. */
  'hl7.skipped': OneMessage & { by: string; reason: string };
  /** A person has what was registered from one day to another (YYYYMMDD) told to receivers that were declared since. */
  'hl7.told-late': { by: string; from: number; to: number; registrations: number; messages: number };
  /** Nothing waits for it any more. `sinceMs`: when the first of these messages was owed. */
  'hl7.given-back': { destination: string; delivered: number; refused: number; sinceMs: number };
}

interface OneMessage {
  destination: string;
  /** `ADT^A04`, `ORM^O01 NW`, … or `unmerge`. */
  message: string;
  /** MSH-10. */
  controlId: string;
  /** Temporary number of the registration. */
  number: string;
  studyInstanceUid: string;
}
