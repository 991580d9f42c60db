import type { ElementHead, Tag } from '@leadglass/dicom';
import { Phi } from '@leadglass/kit';

/** What the gateway needs to know of an object it keeps: from the top level of the data set, as sent, trimmed, bounded, not validated. */
export interface ObjectIdentity {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  /** Bytes as Latin-1, whatever the character set: stable for a keyed pseudonym, not for show. */
  readonly patientId: Phi<string>;
  readonly issuerOfPatientId: Phi<string>;
}

/** PS3.5 §6.2: UI and LO hold at most 64 characters; what is longer is cut (and is a finding elsewhere). */
const MOST_CHARACTERS = 64;

const SLOT_OF = new Map<Tag, number>([
  [0x00080016, 0],
  [0x00080018, 1],
  [0x0020000d, 2],
  [0x0020000e, 3],
  [0x00080060, 4],
  [0x00100020, 5],
  [0x00100021, 6],
]);

/** Collects the identity from the beginnings of values. The first of a repeated element counts. */
export class IdentityCollector {
  readonly #values: (string | undefined)[] = new Array<string | undefined>(SLOT_OF.size).fill(undefined);

  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.depth !== 0 || head.tag > 0x0020000e) return;
    const slot = SLOT_OF.get(head.tag);
    if (slot === undefined || this.#values[slot] !== undefined) return;
    this.#values[slot] = identityText(bytes);
  }

  get identity(): ObjectIdentity {
    const value = (slot: number): string => this.#values[slot] ?? '';
    return {
      sopClassUid: value(0),
      sopInstanceUid: value(1),
      studyInstanceUid: value(2),
      seriesInstanceUid: value(3),
      modality: value(4),
      patientId: new Phi(value(5)),
      issuerOfPatientId: new Phi(value(6)),
    };
  }
}

/** The first 64 characters, padding off, control characters as `?`: what comes out may stand in a record. Of two equal values the same. */
export function identityText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MOST_CHARACTERS + 1)).toString(
    'latin1',
  );
  return text
    .replace(/[\0 ]+$/, '')
    .replace(/^ +/, '')
    .slice(0, MOST_CHARACTERS)
    .replace(/[\x00-\x1f\x7f-\x9f]/g, '?');
}
