import type { AllergyAnswer, ChartAnswer, PatientAnswer, ResultGroupAnswer, VersionAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Cell, Output } from '../output.ts';
import { timeWords } from '../words.ts';
import { numberOf } from './messages.ts';

/** `DUPONT Claire`; `?` where nobody named the patient. */
export function nameOf({ names: [name] }: PatientAnswer): string {
  return name === undefined ? '?' : [name.family, name.given].filter((part) => part !== '').join(' ');
}

const MARKS = { current: '', superseded: '~', unrepeated: '?', removed: '×' } as const;

function showAllergies(output: Output, allergies: readonly AllergyAnswer[]): void {
  if (allergies.length === 0)
    output.line(
      text(
        'Allergies : rien n’a été transmis (ce qui ne dit pas qu’il n’y en a pas)',
        'Allergies: nothing was sent (which does not say that there are none)',
      ),
      'yellow',
    );
  for (const { feed, versions } of allergies)
    for (const { state, code, isNoneKnown, severity, reactions, identifiedAt, status } of versions.slice(0, 1)) {
      const details = [severity.text || severity.id, reactions.join(', '), identifiedAt, status.join(' ')];
      const words = [code.text || code.otherText || code.id, ...details].filter((each) => each !== '').join(' · ');
      const isAlarm = state === 'current' && !isNoneKnown;
      const line = text(`Allergie (${feed}) : ${MARKS[state]}${words}`, `Allergy (${feed}): ${MARKS[state]}${words}`);
      output.line(line, isAlarm ? 'red' : undefined);
    }
}

function rowOf(name: string, version: VersionAnswer): Cell[] {
  const value = `${MARKS[version.state]}${version.values.join(' ')}`;
  const flags = version.flags.join(' ');
  const isRed = version.isCritical && version.state === 'current';
  return [name, isRed ? { value, colour: 'red' } : value, version.unit, version.range, flags, version.status];
}

function showGroup(output: Output, group: ResultGroupAnswer): void {
  const title = group.panel.text || group.panel.otherText || group.panel.id;
  output.line();
  output.line(`${title} — ${group.collectedAt} (${group.feed} ${group.filler})`, 'bold');
  const heads = [
    text('examen', 'test'),
    text('valeur', 'value'),
    text('unité', 'unit'),
    text('normes', 'range'),
    text('signes', 'flags'),
    text('état', 'status'),
  ];
  const rows = group.results.flatMap(({ code, versions }) =>
    versions.map((version, at) => rowOf(at === 0 ? code.text || code.id : '', version)),
  );
  output.table(heads, rows);
  for (const note of group.notes) output.line(note, 'grey');
}

function showChart(output: Output, chart: ChartAnswer): void {
  const { patient } = chart;
  output.line(`${nameOf(patient)} ${patient.birthDate} ${patient.sex} ${patient.location}`, 'bold');
  for (const { value, authority, type, ins } of patient.identifiers)
    output.line(`${type} ${value} ${authority}${ins === 'none' ? '' : ` (INS : ${ins})`}`, 'grey');
  showAllergies(output, chart.allergies);
  for (const group of chart.groups) showGroup(output, group);
  for (const { document, title, form, state } of chart.documents)
    output.line(`${MARKS[state]}${form} ${title} ${document}`);
  for (const order of chart.orders)
    output.line(`${order.control} ${order.procedure.text} ${order.accession} ${order.scheduledAt}`);
  for (const study of chart.studies)
    output.line(`${study.studyDate} ${study.modalities.join(', ')} ${study.description} ${study.studyInstanceUid}`);
  for (const raw of chart.raw)
    output.line(
      text(
        `Message nº ${raw.message} non compris (${raw.feed})`,
        `Message no. ${raw.message} not understood (${raw.feed})`,
      ),
      'yellow',
    );
  if (chart.keptUntilMs !== null) {
    const when = timeWords(chart.keptUntilMs);
    output.line(text(`Gardé jusqu’au ${when} sans autre nouvelle`, `Kept until ${when} without further news`), 'grey');
  }
  for (const { feed, lastMs, silentSinceMs } of chart.asOf) {
    const when = lastMs === null ? '–' : timeWords(lastMs);
    if (silentSinceMs === null) output.line(text(`${feed} : au ${when}`, `${feed}: as of ${when}`), 'grey');
    else
      output.line(
        text(
          `${feed} : au ${when} ; ce flux se tait depuis ${timeWords(silentSinceMs)}`,
          `${feed}: as of ${when}; this feed has been silent since ${timeWords(silentSinceMs)}`,
        ),
        'red',
      );
  }
}

const show: Command = {
  name: 'chart',
  usage: 'CHART [--reason WHY]',
  summary: text(
    'le dossier d’un patient : résultats, documents, demandes, examens',
    'a patient’s chart: results, documents, orders, studies',
  ),
  notes: text(
    '~ : remplacé par une version plus récente ; × : retiré par son auteur ; ? : allergie absente de la dernière liste envoyée. Les valeurs, unités et signes sont ceux du laboratoire.',
    '~: superseded by a later version; ×: withdrawn by its sender; ?: an allergy that the latest list sent has not. Values, units and flags are the laboratory’s.',
  ),
  options: { reason: { value: 'WHY', help: text('pourquoi', 'why') } },
  positionals: [1, 1],
  examples: ['chart 12'],
  async run({ client, output }, given) {
    const asked = { chart: numberOf(given.at(0)), reason: given.value('reason') ?? '' };
    const answer = await client.call('chart.patient', asked);
    output.json(answer);
    if (!output.isJson) showChart(output, answer);
    return EXIT.ok;
  },
};

const merge: Command = {
  name: 'chart merge',
  usage: 'CHART TAKEN --reason WHY',
  summary: text('deux dossiers sont un même patient', 'two charts are one patient'),
  options: { reason: { value: 'WHY', help: text('pourquoi', 'why') } },
  positionals: [2, 2],
  examples: ['chart merge 12 40 --reason "même patient, vérifié"'],
  async run({ client, output }, given) {
    const asked = { chart: numberOf(given.at(0)), taken: numberOf(given.at(1)), reason: given.required('reason') };
    const answer = await client.call('chart.merge', asked);
    output.json(answer);
    const undo = `./leadglass chart unmerge ${answer.merge.no} --reason …`;
    output.line(text(`Réunis. Pour revenir : ${undo}`, `Joined. To undo: ${undo}`), 'green');
    return EXIT.ok;
  },
};

const unmerge: Command = {
  name: 'chart unmerge',
  usage: 'NO --reason WHY',
  summary: text('sépare de nouveau deux dossiers réunis', 'parts two charts that were joined'),
  options: { reason: { value: 'WHY', help: text('pourquoi', 'why') } },
  positionals: [1, 1],
  examples: ['chart unmerge 3 --reason "erreur"'],
  async run({ client, output }, given) {
    const answer = await client.call('chart.unmerge', { no: numberOf(given.at(0)), reason: given.required('reason') });
    output.json(answer);
    const { into, taken } = answer.merge;
    output.line(text(`Dossiers ${into} et ${taken} : séparés`, `Charts ${into} and ${taken}: parted`), 'green');
    return EXIT.ok;
  },
};

// What has the longer name comes first: `chart merge` is no `chart`.
export const COMMANDS: readonly Command[] = [merge, unmerge, show];
