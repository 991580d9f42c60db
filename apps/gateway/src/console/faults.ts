import type { ErrorAnswer } from '@leadglass/contract';
import { Fault, type FaultOptions, type Retry, type Text, text } from '@leadglass/kit';

type Entry = readonly [retry: Retry, httpStatus: number, text: Text];

const FAULTS = {
  'console.bad-request': ['permanent', 400, text('Demande incorrecte.', 'The request is wrong.')],
  'console.foreign-origin': [
    'permanent',
    403,
    text(
      'Cette demande ne vient pas d’une page de cette console. Ouvrez la console à son adresse et recommencez.',
      'This request does not come from a page of this console. Open the console at its address and try again.',
    ),
  ],
  'console.unknown-host': [
    'permanent',
    403,
    text(
      'Cette adresse n’est pas une de celles de la console. Prenez l’adresse affichée au démarrage.',
      'This address is not one of the console’s. Take the address shown at the start.',
    ),
  ],
  'console.signed-out': [
    'permanent',
    401,
    text('Votre session est terminée : identifiez-vous.', 'Your session is over: sign in.'),
  ],
  'console.refused-sign-in': [
    'permanent',
    401,
    text('Identification refusée : vérifiez et recommencez.', 'Sign-in refused: check and try again.'),
  ],
  'console.locked': [
    'permanent',
    403,
    text(
      'La session est verrouillée : montrez à nouveau qui vous êtes.',
      'The session is locked: show again who you are.',
    ),
  ],
  'console.forbidden': [
    'permanent',
    403,
    text(
      'Votre rôle ne donne pas ce droit. Un administrateur peut le changer, page « Personnes ».',
      'Your role does not give this right. An administrator can change it, on the page “People”.',
    ),
  ],
  'console.set-up-needed': [
    'permanent',
    403,
    text(
      'La console n’est pas encore installée : ouvrez le lien affiché par npm start.',
      'The console is not set up yet: open the link that npm start shows.',
    ),
  ],
  'console.set-up-done': [
    'permanent',
    403,
    text(
      'L’installation est faite, ou ce lien ne vaut plus : identifiez-vous, ou redémarrez pour un nouveau lien.',
      'The set-up is done, or this link is no longer good: sign in, or restart for a new link.',
    ),
  ],
  'console.not-found': ['permanent', 404, text('Introuvable.', 'Not found.')],
  'console.conflict': ['permanent', 409, text('Impossible dans l’état actuel.', 'Not possible as things stand.')],
  'console.too-long': ['permanent', 413, text('La demande est trop longue.', 'The request is too long.')],
  'console.too-many': [
    'transient',
    429,
    text(
      'Trop de demandes : attendez un moment, puis recommencez.',
      'Too many requests: wait a moment, then try again.',
    ),
  ],
  'console.no-gateway': [
    'transient',
    503,
    text(
      'La passerelle ne répond pas : elle démarre ou s’arrête. Recommencez dans un instant.',
      'The gateway does not answer: it is starting or stopping. Try again in a moment.',
    ),
  ],
  'console.not-built': [
    'permanent',
    503,
    text(
      'Les pages de la console ne sont pas construites : lancez « npm run build:console », puis rechargez.',
      'The console’s pages are not built: run “npm run build:console”, then reload.',
    ),
  ],
  'console.defect': [
    'permanent',
    500,
    text('Défaut interne, noté au journal technique.', 'Internal defect, noted in the technical log.'),
  ],
} as const satisfies Readonly<Record<string, Entry>>;

export type ConsoleFaultCode = keyof typeof FAULTS;

/** A Fault of the console; `sentence` replaces the general one. */
export function consoleFault(code: ConsoleFaultCode, sentence?: Text, options: FaultOptions = {}): Fault {
  const [retry, , general] = FAULTS[code];
  return new Fault(code, retry, sentence ?? general, options);
}

/** HTTP status of any Fault: its own for `console.*`, 503 when another try may pass, else 500. */
export function consoleStatusOf(fault: Fault): number {
  if (fault.code in FAULTS) return FAULTS[fault.code as ConsoleFaultCode][1];
  return fault.retry === 'transient' ? 503 : 500;
}

/** `console.bad-request` that says which field is wrong, and why. */
export function badField(path: string, sentence: Text): Fault {
  const fault: Fault & { problems?: ErrorAnswer['problems'] } = consoleFault('console.bad-request', sentence);
  fault.problems = [{ path, message: sentence.en }];
  return fault;
}
