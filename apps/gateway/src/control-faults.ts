import { Fault, type FaultOptions, type Retry, type Text, text } from '@leadglass/kit';

type Entry = readonly [retry: Retry, httpStatus: number, text: Text];

const FAULTS = {
  'control.bad-request': ['permanent', 400, text('Demande incorrecte.', 'The request is wrong.')],
  'control.unknown-operation': [
    'permanent',
    404,
    text(
      'Opération inconnue : la commande est-elle de la même version ?',
      'Unknown operation: is the command of the same version?',
    ),
  ],
  'control.not-found': ['permanent', 404, text('Introuvable.', 'Not found.')],
  'control.ambiguous': [
    'permanent',
    409,
    text('Plusieurs correspondances : donnez le SHA-256 entier.', 'Several match: give the whole SHA-256.'),
  ],
  'control.conflict': ['permanent', 409, text('Impossible dans l’état actuel.', 'Not possible as things stand.')],
  'control.unviewable': ['permanent', 422, text('Cet objet ne peut pas être montré.', 'This object cannot be shown.')],
  'control.refused': ['permanent', 403, text('Refusé.', 'Refused.')],
  'control.not-allowed': ['permanent', 403, text('Votre rôle ne le permet pas.', 'Your role does not allow it.')],
  'control.bad-signature': [
    'permanent',
    403,
    text(
      'La signature n’est pas celle de cet opérateur, ou pas de cette décision : la clé est-elle la bonne ?',
      'The signature is not this operator’s, or not of this decision: is it the right key?',
    ),
  ],
  'control.stale-challenge': [
    'permanent',
    409,
    text(
      'Trop de temps a passé depuis le début de cette décision : recommencez.',
      'Too much time has passed since this decision was begun: begin again.',
    ),
  ],
  'control.already-running': [
    'permanent',
    409,
    text('Une passerelle fonctionne déjà dans ce dossier.', 'A gateway is already running in this home.'),
  ],
  'control.socket': [
    'permanent',
    500,
    text(
      'Impossible d’ouvrir la prise de commande : vérifiez les droits du dossier et la longueur de son chemin (100 caractères au plus).',
      'Cannot open the control socket: check the rights of the home and the length of its path (100 characters at most).',
    ),
  ],
  'control.defect': [
    'permanent',
    500,
    text('Défaut interne, noté au journal technique.', 'Internal defect, noted in the technical log.'),
  ],
} as const satisfies Readonly<Record<string, Entry>>;

export type ControlFaultCode = keyof typeof FAULTS;

/** A Fault of the control socket; `sentence` replaces the general one. */
export function controlFault(code: ControlFaultCode, sentence?: Text, options: FaultOptions = {}): Fault {
  const [retry, , general] = FAULTS[code];
  return new Fault(code, retry, sentence ?? general, options);
}

/** HTTP status of any Fault: its own for `control.*`, 503 when another try may pass, else 500. */
export function httpStatusOf(fault: Fault): number {
  if (fault.code in FAULTS) return FAULTS[fault.code as ControlFaultCode][1];
  return fault.retry === 'transient' ? 503 : 500;
}
