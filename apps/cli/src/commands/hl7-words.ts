import type { Hl7MessageAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Colour, Output } from '../output.ts';
import { timeWords } from '../words.ts';

const STATES: Readonly<Record<Hl7MessageAnswer['state'], Text>> = {
  waiting: text('en attente', 'waiting'),
  delivered: text('remis', 'handed on'),
  refused: text('refusé, à décider', 'refused, to be decided'),
  skipped: text('réglé à la main', 'settled by hand'),
  withdrawn: text('retiré avant envoi', 'withdrawn before it was sent'),
  'by-hand': text('à faire à la main', 'to be done by hand'),
};
const COLOURS: Readonly<Record<Hl7MessageAnswer['state'], Colour>> = {
  waiting: 'yellow',
  delivered: 'green',
  refused: 'red',
  skipped: 'grey',
  withdrawn: 'grey',
  'by-hand': 'red',
};

/** What information systems were told, a line each. */
export function sayTold(output: Output, messages: readonly Hl7MessageAnswer[]): void {
  output.table(
    [
      ...[text('nº', 'no.'), text('destinataire', 'receiver'), text('message', 'message'), text('MSH-10', 'MSH-10')],
      ...[text('enregistrement', 'registration'), text('dû le', 'owed since'), text('essais', 'tries')],
      ...[text('réponse', 'answer'), text('état', 'state')],
    ],
    messages.map((one) => [
      ...[`${one.no}`, one.destination, one.message, one.controlId, one.number, timeWords(one.atMs)],
      ...[`${one.attempts}`, one.code],
      { value: output.of(STATES[one.state]), colour: COLOURS[one.state] },
    ]),
  );
}
