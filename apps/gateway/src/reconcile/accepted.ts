import type { Sealer } from '@leadglass/catalogue';
import type { ReconciledIdentity } from '@leadglass/contract';
import { tagOf } from '@leadglass/dicom';
import { type Coercion, coercionOf } from '@leadglass/rewrite';

/** What a temporary identity is sealed with: who it is, and who said so. */
export interface Accepted {
  readonly identity: ReconciledIdentity;
  readonly source: string;
  readonly score: number;
  readonly by: string;
  /** The first of two persons; empty when one was enough. */
  readonly askedBy: string;
}

export function sealAccepted(sealer: Sealer, number: string, accepted: Accepted): Uint8Array {
  return sealer.sealJson('identity', number, JSON.stringify(accepted));
}

/** Throws Fault `catalogue.sealed-otherwise`. */
export function openAccepted(sealer: Sealer, number: string, sealed: Uint8Array): Accepted {
  return sealer.openJson('identity', number, sealed) as Accepted;
}

/**
 * What images are given (IHE PIR): the patient's identity, and the order's number where there is one. The request attributes of the device name
 * the temporary order: where a real one is known they go, and stand among the original attributes.
 * @param source who sent the image.
 */
export function coercionTo(identity: ReconciledIdentity, source: string): Coercion {
  const { patientId, issuer, familyName, givenName, birthDate, sex, accession } = identity;
  const coercion = coercionOf(
    {
      ...{ patientId, patientName: givenName === undefined ? familyName : `${familyName}^${givenName}` },
      ...(issuer === undefined ? {} : { issuerOfPatientId: issuer }),
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(sex === undefined ? {} : { sex }),
      ...(accession === undefined ? {} : { accessionNumber: accession }),
    },
    source,
  );
  const tag = tagOf('RequestAttributesSequence');
  if (accession === undefined || tag === undefined) return coercion;
  return {
    ...coercion,
    attributes: [...coercion.attributes, { tag, value: undefined }].toSorted((a, b) => a.tag - b.tag),
  };
}
