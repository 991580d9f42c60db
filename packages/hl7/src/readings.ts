import type { Text } from '@leadglass/kit';

/*
 * What a message tells, in the words of its sender: texts are decoded and unescaped and nothing else, '' stands for what was not sent.
 * Times are as sent (`YYYY[MM[DD[HHMM[SS[.S…]]]]][±ZZZZ]`). A FHIR resource is read into the same nouns.
 */

/** An identifier (CX): of a patient, a visit, an order. */
export interface Identifier {
  readonly value: string;
  /** Namespace of whoever assigned it (CX-4.1). */
  readonly authority: string;
  /** Its object identifier (CX-4.2 where CX-4.3 is `ISO`; FHIR `urn:oid:`). */
  readonly oid: string;
  /** Table 0203: `MR`, `PI`, `INS`, … */
  readonly type: string;
}

/** A name (XPN). */
export interface PersonName {
  readonly family: string;
  readonly given: string;
  readonly further: string;
  readonly prefix: string;
  /** Table 0200: `L` legal, `D` display, `B` birth, … */
  readonly type: string;
}

/** A code with its text and the same in another system (CE, CWE). */
export interface Coded {
  readonly id: string;
  readonly text: string;
  readonly system: string;
  readonly otherId: string;
  readonly otherText: string;
  readonly otherSystem: string;
}

/** MSH, or what of a FHIR Bundle stands for it. */
export interface HeaderReading {
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  readonly sentAt: string;
  /** `ORU`. */
  readonly type: string;
  /** `R01`; of an ADT that says none in MSH-9, EVN-1. */
  readonly trigger: string;
  readonly controlId: string;
  /** Table 0103: `P` production, `T` training, `D` debugging; of a FHIR resource `T` where it is marked `HTEST`, else `P`. */
  readonly processing: string;
  readonly version: string;
  /** MSH-15 and MSH-16 (table 0155). */
  readonly acceptAck: string;
  readonly applicationAck: string;
}

/** PID. */
export interface PatientReading {
  readonly identifiers: readonly Identifier[];
  readonly names: readonly PersonName[];
  readonly birthDate: string;
  readonly sex: string;
  /** PID-23. */
  readonly birthPlace: string;
  /** INSEE code of the birthplace: XAD-9 of the PID-11 whose type is `BDL`. */
  readonly birthPlaceCode: string;
  readonly account: string;
  readonly diedAt: string;
  /** Table 0445 as sent (PID-32): `VALI`, `PROV`, … */
  readonly reliability: readonly string[];
}

/** PV1. */
export interface VisitReading {
  readonly number: string;
  /** Table 0004: `E` emergency, `I` inpatient, … */
  readonly class: string;
  /** PV1-3 as words: point of care, room, bed, facility. */
  readonly location: string;
  readonly doctors: readonly string[];
  readonly admittedAt: string;
  readonly dischargedAt: string;
}

/** One patient takes the place of another (MRG). */
export interface MergeReading {
  /** Identifiers that stand no longer. */
  readonly from: readonly Identifier[];
  readonly fromAccount: string;
}

/** ORC with what of OBR, TQ1, IPC, ZDS, or SCH with AIS and AIP, says what is asked for and when. */
export interface OrderReading {
  /** Table 0119: `NW`, `CA`, `SC`, `XO`, …; of a schedule its trigger: `S12`. */
  readonly control: string;
  readonly placer: string;
  readonly filler: string;
  readonly status: string;
  /** `S` is at once. */
  readonly priority: string;
  readonly procedure: Coded;
  readonly accession: string;
  readonly requestedProcedureId: string;
  readonly stepId: string;
  readonly studyInstanceUid: string;
  /** Table 0074 or a modality: `CT`. */
  readonly section: string;
  readonly stationAeTitle: string;
  readonly scheduledAt: string;
  readonly reason: string;
  readonly clinicalInformation: string;
  readonly requester: string;
  readonly requesterPhone: string;
  /** NTE that follow. */
  readonly notes: readonly string[];
}

/** What was sent as a document: in an OBX of type ED or RP, a TXA, a DiagnosticReport's `presentedForm`. Its bytes are not opened here. */
export interface DocumentReading {
  /** As sent: `application/pdf`, `PDF`, `text/xml`. */
  readonly mediaType: string;
  readonly title: string;
  /** Undefined where only a reference was sent. */
  readonly bytes: Uint8Array | undefined;
  /** Where the sender says it lies; never followed. */
  readonly reference: string;
  /** TXA-12, and TXA-13: the document it adds to or takes the place of. Of an OBX without TXA all that follows is ''. */
  readonly id: string;
  readonly parent: string;
  /** TXA-2. */
  readonly type: string;
  /** Table 0271 (TXA-17): `LA`, `AU`, … */
  readonly status: string;
  /** Table 0273 (TXA-19): `AV`, `CA` cancelled, `OB` obsolete, … */
  readonly availability: string;
  readonly writtenAt: string;
  readonly author: string;
}

/** OBX. */
export interface ObservationReading {
  /** OBX-2: `NM`, `ST`, `SN`, … */
  readonly valueType: string;
  readonly code: Coded;
  readonly subId: string;
  /** Each repetition as a person reads it: `<` and `>` of an SN, the text of a code, lines of a text. */
  readonly values: readonly string[];
  readonly unit: string;
  readonly range: string;
  /** Table 0078: `H`, `LL`, … */
  readonly flags: readonly string[];
  /** Table 0085: `F`, `P`, `C`, `D`, … */
  readonly status: string;
  readonly observedAt: string;
  readonly laboratory: string;
  readonly responsible: string;
  readonly method: string;
  readonly notes: readonly string[];
  readonly document: DocumentReading | undefined;
}

/** OBR with its observations. */
export interface ReportReading {
  readonly placer: string;
  readonly filler: string;
  readonly panel: Coded;
  readonly collectedAt: string;
  readonly receivedAt: string;
  readonly issuedAt: string;
  /** Table 0074: `LAB`, `HM`, `RAD`, … */
  readonly section: string;
  /** Table 0123. */
  readonly status: string;
  readonly requester: string;
  readonly specimen: string;
  /** Number of the order it comes from (OBR-29), else the result (OBR-26). */
  readonly parent: string;
  readonly notes: readonly string[];
  readonly observations: readonly ObservationReading[];
}

/** An allergy, an intolerance, or that none is known: AL1, IAM, a FHIR AllergyIntolerance. */
export interface AllergyReading {
  /** `AL1` is a line of a list that is sent whole; the others tell of one. */
  readonly source: 'AL1' | 'IAM' | 'FHIR';
  /** Table 0206 (IAM-6): `A` add, `D` delete, `U` update, `X` no change; '' elsewhere. */
  readonly action: string;
  /** IAM-7; FHIR: identifier or id. */
  readonly number: string;
  /** Table 0127: `DA` drug, `FA` food, …; FHIR: the category. */
  readonly kind: Coded;
  /** The substance. Of an AL1 it says nothing where the sender's list is empty. */
  readonly code: Coded;
  /** Table 0128: `SV`, `MO`, `MI`, `U`; FHIR: the criticality. */
  readonly severity: Coded;
  /** As a person reads each, with its severity where FHIR has one. */
  readonly reactions: readonly string[];
  readonly identifiedAt: string;
  /** Table 0436 (IAM-9); FHIR: `allergy`, `intolerance`. */
  readonly sensitivity: string;
  /** Table 0438 (IAM-17); FHIR: clinical status and verification. */
  readonly status: readonly string[];
  readonly notes: readonly string[];
}

/** What a message tells of one patient. */
export interface PatientPart {
  readonly patient: PatientReading;
  readonly visit: VisitReading | undefined;
  readonly merge: MergeReading | undefined;
  readonly orders: readonly OrderReading[];
  readonly reports: readonly ReportReading[];
  /** Of an MDM or a DocumentReference; what lies in an OBX of a result stays there. */
  readonly documents: readonly DocumentReading[];
  readonly allergies: readonly AllergyReading[];
  /** NTE that follow PID, PD1 or PV1. */
  readonly notes: readonly string[];
}

export type ReadingKind = 'admission' | 'merge' | 'order' | 'schedule' | 'result' | 'document' | 'other';

/** Something that was not understood, or not as it should be; what could be is told all the same. */
export interface Problem {
  /** Table 0357. */
  readonly code: 100 | 101 | 102 | 103 | 198 | 199 | 200 | 201 | 202 | 203 | 207;
  /** `PID`, `OBX[3]-5`. */
  readonly place: string;
  readonly why: Text;
  /** Whether the message cannot be acted on because of it. */
  readonly isFatal: boolean;
}

/** What a message tells. */
export interface Reading {
  readonly kind: ReadingKind;
  readonly header: HeaderReading;
  /** As it was decoded; where that was a guess, `problems` says so. */
  readonly charset: string;
  readonly patients: readonly PatientPart[];
  readonly problems: readonly Problem[];
}
