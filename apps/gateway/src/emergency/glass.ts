import type { AnswerInputOf, GlassAnswer, ParsedRequestOf } from '@leadglass/contract';
import { text, uuidv7 } from '@leadglass/kit';
import type { Event, EventOf } from '@leadglass/model';
import type { Glass } from '@leadglass/records';
import { by } from '../actor.ts';
import type { ControlServices } from '../control-services.ts';
import { age, type Need } from '../overview/need-words.ts';

type Told = Extract<ParsedRequestOf<'person.told'>, { what: 'broke-glass' }>;
type Services = Pick<ControlServices, 'records' | 'clock' | 'eventsAppended'>;
type GlassActs = {
  readonly [K in 'glass.list' | 'glass.review']: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>>;
};

/** Since when somebody waits for a review before it is urgent. */
const REVIEWED_WITHIN_MS = 3 * 86_400_000;

/** Openings of patients without a known relation: the list, and what somebody answers for. */
export function glassActs({ records, clock, eventsAppended }: Services): GlassActs {
  return {
    'glass.list': async ({ isAll, before = Number.MAX_SAFE_INTEGER, limit }) => {
      const found = await records.glass.list(isAll, before, limit + 1);
      const { count } = await records.glass.waiting();
      return { openings: found.slice(0, limit).map(shown), waiting: count, isCut: found.length > limit };
    },
    'glass.review': async ({ nos, note }) => {
      const atMs = clock.now();
      const who = by();
      const tell = ({ no, by: of, chart }: Glass): EventOf<'glass.reviewed'> => ({
        ...{ id: uuidv7(atMs), atMs, kind: 'glass.reviewed', by: who, no, of, chart, note },
      });
      const reviewed = await records.glass.reviewed(nos, { by: who, note, atMs }, tell);
      eventsAppended();
      return { reviewed };
    },
  };
}

/** Writes down that the console opened a patient so, and puts it on the list, in one transaction. */
export async function glassBroken(
  { records, eventsAppended }: Services,
  head: Pick<Event, 'id' | 'atMs'>,
  told: Told,
): Promise<void> {
  const { by: who, role, chart, why, words } = told;
  const event: Event = { ...head, kind: 'glass.broken', by: who, role, chart, why, words };
  await records.glass.broken({ by: who, role, chart, why, words, atMs: head.atMs }, [event]);
  eventsAppended();
}

/** What somebody who answers for security is needed for. */
export async function glassNeeds({ records }: Pick<Services, 'records'>, now: number): Promise<readonly Need[]> {
  const { count, sinceMs } = await records.glass.waiting();
  if (sinceMs === undefined) return [];
  const since = age(now - sinceMs);
  return [
    {
      ...{ id: 'glass', kind: 'glass', sinceMs },
      severity: now - sinceMs > REVIEWED_WITHIN_MS ? 'soon' : 'sometime',
      text: text(
        `${count} ${count < 2 ? 'ouverture' : 'ouvertures'} de dossier sans venue ni demande connue à revoir, la plus ancienne depuis ${since.fr}.`,
        `${count} ${count === 1 ? 'opening of a chart' : 'openings of charts'} without a known visit or order to review, the oldest for ${since.en}.`,
      ),
      advice: text(
        'Regardez qui a ouvert quoi et pourquoi, demandez en cas de doute, puis marquez-les comme revues.',
        'See who opened what and why, ask where in doubt, then mark them as reviewed.',
      ),
      ...{ page: '/glass', command: './leadglass glass list' },
    },
  ];
}

function shown({ reviewedMs, ...glass }: Glass): GlassAnswer {
  return { ...glass, reviewedMs: reviewedMs ?? null } as GlassAnswer;
}
