import { Fault, type Retry, text } from '@leadglass/kit';

const FAULTS = {
  'continuity.unreachable': [
    'transient',
    text(
      'La passerelle ne répond pas : ce qui est déjà là reste servi, et le tirage reprendra.',
      'The gateway does not answer: what is here goes on being served, and pulling will go on.',
    ),
  ],
  'continuity.not-the-gateway': [
    'permanent',
    text(
      'Ce n’est pas le certificat de la passerelle qui a donné le code : rien ne lui est dit.',
      'This is not the certificate of the gateway that gave the code: nothing is said to it.',
    ),
  ],
  'continuity.refused': [
    'permanent',
    text(
      'La passerelle refuse ce boîtier : le code a servi ou n’est plus bon, ou le boîtier a été retiré.',
      'The gateway refuses this box: the code was used or is no longer good, or the box was removed.',
    ),
  ],
  'continuity.history-rewritten': [
    'permanent',
    text(
      'Le registre de la passerelle n’est plus celui que ce boîtier a vu : l’histoire y a été réécrite. Rien n’en est plus tiré ; ce qui est là reste servi.',
      'The gateway’s ledger is no longer the one this box saw: its history was rewritten. Nothing more is pulled from it; what is here goes on being served.',
    ),
  ],
  'continuity.altered': [
    'permanent',
    text(
      'Un objet reçu n’est pas celui que la passerelle annonce : il n’est pas gardé.',
      'An object that came is not the one the gateway tells of: it is not kept.',
    ),
  ],
  'continuity.gone': [
    'permanent',
    text(
      'La passerelle n’a plus ce qu’elle annonçait : ce n’est peut-être pas la même version, ou un dossier a été réuni à un autre.',
      'The gateway no longer has what it told of: it may not be of the same version, or a chart was joined to another.',
    ),
  ],
  'continuity.unreadable': [
    'permanent',
    text(
      'La passerelle répond dans une forme inconnue : est-elle de la même version ?',
      'The gateway answers in an unknown form: is it of the same version?',
    ),
  ],
  'continuity.box-refuses': [
    'transient',
    text(
      'Ce boîtier ne prend plus rien (disque plein ?) : ce qu’il a reste servi.',
      'This box takes nothing more (disk full?): what it has goes on being served.',
    ),
  ],
} as const satisfies Readonly<Record<string, readonly [Retry, ReturnType<typeof text>]>>;

export type ContinuityFaultCode = keyof typeof FAULTS;

/** A Fault of pulling. */
export function continuityFault(code: ContinuityFaultCode, cause?: unknown): Fault {
  const [retry, sentence] = FAULTS[code];
  return new Fault(code, retry, sentence, { cause });
}
