import { counted, text } from '../words/index.ts';

/** What information systems are told by HL7. */
export const TOLD = {
  title: text('Ce qui est dit au RIS (HL7)', 'What the RIS is told (HL7)'),
  none: text('Rien n’attend d’être dit.', 'Nothing waits to be told.'),
  receiver: text('Destinataire', 'Receiver'),
  message: text('Message', 'Message'),
  number: text('Enregistrement', 'Registration'),
  since: text('Dû depuis', 'Owed since'),
  state: text('État', 'State'),
  ready: text('prêt', 'ready'),
  down: text('en panne : rien n’est tenté', 'down: nothing is tried'),
  waits: (count: number) =>
    counted(
      count,
      { one: 'message attend', other: 'messages attendent' },
      { one: 'message waits', other: 'messages wait' },
    ),
  delivered: (count: number) =>
    counted(count, { one: 'remis', other: 'remis' }, { one: 'handed on', other: 'handed on' }),
  needsPerson: (count: number) =>
    counted(count, { one: 'à décider', other: 'à décider' }, { one: 'to be decided', other: 'to be decided' }),
  unmerge: text('défaire la fusion', 'undo the merge'),
  retry: text('Renvoyer', 'Send again'),
  retryOf: (message: string, number: string) =>
    text(`Renvoyer ${message} de ${number}`, `Send again ${message} of ${number}`),
  retried: (message: string) => text(`${message} est renvoyé.`, `${message} is sent again.`),
  settle: text('Réglé chez lui', 'Settled there'),
  settleOf: (message: string, number: string) =>
    text(`Réglé chez lui : ${message} de ${number}`, `Settled there: ${message} of ${number}`),
  settleMeaning: text(
    'Ce message ne part pas : quelqu’un a fait dans le RIS ce qu’il aurait dit. La suite du même enregistrement part.',
    'This message is not sent: somebody has done in the RIS what it would have told. What follows of the same registration goes on.',
  ),
  settled: (message: string) => text(`${message} est réglé.`, `${message} is settled.`),
} as const;

/** How far a message is. */
export const MESSAGE_STATES = {
  waiting: text('en attente', 'waiting'),
  delivered: text('remis', 'handed on'),
  refused: text('refusé', 'refused'),
  skipped: text('réglé à la main', 'settled by hand'),
  withdrawn: text('retiré', 'withdrawn'),
  'by-hand': text('à faire à la main', 'to be done by hand'),
} as const;
