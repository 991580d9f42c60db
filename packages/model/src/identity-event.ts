import type { Text } from '@leadglass/kit';
import type { ObjectFacts } from './object-facts.ts';

/** Facts of temporary identities: `number` is temporary and names nobody, `patient` and `identity` are pseudonyms. */
export interface IdentityFacts {
  /** The first object came under a temporary identity: it and what follows wait for who it is. */
  'identity.waiting': { number: string; patient: string; studyInstanceUid: string; destinations: readonly string[] };
  /** A person says who it is; somebody else has to say so too. `score`: 0 to 100. */
  'identity.asked': Named & { score: number };
  /** It is known. `askedBy`: the first of two persons; empty when one was enough. */
  'identity.accepted': Named & { askedBy: string; source: string; score: number };
  /** Nobody waits any more: what came goes out as it came. `by`: empty when the time that was chosen had passed. */
  'identity.released': { by: string; number: string; patient: string; reason: string };
  /** What was accepted is taken back. `isCorrection`: some of it had been delivered. */
  'identity.taken-back': Named & { reason: string; isCorrection: boolean };
  /** A copy (sha256) of `original` that bears the identity that was accepted was made, inspected and taken into custody. */
  'copy.coerced': ObjectFacts & {
    number: string;
    original: string;
    pixelSha256: string;
    changes: readonly string[];
    destinations: readonly string[];
  };
  /** No such copy can be made: the object waits for a person. */
  'copy.not-coerced': ObjectFacts & { number: string; why: readonly Text[] };
}

interface Named {
  by: string;
  number: string;
  patient: string;
  identity: string;
}
