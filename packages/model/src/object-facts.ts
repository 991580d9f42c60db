/** What every event about one object tells. */
export interface ObjectFacts {
  arrivalId: string;
  associationId: string;
  peer: string;
  remoteAddress: string;
  sha256: string;
  sopClassUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  /** Keyed pseudonym of the patient (HMAC), never the identifier itself; empty when unknown. */
  patient: string;
  bytes: number;
}
