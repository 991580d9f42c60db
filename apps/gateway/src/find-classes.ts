import { PATIENT_ROOT_FIND, STUDY_ROOT_FIND } from '@leadglass/dicom';
import type { AssociateRq, Negotiated } from '@leadglass/dimse';
import { grantOptions, type QueryOptions, type Root } from '@leadglass/query';

const ROOTS: ReadonlyMap<string, Root> = new Map<string, Root>([
  [PATIENT_ROOT_FIND, 'PATIENT'],
  [STUDY_ROOT_FIND, 'STUDY'],
]);

/** The information model a C-FIND SOP class asks (PS3.4 §C.6), or undefined when we answer none of it. */
export function findRoot(abstractSyntax: string): Root | undefined {
  return ROOTS.get(abstractSyntax);
}

/** What the requestor may ask beyond the baseline in a C-FIND SOP class. */
export function findOptions(request: AssociateRq | undefined, sopClassUid: string): QueryOptions {
  const proposed = request?.user.extendedNegotiations.find((one) => one.sopClassUid === sopClassUid);
  return grantOptions(proposed?.information ?? new Uint8Array(0)).options;
}

/** The extended negotiation items that answer those of accepted C-FIND contexts (PS3.4 §C.5.1.1.2). */
export function findNegotiations(request: AssociateRq, { accepted }: Pick<Negotiated, 'accepted'>) {
  const ours = new Set(
    [...accepted.values()].map(({ abstractSyntax }) => abstractSyntax).filter((uid) => ROOTS.has(uid)),
  );
  return request.user.extendedNegotiations
    .filter(({ sopClassUid }) => ours.has(sopClassUid))
    .map(({ sopClassUid, information }) => ({ sopClassUid, information: grantOptions(information).answer }))
    .filter(({ information }) => information.length > 0);
}
