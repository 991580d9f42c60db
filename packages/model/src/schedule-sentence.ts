import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { printable } from './printable.ts';
import type { ScheduleFacts } from './schedule-event.ts';
import { clause, named } from './sentence-words.ts';

type ScheduleKind = Extract<EventKind, keyof ScheduleFacts>;

const many = (n: number, one: string, more: string): string => `${n} ${Math.abs(n) < 2 ? one : more}`;
const manyEn = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;
const hex = (status: number): string => (status & 0xffff).toString(16).toUpperCase().padStart(4, '0');
const MESSAGES = { create: 'N-CREATE', set: 'N-SET' } as const;

function about(e: EventOf<'step.delivered'> | EventOf<'step.refused'>): Text {
  const [peer, to] = [named(e.peer), named(e.destination)];
  const what = `${MESSAGES[e.message]} ${printable(e.stepUid)}`;
  return text(`${what} de ${peer.fr} vers ${to.fr}`, `${what} of ${peer.en} to ${to.en}`);
}

/** Sentences of what devices go on working with. */
export const SCHEDULE_SENTENCES: { readonly [K in ScheduleKind]: (event: EventOf<K>) => Text } = {
  'schedule.kept': (e) => {
    const from = named(e.destination);
    return text(
      `Le planning de ${from.fr} est conservé d’avance : ${many(e.entries, 'examen', 'examens')} sur ${many(e.days, 'jour', 'jours')}.`,
      `The schedule of ${from.en} is kept ahead: ${manyEn(e.entries, 'entry', 'entries')} over ${manyEn(e.days, 'day', 'days')}.`,
    );
  },
  'schedule.not-kept': (e) => {
    const from = named(e.destination);
    return text(
      `Le planning de ${from.fr} n’a pas pu être demandé : ${clause(e.why.fr)}. Ce qui en était conservé le reste. État : ./leadglass worklist status`,
      `The schedule of ${from.en} could not be asked for: ${clause(e.why.en)}. What was kept of it stays. State: ./leadglass worklist status`,
    );
  },
  'step.delivered': (e) => {
    const what = about(e);
    return text(
      `Étape réalisée remise : ${what.fr} (${hex(e.status)}).`,
      `Performed step handed on: ${what.en} (${hex(e.status)}).`,
    );
  },
  'step.refused': (e) => {
    const what = about(e);
    return text(
      `Étape réalisée refusée : ${what.fr} (${hex(e.status)}) : ${clause(e.why.fr)}. Elle n’est plus proposée.`,
      `Performed step refused: ${what.en} (${hex(e.status)}): ${clause(e.why.en)}. It is not tried again.`,
    );
  },
  'steps.given-back': (e) => {
    const to = named(e.destination);
    return text(
      `Tout ce qui attendait ${to.fr} est rendu : ${many(e.delivered, 'message remis', 'messages remis')}, ${many(e.refused, 'refusé', 'refusés')}.`,
      `All that waited for ${to.en} is given back: ${manyEn(e.delivered, 'message', 'messages')} handed on, ${e.refused} refused.`,
    );
  },
  'registration.added': (e) => {
    const by = named(e.by);
    return text(
      `${by.fr} a enregistré ${printable(e.number)} (${printable(e.modality)}, ${named(e.station).fr}) en mode dégradé.`,
      `${by.en} registered ${printable(e.number)} (${printable(e.modality)}, ${named(e.station).en}) in downtime.`,
    );
  },
  'registration.corrected': (e) => {
    const by = named(e.by);
    return text(
      `${by.fr} a corrigé l’enregistrement ${printable(e.number)}.`,
      `${by.en} corrected registration ${printable(e.number)}.`,
    );
  },
  'registration.cancelled': (e) => {
    const [by, why] = [named(e.by), clause(e.reason)];
    return text(
      `${by.fr} a annulé l’enregistrement ${printable(e.number)} : ${why}.`,
      `${by.en} cancelled registration ${printable(e.number)}: ${why}.`,
    );
  },
};
