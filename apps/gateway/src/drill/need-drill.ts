import { type Text, text } from '@leadglass/kit';
import type { ControlServices } from '../control-services.ts';
import type { Need } from '../overview/need-words.ts';
import { shownDrill } from './control.ts';

/** How many of the last are looked at for one that says how it stands. */
const LOOKED_AT = 5;

/** What the last drill asks of a person: one that was missed, failed, was late or was broken off. The next one that is in time ends it. */
export async function drillNeeds({
  records,
  drill,
}: Pick<ControlServices, 'records' | 'drill'>): Promise<readonly Need[]> {
  const found = (await records.drills.list(LOOKED_AT, Number.MAX_SAFE_INTEGER, 'drill')).map(shownDrill);
  const last = found.find(({ outcome }) => outcome !== 'running');
  if (last === undefined || last.outcome === 'in-time' || last.outcome === 'nothing-came') return [];
  const { tell } = drill.settings;
  const whom = tell === '' ? text('', '') : text(` À prévenir : ${tell}.`, ` To be told: ${tell}.`);
  const said = saidOf(last.outcome, last.failedAt, last.why);
  return [
    {
      ...{ id: `drill:${last.no}`, kind: 'drill', severity: last.outcome === 'failed' ? 'urgent' : 'soon' },
      sinceMs: last.endedAtMs ?? last.beganAtMs,
      text: said,
      advice: text(`${ADVICE.fr}${whom.fr}`, `${ADVICE.en}${whom.en}`),
      ...{ page: `/drills`, command: `./leadglass drill show ${last.no}` },
    },
  ];
}

function saidOf(outcome: string, failedAt: Text | null, why: Text | null): Text {
  const because = why ?? text('', '');
  if (outcome === 'failed')
    return text(
      `Le dernier exercice a échoué à l’étape « ${failedAt?.fr ?? ''} » : ${because.fr}`,
      `The last drill failed at the step “${failedAt?.en ?? ''}”: ${because.en}`,
    );
  if (outcome === 'missed')
    return text(
      `L’exercice prévu n’a pas eu lieu : ${because.fr}`,
      `The drill that was due did not run: ${because.en}`,
    );
  if (outcome === 'late')
    return text(
      'Au dernier exercice, l’image ou le résultat est arrivé après l’objectif du site.',
      'In the last drill the image or the result came later than the site aims at.',
    );
  return text('Le dernier exercice a été interrompu par un arrêt.', 'The last drill was broken off by a stop.');
}

const ADVICE = text(
  'Regardez ses étapes, corrigez, puis refaites un exercice : il n’envoie rien à vos systèmes.',
  'Look at its steps, mend what is wrong, then run one again: it sends nothing to your systems.',
);
