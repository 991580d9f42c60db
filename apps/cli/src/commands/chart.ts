import type { ChartAnswer, PatientAnswer, ResultGroupAnswer, VersionAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import type { Cell, Output } from '../output.ts';
import { timeWords } from '../words.ts';
import { numberOf } from './messages.ts';

const LISTS = ['today', 'present', 'critical'] as const;

function nameOf({ names: [name] }: PatientAnswer): string {
  return name === undefined ? '?' : [name.family, name.given].filter((part) => part !== '').join(' ');
}

function onlyOf(value: string | undefined): (typeof LISTS)[number] | undefined {
  if (value === undefined) return undefined;
  const found = LISTS.find((each) => each === value);
  if (found !== undefined) return found;
  throw usageFailure(text(`--only : ${LISTS.join(', ')}.`, `--only: ${LISTS.join(', ')}.`));
}

const patients: Command = {
  name: 'patients',
  usage: '[WORDS] [--born YYYY-MM-DD] [--only today|present|critical]',
  summary: text('cherche des patients parmi les dossiers reçus', 'searches for patients among the charts received'),
  notes: text(
    'Par le nom (un début, sans accents, une lettre fausse), un identifiant, la date de naissance. Le journal consigne qu’on a cherché, jamais les mots.',
    'By name (a beginning, without accents, a letter wrong), an identifier, the birth date. The log tells that somebody searched, never the words.',
  ),
  options: {
    born: { value: 'YYYY-MM-DD', help: text('né ce jour', 'born on that day') },
    only: { value: 'LIST', help: text('arrivés aujourd’hui, présents, critiques', 'arrived today, present, critical') },
    limit: { value: 'N', help: text('réponses au plus (20)', 'most answers (20)') },
  },
  positionals: [0, 6],
  examples: ['patients dupond', 'patients --only critical', 'patients martin --born 1950-02-28'],
  async run({ client, output }, given) {
    const [born, only, limit] = [given.value('born'), onlyOf(given.value('only')), given.value('limit')];
    const answer = await client.call('chart.search', {
      words: given.positionals.join(' '),
      ...(born === undefined ? {} : { bornOn: born }),
      ...(only === undefined ? {} : { only }),
      ...(limit === undefined ? {} : { limit: numberOf(limit) }),
    });
    output.json(answer);
    output.table(
      [
        text('dossier', 'chart'),
        text('nom', 'name'),
        text('né le', 'born'),
        text('sexe', 'sex'),
        text('où', 'where'),
        text('critiques', 'critical'),
      ],
      answer.patients.map(({ patient }): Cell[] => [
        ...[patient.chart, nameOf(patient), patient.birthDate, patient.sex, patient.location],
        patient.critical === 0 ? '' : { value: String(patient.critical), colour: 'red' },
      ]),
    );
    if (answer.isCut) output.line(text('Il y en a d’autres : précisez.', 'There are more: be more precise.'), 'yellow');
    return EXIT.ok;
  },
};

const MARKS = { current: '', superseded: '~', removed: '×' } as const;

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
    '~ : remplacé par une version plus récente ; × : retiré par le laboratoire. Les valeurs, unités et signes sont ceux du laboratoire.',
    '~: superseded by a later version; ×: withdrawn by the laboratory. Values, units and flags are the laboratory’s.',
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
export const PATIENTS: readonly Command[] = [patients];
