import type {
  AllergyReading,
  DocumentReading,
  ObservationReading,
  OrderReading,
  PatientPart,
  Problem,
  Reading,
  ReportReading,
} from '@leadglass/hl7';
import type { DocumentForm } from './documents.ts';

/** What is kept of a message beside its bytes: sealed, for the tray. */
export interface MessageFacts {
  /** `ORU^R01`. */
  readonly type: string;
  /** Of table 0211, as it was decoded. */
  readonly charset: string;
  readonly problems: readonly Problem[];
}

/** A document as a chart knows it: its bytes lie elsewhere, under `id`; '' where there are none. */
export interface ToldDocument {
  readonly id: string;
  readonly form: DocumentForm;
  readonly mediaType: string;
  readonly title: string;
  readonly bytes: number;
  /** TXA-12, and TXA-13: the document whose place it takes; '' where nothing is said. */
  readonly number: string;
  readonly parent: string;
  /** Cancelled or obsolete, as its sender says (TXA-19, or a T11). */
  readonly isGone: boolean;
  readonly writtenAt: string;
}

export type ToldObservation = Omit<ObservationReading, 'document'> & { readonly document: ToldDocument | undefined };
export type ToldReport = Omit<ReportReading, 'observations'> & { readonly observations: readonly ToldObservation[] };

/** What one message said of one patient, as it is kept. */
export interface Told {
  readonly feed: string;
  readonly message: number;
  readonly heardMs: number;
  readonly kind: Reading['kind'];
  readonly type: string;
  readonly trigger: string;
  readonly sentAt: string;
  readonly reports: readonly ToldReport[];
  readonly orders: readonly OrderReading[];
  readonly documents: readonly ToldDocument[];
  /** Absent in what was kept before allergies were read. */
  readonly allergies?: readonly AllergyReading[];
}

/** A document taken out of a reading, to be kept apart. */
export interface TakenDocument {
  readonly told: ToldDocument;
  readonly bytes: Uint8Array;
}

export interface ToldOptions {
  readonly feed: string;
  readonly message: number;
  readonly heardMs: number;
  /** Names the n-th document of the message. */
  documentId(n: number): string;
  formOf(bytes: Uint8Array | undefined): DocumentForm;
}

/** Table 0273. */
const GONE: ReadonlySet<string> = new Set(['CA', 'OB']);

/** What of a reading is kept of one patient, and the documents taken out of it. */
export function toldOf(
  reading: Reading,
  part: PatientPart,
  options: ToldOptions,
): { readonly told: Told; readonly documents: readonly TakenDocument[] } {
  const documents: TakenDocument[] = [];
  const take = (document: DocumentReading): ToldDocument => {
    const { bytes, mediaType, title } = document;
    const isHere = bytes !== undefined && bytes.length > 0;
    const id = isHere ? options.documentId(documents.length) : '';
    const isGone = GONE.has(document.availability) || reading.header.trigger === 'T11';
    const told: ToldDocument = {
      ...{ id, form: options.formOf(bytes), mediaType, title: title || document.type, bytes: bytes?.length ?? 0 },
      ...{ number: document.id, parent: document.parent, isGone, writtenAt: document.writtenAt },
    };
    if (isHere) documents.push({ told, bytes });
    return told;
  };
  const { feed, message, heardMs } = options;
  const { type, trigger, sentAt } = reading.header;
  const reports = part.reports.map((report) => ({
    ...report,
    observations: report.observations.map((each) => ({
      ...each,
      document: each.document === undefined ? undefined : take(each.document),
    })),
  }));
  const told: Told = {
    ...{ feed, message, heardMs, kind: reading.kind, type, trigger, sentAt, reports, orders: part.orders },
    documents: part.documents.map(take),
    ...(part.allergies.length === 0 ? {} : { allergies: part.allergies }),
  };
  return { told, documents };
}
