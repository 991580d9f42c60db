import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import type { Hl7Facts } from './hl7-event.ts';
import { printable } from './printable.ts';

const REASON_CHARS = 300;

type Hl7Kind = Extract<EventKind, keyof Hl7Facts>;
type OfMessage = EventOf<Exclude<Hl7Kind, 'hl7.given-back' | 'hl7.told-late'>>;

function named(value: string): Text {
  const shown = printable(value);
  return shown === '' ? text('(sans nom)', '(no name)') : text(`« ${shown} »`, `“${shown}”`);
}

const clause = (sentence: string): string => printable(sentence.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
const many = (n: number, one: string, more: string): string => `${n} ${Math.abs(n) < 2 ? one : more}`;
const manyEn = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;

/** Which message, of which registration, for whom. */
function about({ destination, message, controlId, number }: OfMessage): Text {
  const to = named(destination);
  const what = `${printable(message)} (MSH-10 ${printable(controlId)})`;
  return text(`${what} de ${printable(number)} pour ${to.fr}`, `${what} of ${printable(number)} for ${to.en}`);
}

/** Sentences of what information systems are told by HL7. */
export const HL7_SENTENCES: { readonly [K in Hl7Kind]: (event: EventOf<K>) => Text } = {
  'hl7.delivered': (e) => {
    const [what, code] = [about(e), printable(e.code)];
    return text(`Message HL7 remis : ${what.fr} (${code}).`, `HL7 message handed on: ${what.en} (${code}).`);
  },
  'hl7.refused': (e) => {
    const what = about(e);
    const code = e.code === '' ? '' : ` (${printable(e.code)})`;
    return text(
      `Message HL7 refusé, mis de côté : ${what.fr}${code} : ${clause(e.why.fr)}. À décider : ./leadglass hl7-destination messages`,
      `HL7 message refused, set aside: ${what.en}${code}: ${clause(e.why.en)}. To decide: ./leadglass hl7-destination messages`,
    );
  },
  'hl7.withdrawn': (e) => {
    const what = about(e);
    return text(
      `Message HL7 retiré avant d’être envoyé : ${what.fr}.`,
      `HL7 message withdrawn before it was sent: ${what.en}.`,
    );
  },
  'hl7.by-hand': (e) => {
    const to = named(e.destination);
    return text(
      `La fusion de ${printable(e.number)} a été reprise ici ; aucun message HL7 ne la défait chez ${to.fr} : une personne doit le faire. À confirmer : ./leadglass hl7-destination messages`,
      `The merge of ${printable(e.number)} was taken back here; no HL7 message undoes it at ${to.en}: a person has to. To confirm: ./leadglass hl7-destination messages`,
    );
  },
  'hl7.retried': (e) => {
    const [by, what] = [named(e.by), about(e)];
    return text(`${by.fr} fait renvoyer ${what.fr}.`, `${by.en} has sent again ${what.en}.`);
  },
  'hl7.skipped': (e) => {
    const [by, what, why] = [named(e.by), about(e), clause(e.reason)];
    return text(`${by.fr} a réglé à la main ${what.fr} : ${why}.`, `${by.en} settled by hand ${what.en}: ${why}.`);
  },
  'hl7.told-late': (e) => {
    const by = named(e.by);
    return text(
      `${by.fr} fait dire en HL7 ce qui a été enregistré du ${e.from} au ${e.to} : ${many(e.registrations, 'enregistrement', 'enregistrements')}, ${many(e.messages, 'message', 'messages')}.`,
      `${by.en} has what was registered from ${e.from} to ${e.to} told by HL7: ${manyEn(e.registrations, 'registration', 'registrations')}, ${manyEn(e.messages, 'message', 'messages')}.`,
    );
  },
  'hl7.given-back': (e) => {
    const to = named(e.destination);
    return text(
      `Tous les messages HL7 qui attendaient ${to.fr} sont rendus : ${many(e.delivered, 'remis', 'remis')}, ${many(e.refused, 'refusé', 'refusés')}.`,
      `All HL7 messages that waited for ${to.en} are given back: ${manyEn(e.delivered, 'handed on', 'handed on')}, ${e.refused} refused.`,
    );
  },
};
