import { isFault, type Text, text } from '@leadglass/kit';

/** PS3.7 Annex C and PS3.4 §B.2.3. */
export const STATUS = {
  success: 0x0000,
  sopClassNotSupported: 0x0122,
  notAuthorized: 0x0124,
  invalidObjectInstance: 0x0117,
  unrecognizedOperation: 0x0211,
  outOfResources: 0xa700,
  doesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

/** Why something is not carried out: what its sender is answered, and what people read. */
export interface Refusal {
  readonly status: number;
  readonly comment: string;
  readonly why: Text;
}

export const NOT_AUTHORIZED: Refusal = {
  status: STATUS.notAuthorized,
  comment: 'Not authorized to store',
  why: text('ce pair n’a pas le droit « store »', 'this peer does not have the “store” right'),
};
export const OTHER_SOP_CLASS: Refusal = {
  status: STATUS.doesNotMatchSopClass,
  comment: 'SOP class differs from presentation context',
  why: text(
    'la classe SOP annoncée n’est pas celle du contexte de présentation',
    'the SOP class of the request is not that of its presentation context',
  ),
};
export const BAD_INSTANCE_UID: Refusal = {
  status: STATUS.invalidObjectInstance,
  comment: 'Affected SOP Instance UID is not a UID',
  why: text('l’identifiant SOP Instance UID annoncé n’est pas un UID', 'the announced SOP Instance UID is not a UID'),
};
export const NOT_AN_OPERATION: Refusal = {
  status: STATUS.unrecognizedOperation,
  comment: 'Operation not offered here',
  why: text('opération non proposée ici', 'operation not offered here'),
};
export const TOO_LARGE: Refusal = {
  status: STATUS.outOfResources,
  comment: 'Report too large',
  why: text('compte rendu trop volumineux', 'report too large'),
};

/** Why an object that could be taken is not: a Fault of the disk, or a defect of ours. */
export function noRoom(thrown: unknown): Refusal {
  if (isFault(thrown))
    return { status: STATUS.outOfResources, comment: `Storage: ${thrown.code}`.slice(0, 64), why: thrown.text };
  return {
    status: STATUS.outOfResources,
    comment: 'Storage: internal fault',
    why: text('défaut interne pendant la réception', 'internal fault while receiving'),
  };
}
