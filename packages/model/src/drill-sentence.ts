import { type Text, text } from '@leadglass/kit';
import type { DrillEventFacts, Spread } from './drill-event.ts';
import type { EventOf } from './event.ts';
import { printable } from './printable.ts';

type DrillKind = keyof DrillEventFacts;

/** The steps of a drill, in their order. */
export const DRILL_STEPS = [
  ...(['lab-sent', 'lab-chart', 'patient', 'stored', 'device', 'chart', 'image', 'alone'] as const),
] as const;

/** What each step is, for a person. */
export const DRILL_STEP_WORDS: Readonly<Record<string, Text>> = {
  'lab-sent': text('résultat envoyé, acquitté', 'result sent, acknowledged'),
  'lab-chart': text('résultat dans le dossier', 'result in the chart'),
  patient: text('patient trouvé par la recherche', 'patient found by the search'),
  stored: text('images envoyées, acquittées', 'images sent, acknowledged'),
  device: text('appareil servi depuis le coffre', 'device answered from the vault'),
  chart: text('examen dans le dossier', 'study in the chart'),
  image: text('première image lisible', 'first image readable'),
  alone: text('rien n’est parti ailleurs', 'nothing went anywhere else'),
  worklist: text('liste de travail', 'worklist'),
  'sign-in': text('connexion d’une personne', 'signing in'),
  hl7: text('port HL7', 'HL7 port'),
};

const SECONDS = 1000;

/** `0,8 s`, `12 s`, `3 min 20`. */
function took(ms: number | null): Text {
  if (ms === null) return text('jamais', 'never');
  const s = ms / SECONDS;
  const whole = Math.round(s);
  if (whole >= 120) {
    const rest = whole % 60 === 0 ? '' : ` ${String(whole % 60).padStart(2, '0')}`;
    return text(`${Math.floor(whole / 60)} min${rest}`, `${Math.floor(whole / 60)} min${rest}`);
  }
  const shown = s < 10 ? s.toFixed(1) : s.toFixed(0);
  return text(`${shown.replace('.', ',')} s`, `${shown} s`);
}

function stepWords(step: string): Text {
  return DRILL_STEP_WORDS[step] ?? text(printable(step), printable(step));
}

function ended(e: EventOf<'drill.ended'>): Text {
  const [image, lab, imageAim, labAim] = [e.imageMs, e.labMs, e.imageAimMs, e.labAimMs].map(took) as [
    ...[Text, Text, Text, Text],
  ];
  const times = text(
    `image ${image.fr} (but ${imageAim.fr}), résultat ${lab.fr} (but ${labAim.fr})`,
    `image ${image.en} (aim ${imageAim.en}), result ${lab.en} (aim ${labAim.en})`,
  );
  const left =
    e.left === 0
      ? text('', '')
      : text(` Traces de l’exercice qui restent : ${e.left}.`, ` Traces of the drill that are left: ${e.left}.`);
  if (e.outcome === 'failed') {
    const [at, why] = [stepWords(e.failedAt), text(printable(e.why.fr, 300), printable(e.why.en, 300))];
    return text(
      `Exercice n° ${e.no} échoué à l’étape « ${at.fr} » : ${why.fr} ${times.fr}.${left.fr}`,
      `Drill no. ${e.no} failed at the step “${at.en}”: ${why.en} ${times.en}.${left.en}`,
    );
  }
  if (e.outcome === 'broken-off')
    return text(
      `Exercice n° ${e.no} interrompu par un arrêt ; ce qu’il avait créé est détruit.${left.fr}`,
      `Drill no. ${e.no} broken off by a stop; what it had made is destroyed.${left.en}`,
    );
  const word = e.outcome === 'late' ? text('en retard', 'late') : text('dans les temps', 'in time');
  return text(
    `Exercice n° ${e.no} ${word.fr} : ${times.fr}.${left.fr}`,
    `Drill no. ${e.no} ${word.en}: ${times.en}.${left.en}`,
  );
}

function spreadWords({ count, medianMs, p95Ms, worstMs }: Spread): Text {
  if (count === 0) return text('aucun', 'none');
  const [median, p95, worst] = [took(medianMs), took(p95Ms), took(worstMs)];
  return text(
    `${count}, médiane ${median.fr}, 95 % en ${p95.fr}, au pire ${worst.fr}`,
    `${count}, median ${median.en}, 95% within ${p95.en}, worst ${worst.en}`,
  );
}

/** Sentences of drills, and of what real outages took. */
export const DRILL_SENTENCES: { readonly [K in DrillKind]: (event: EventOf<K>) => Text } = {
  'drill.began': (e) => {
    const by = printable(e.by);
    return by === ''
      ? text(`Exercice n° ${e.no} commencé, comme prévu.`, `Drill no. ${e.no} began, as scheduled.`)
      : text(`Exercice n° ${e.no} commencé par « ${by} ».`, `Drill no. ${e.no} began, asked for by “${by}”.`);
  },
  'drill.ended': ended,
  'drill.missed': (e) => {
    const why = text(printable(e.why.fr, 300), printable(e.why.en, 300));
    return text(`Exercice prévu et non fait : ${why.fr}`, `A drill was due and did not run: ${why.en}`);
  },
  'drill.outage': (e) => {
    const [images, results] = [spreadWords(e.images), spreadWords(e.results)];
    const name = printable(e.upstream);
    return text(
      `Pendant la panne de « ${name} », images : ${images.fr} ; résultats : ${results.fr}.`,
      `While “${name}” was down, images: ${images.en}; results: ${results.en}.`,
    );
  },
};
