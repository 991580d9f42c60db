import type { GaugeAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT } from '../exits.ts';
import { sizeWords, timeWords } from '../words.ts';
import { sayStanding } from './box-standing.ts';

function days(value: number): Text {
  const shown = value >= 100 ? Math.floor(value).toString() : value.toString();
  return text(`${shown.replace('.', ',')} j`, `${shown} d`);
}

function show({ output }: Context, gauge: GaugeAnswer): void {
  const size = (bytes: number): string => sizeWords(bytes, output.language);
  const { autonomyDays, isEnough, policy, set } = gauge;
  if (autonomyDays === null)
    output.line(text('Autonomie : inconnue, rien n’est encore arrivé.', 'Autonomy: unknown, nothing has come yet.'));
  else {
    const [held, wanted] = [days(autonomyDays), days(policy.autonomyDays)];
    const sentence = text(
      `Autonomie : ${held.fr} (voulue : ${wanted.fr})`,
      `Autonomy: ${held.en} (wanted: ${wanted.en})`,
    );
    output.line(sentence, isEnough === true ? 'green' : 'red');
  }
  const measured = days(gauge.measuredDays);
  output.line(
    text(
      `    ${size(gauge.freeBytes)} libres, ${size(gauge.dailyBytes)} par jour mesurés sur ${measured.fr}`,
      `    ${size(gauge.freeBytes)} free, ${size(gauge.dailyBytes)} a day measured over ${measured.en}`,
    ),
  );
  const covered = days(set.coveredDays);
  output.line(
    text(
      `Ensemble de continuité : ${set.studies} études, ${set.objects} objets, ${size(set.bytes)} (au plus ${size(policy.budgetBytes)})`,
      `Continuity set: ${set.studies} studies, ${set.objects} objects, ${size(set.bytes)} (at most ${size(policy.budgetBytes)})`,
    ),
  );
  output.line(
    text(
      `    tout ce qui est arrivé depuis ${covered.fr}, les antérieurs de ${set.expected} patients attendus ou présents`,
      `    all that came in the last ${covered.en}, the priors of ${set.expected} patients expected or in the house`,
    ),
  );
  output.line(
    text(
      `    ${set.charts} dossiers (biologie, comptes rendus), ${set.days} jours de planning, ${set.registrations} enregistrements en panne`,
      `    ${set.charts} charts (laboratory results, reports), ${set.days} days of schedules, ${set.registrations} downtime registrations`,
    ),
  );
  if (set.leftOut > 0)
    output.line(
      text(
        `    ${set.leftOut} études voulues n’y tiennent pas : budgetBytes de la section continuity est trop petit.`,
        `    ${set.leftOut} studies that are wanted find no room: budgetBytes of the section continuity is too small.`,
      ),
      'yellow',
    );
  const at = gauge.indexedAtMs;
  const never = text('jamais écrit (leadglass continuity index)', 'never written (leadglass continuity index)');
  const when = at === null ? never : text(timeWords(at), timeWords(at));
  output.line(
    text(`Index pour récupérer sans nous : ${when.fr}`, `Index for restoring without us: ${when.en}`),
    at === null ? 'yellow' : 'grey',
  );
}

const status: Command = {
  name: 'continuity status',
  usage: '',
  summary: text('combien de jours le site tient seul', 'how many days the site holds out alone'),
  notes: text(
    'La place libre sur ce qui arrive par jour, mesuré ; et ce que contient l’ensemble de continuité. Code 5 quand l’autonomie mesurée est moindre que voulue.',
    'Free room over what comes a day, as measured; and what the continuity set holds. Exit code 5 when the measured autonomy is less than wanted.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['continuity status', 'continuity status --json'],
  async run(context) {
    const gauge = await context.client.call('continuity.gauge', {});
    const { box } = await context.client.call('continuity.standing', {});
    context.output.json(box === null ? gauge : { ...gauge, box });
    show(context, gauge);
    if (box !== null) sayStanding(context.output, box);
    return gauge.isEnough === false ? EXIT.unsound : EXIT.ok;
  },
};

const index: Command = {
  name: 'continuity index',
  usage: '',
  summary: text('écrit l’index scellé pour récupérer sans nous', 'writes the sealed index for restoring without us'),
  notes: text(
    'Un inventaire DICOM et un index en clair de tout ce qui n’est pas retenu, scellés (age) pour la clé de secours, dans vault/index avec leur mode d’emploi. Écrits d’eux-mêmes chaque jour.',
    'A DICOM Inventory and a plain index of all that is not held, sealed (age) to the recovery key, in vault/index with how to use them. Written by themselves every day.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['continuity index'],
  async run({ client, output, signal }) {
    for await (const line of client.lines('continuity.index', {}, signal)) {
      output.redraw(line.isDone ? '' : `${line.studies} / ${line.objects}`);
      if (!line.isDone) continue;
      output.json(line);
      output.line(
        text(
          `Index écrit : ${line.studies} études, ${line.objects} objets.`,
          `Index written: ${line.studies} studies, ${line.objects} objects.`,
        ),
        'green',
      );
      if (line.left > 0)
        output.line(
          text(
            `${line.left} objets tout juste arrivés n’y sont pas.`,
            `${line.left} objects that just came are not in it.`,
          ),
          'yellow',
        );
      return EXIT.ok;
    }
    return EXIT.failed;
  },
};

export const COMMANDS: readonly Command[] = [status, index];
