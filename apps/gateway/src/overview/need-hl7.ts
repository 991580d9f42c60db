import { text } from '@leadglass/kit';
import type { ControlServices } from '../control-services.ts';
import type { Need } from './need-words.ts';

/** A receiver that takes nothing for so long is waited for by a person too. */
const LATE_MS = 15 * 60_000;

/** What information systems were to be told by HL7 and a person is needed for. */
export async function hl7Needs(
  { records, hl7 }: Pick<ControlServices, 'records' | 'hl7'>,
  now: number,
): Promise<readonly Need[]> {
  const { destinations } = await hl7.list();
  const known = new Set(destinations.map(({ destination }) => destination.name));
  const [refused, byHand] = [await records.hl7.count('refused'), await records.hl7.count('by-hand')];
  const waiting = await records.hl7.count('waiting');
  const left = [...waiting].filter(([name]) => !known.has(name));
  return [
    ...[...refused].map(([name, { count, sinceMs }]) => refusedNeed(name, count, sinceMs)),
    ...[...byHand].map(([name, { count, sinceMs }]) => byHandNeed(name, count, sinceMs)),
    ...left.map(([name, { count, sinceMs }]) => nobodyNeed(name, count, sinceMs)),
    ...destinations.flatMap(({ destination, trouble, isDown }) =>
      trouble === undefined || isDown || now - trouble.sinceMs < LATE_MS
        ? []
        : [lateNeed(destination.name, waiting.get(destination.name)?.count ?? 0, trouble)],
    ),
  ];
}

const LOOK = { page: '/reconcile', command: './leadglass hl7-destination messages' } as const;

function refusedNeed(name: string, count: number, sinceMs: number): Need {
  return {
    ...{ id: `hl7-refused:${name}`, kind: 'delivery', severity: 'soon', sinceMs },
    text: text(
      `${name} a refusé ${count} ${count < 2 ? 'message HL7' : 'messages HL7'} : ce qui suit des mêmes enregistrements attend.`,
      `${name} refused ${count} HL7 ${count === 1 ? 'message' : 'messages'}: what follows of the same registrations waits.`,
    ),
    advice: text(
      'Lisez ce qu’il en dit, corrigez l’enregistrement ou les réglages, puis faites renvoyer (hl7-destination retry), ou réglez-le chez lui à la main et dites-le (hl7-destination skip).',
      'Read what it says of it, correct the registration or the settings and have it sent again (hl7-destination retry), or settle it there by hand and say so (hl7-destination skip).',
    ),
    ...LOOK,
  };
}

function byHandNeed(name: string, count: number, sinceMs: number): Need {
  return {
    ...{ id: `hl7-by-hand:${name}`, kind: 'delivery', severity: 'urgent', sinceMs },
    text: text(
      `${count} ${count < 2 ? 'fusion de patients reprise' : 'fusions de patients reprises'} ici ${count < 2 ? 'est' : 'sont'} à défaire à la main chez ${name}.`,
      `${count} ${count === 1 ? 'merge of patients' : 'merges of patients'} taken back here ${count === 1 ? 'has' : 'have'} to be undone by hand at ${name}.`,
    ),
    advice: text(
      'Aucun message HL7 ne défait une fusion (ADT^A40). Défaites-la chez lui, puis confirmez : hl7-destination skip NO --reason …',
      'No HL7 message undoes a merge (ADT^A40). Undo it there, then confirm: hl7-destination skip NO --reason …',
    ),
    ...LOOK,
  };
}

function nobodyNeed(name: string, count: number, sinceMs: number): Need {
  return {
    ...{ id: `hl7-nobody:${name}`, kind: 'delivery', severity: 'soon', sinceMs },
    text: text(
      `${count} ${count < 2 ? 'message HL7 attend' : 'messages HL7 attendent'} ${name}, qui n’est plus déclaré.`,
      `${count} HL7 ${count === 1 ? 'message waits' : 'messages wait'} for ${name}, which is not declared any more.`,
    ),
    advice: text(
      'Remettez ce destinataire (hl7-destination add), ou dites de chaque message qu’il est réglé (hl7-destination skip).',
      'Put that receiver back (hl7-destination add), or say of each message that it is settled (hl7-destination skip).',
    ),
    ...LOOK,
  };
}

function lateNeed(
  name: string,
  count: number,
  { why, sinceMs }: { readonly why: { readonly fr: string; readonly en: string }; readonly sinceMs: number },
): Need {
  return {
    ...{ id: `hl7-late:${name}`, kind: 'delivery', severity: 'soon', sinceMs },
    text: text(
      `${name} ne prend pas les messages HL7 (${count} en attente) : ${why.fr}.`,
      `${name} does not take HL7 messages (${count} waiting): ${why.en}.`,
    ),
    advice: text(
      'Rien n’est perdu : ils partent dès qu’il répond. Essayez-le : hl7-destination test.',
      'Nothing is lost: they go as soon as it answers. Try it: hl7-destination test.',
    ),
    ...LOOK,
  };
}
