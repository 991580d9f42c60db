import type { DrillAnswer, DrillSettingsAnswer, RequestOf } from '@leadglass/contract';
import { type Language, type Text, text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import type { Cell, Colour } from '../output.ts';
import { timeWords } from '../words.ts';

const OUTCOMES: Readonly<Record<DrillAnswer['outcome'], readonly [Text, Colour]>> = {
  running: [text('en cours', 'running'), 'yellow'],
  'in-time': [text('dans les temps', 'in time'), 'green'],
  late: [text('en retard', 'late'), 'red'],
  failed: [text('échoué', 'failed'), 'red'],
  'broken-off': [text('interrompu', 'broken off'), 'red'],
  missed: [text('manqué', 'missed'), 'red'],
  'nothing-came': [text('rien n’est venu', 'nothing came'), 'grey'],
};
const DAYS: Readonly<Record<DrillSettingsAnswer['on'], Text>> = {
  never: text('jamais de lui-même', 'never by itself'),
  daily: text('chaque jour', 'every day'),
  monday: text('chaque lundi', 'every Monday'),
  tuesday: text('chaque mardi', 'every Tuesday'),
  wednesday: text('chaque mercredi', 'every Wednesday'),
  thursday: text('chaque jeudi', 'every Thursday'),
  friday: text('chaque vendredi', 'every Friday'),
  saturday: text('chaque samedi', 'every Saturday'),
  sunday: text('chaque dimanche', 'every Sunday'),
};
const EXITS = [
  [EXIT.ok, text('image et résultat dans les temps', 'image and result in time')],
  [
    EXIT.failed,
    text(
      'impossible (un exercice est déjà en cours, par exemple)',
      'impossible (one is under way already, for example)',
    ),
  ],
  [EXIT.unsound, text('échoué, en retard ou interrompu', 'failed, late or broken off')],
] as const;

/** `0,4 s`, `12 s`, `3 min 20`. */
function took(ms: number | null, language: Language): string {
  if (ms === null) return '—';
  const s = ms / 1000;
  const whole = Math.round(s);
  if (whole >= 120 && whole % 60 === 0) return `${whole / 60} min`;
  if (whole >= 120) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')}`;
  const shown = s < 10 ? s.toFixed(2) : s.toFixed(0);
  return `${language === 'fr' ? shown.replace('.', ',') : shown} s`;
}

function aimed({ ms, aimMs }: DrillAnswer['image'], language: Language): Cell {
  const value = aimMs === 0 ? '—' : `${took(ms, language)} / ${took(aimMs, language)}`;
  if (ms === null) return { value, colour: 'grey' };
  return { value, colour: ms <= aimMs ? 'green' : 'red' };
}

function kindWords({ kind, upstream, by }: DrillAnswer): Text {
  if (kind === 'outage') return text(`panne de ${upstream}`, `outage of ${upstream}`);
  return by === '' ? text('exercice (prévu)', 'drill (scheduled)') : text(`exercice (${by})`, `drill (${by})`);
}

function rowOf(drill: DrillAnswer, language: Language): readonly Cell[] {
  const [word, colour] = OUTCOMES[drill.outcome];
  return [
    `${drill.no}`,
    timeWords(drill.beganAtMs),
    kindWords(drill)[language],
    { value: word[language], colour },
    aimed(drill.image, language),
    aimed(drill.lab, language),
  ];
}

const HEADS = [
  ...[text('n°', 'no.'), text('quand', 'when'), text('quoi', 'what'), text('issue', 'outcome')],
  ...[text('image / but', 'image / aim'), text('résultat / but', 'result / aim')],
] as const;

/** How a drill came out, step by step. */
function show(context: Context, drill: DrillAnswer, isSteps: boolean): void {
  const { output } = context;
  const { language } = output;
  const [word, colour] = OUTCOMES[drill.outcome];
  if (isSteps)
    output.table(
      [text('étape', 'step'), text('temps', 'time')],
      drill.steps.map((step) => [step.text[language], took(step.ms, language)]),
    );
  for (const [name, spread] of [
    [text('images', 'images'), drill.images],
    [text('résultats', 'results'), drill.results],
  ] as const) {
    if (spread === null) continue;
    const times = [spread.medianMs, spread.p95Ms, spread.worstMs].map((ms) => took(ms, language));
    const rest =
      spread.unmeasured === 0
        ? text('', '')
        : text(`, ${spread.unmeasured} non mesurés`, `, ${spread.unmeasured} not measured`);
    output.line(
      text(
        `${name.fr} : ${spread.count}, médiane ${times[0]}, 95 % en ${times[1]}, au pire ${times[2]}${rest.fr}`,
        `${name.en}: ${spread.count}, median ${times[0]}, 95% within ${times[1]}, worst ${times[2]}${rest.en}`,
      ),
    );
  }
  const times = [drill.image, drill.lab].map(({ ms, aimMs }) => `${took(ms, language)} / ${took(aimMs, language)}`);
  output.line(
    text(
      `N° ${drill.no}, ${word.fr} : image ${times[0]}, résultat ${times[1]} (temps / but)`,
      `No. ${drill.no}, ${word.en}: image ${times[0]}, result ${times[1]} (time / aim)`,
    ),
    colour,
  );
  if (drill.failedAt !== null && drill.why !== null && drill.failedAt.fr !== '')
    output.line(
      text(
        `À l’étape « ${drill.failedAt.fr} » : ${drill.why.fr}`,
        `At the step “${drill.failedAt.en}”: ${drill.why.en}`,
      ),
      'red',
    );
  else if (drill.why !== null) output.line(drill.why, 'red');
  for (const each of drill.untried)
    output.line(
      text(`Non essayé, ${each.text.fr} : ${each.why.fr}`, `Not tried, ${each.text.en}: ${each.why.en}`),
      'grey',
    );
  if (drill.cutOff.length > 0)
    output.line(
      text(`Coupés pour lui : ${drill.cutOff.join(', ')}`, `Cut off for it: ${drill.cutOff.join(', ')}`),
      'grey',
    );
  const { objects, messages, charts, left } = drill.destroyed;
  if (drill.kind === 'drill' && drill.endedAtMs !== null && drill.outcome !== 'missed')
    output.line(
      text(
        `Détruits ensuite : ${objects} images, ${messages} message(s), ${charts} dossier(s)${left > 0 ? ` ; ${left} traces restent` : ''}`,
        `Destroyed after it: ${objects} images, ${messages} message(s), ${charts} chart(s)${left > 0 ? `; ${left} traces are left` : ''}`,
      ),
      left > 0 ? 'yellow' : 'grey',
    );
}

const run: Command = {
  name: 'drill run',
  usage: '',
  summary: text('un exercice du mauvais jour, maintenant', 'a drill of the bad day, now'),
  notes: text(
    'Un patient fabriqué (EXERCICE^LEADGLASS) passe par les vraies portes : un résultat par le port HL7, un scanner par le port DICOM, puis la recherche, le dossier et la première image comme la page Urgences les lit. Pour lui tous les systèmes sont en panne : rien n’est livré ni demandé à personne. Ensuite tout est détruit ; les temps restent au registre. L’exercice va à son terme même si la commande est arrêtée.',
    'A made-up patient (EXERCICE^LEADGLASS) goes through the real doors: a result by the HL7 port, a CT by the DICOM port, then search, chart and first image as the page Emergency reads them. For it every system is down: nothing is delivered to, or asked of, anybody. Then all of it is destroyed; the times stay in the ledger. The drill goes on to its end even if the command is stopped.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['drill run', 'drill run --json'],
  exits: EXITS,
  async run(context) {
    const { client, output, signal } = context;
    for await (const line of client.lines('drill.run', {}, signal)) {
      if (line.kind === 'began') output.line(text(`Exercice n° ${line.no}`, `Drill no. ${line.no}`));
      else if (line.kind === 'step') output.line(stepLine(context, line));
      else {
        output.json(line.drill);
        show(context, line.drill, false);
        return line.drill.outcome === 'in-time' ? EXIT.ok : EXIT.unsound;
      }
    }
    return EXIT.failed;
  },
};

function stepLine({ output }: Context, { text: said, ms }: { readonly text: Text; readonly ms: number }): string {
  return `  ✓ ${output.of(said).padEnd(40)} ${took(ms, output.language)}`;
}

const list: Command = {
  name: 'drill list',
  usage: '[--limit N] [--kind drill|outage]',
  summary: text('exercices et vraies pannes, côte à côte', 'drills and real outages, side by side'),
  notes: text(
    'Temps / but. D’une panne : le temps dans lequel 95 % de ce qui est venu était là. Code 5 quand le dernier exercice n’était pas dans les temps.',
    'Time / aim. Of an outage: the time within which 95% of what came was there. Exit code 5 when the last drill was not in time.',
  ),
  options: {
    limit: { value: 'N', help: text('au plus (20)', 'at most (20)') },
    kind: { value: 'drill|outage', help: text('seulement ceux-là', 'those alone') },
  },
  positionals: [0, 0],
  examples: ['drill list', 'drill list --kind outage --json'],
  exits: [
    [
      EXIT.ok,
      text(
        'le dernier exercice était dans les temps, ou il n’y en a pas',
        'the last drill was in time, or there was none',
      ),
    ],
    [EXIT.unsound, text('il ne l’était pas', 'it was not')],
  ],
  async run(context, given) {
    const { client, output } = context;
    const kind = kindOf(given.value('kind'));
    const limit = given.number('limit', 1, 200) ?? 20;
    const answer = await client.call('drill.list', { limit, ...(kind === undefined ? {} : { kind }) });
    output.json(answer);
    output.table(
      [...HEADS],
      answer.drills.map((drill) => rowOf(drill, output.language)),
    );
    if (answer.drills.length === 0)
      output.line(text('Aucun exercice encore : leadglass drill run', 'No drill yet: leadglass drill run'));
    planned(context, answer);
    const last = answer.drills.find((each) => each.kind === 'drill' && each.outcome !== 'running');
    return last === undefined || last.outcome === 'in-time' ? EXIT.ok : EXIT.unsound;
  },
};

function kindOf(value: string | undefined): 'drill' | 'outage' | undefined {
  if (value === undefined || value === 'drill' || value === 'outage') return value;
  throw usageFailure(text('--kind : drill ou outage.', '--kind: drill or outage.'));
}

const showOne: Command = {
  name: 'drill show',
  usage: 'NO',
  summary: text('les étapes d’un exercice, les temps d’une panne', 'the steps of a drill, the times of an outage'),
  options: {},
  positionals: [1, 1],
  examples: ['drill show 3'],
  async run(context, given) {
    const no = Number(given.at(0));
    if (!/^[0-9]{1,15}$/.test(given.at(0)) || no < 1)
      throw usageFailure(text('Un numéro de « drill list ».', 'A number of “drill list”.'));
    const { drill } = await context.client.call('drill.show', { no });
    context.output.json(drill);
    context.output.line(`${timeWords(drill.beganAtMs)}  ${context.output.of(kindWords(drill))}`);
    show(context, drill, true);
    return EXIT.ok;
  },
};

type Planned = { readonly settings: DrillSettingsAnswer; readonly nextMs: number | null };

function planned({ output }: Context, { settings, nextMs }: Planned): void {
  const { on, at, imageSeconds, labSeconds, tell } = settings;
  const day = DAYS[on];
  const when = on === 'never' ? day : text(`${day.fr} à ${at}`, `${day.en} at ${at}`);
  const next = nextMs === null ? '' : ` (${timeWords(nextMs)})`;
  output.line(
    text(
      `Prévu : ${when.fr}${next}. Buts : image ${imageSeconds} s, résultat ${labSeconds} s.`,
      `Scheduled: ${when.en}${next}. Aims: image ${imageSeconds} s, result ${labSeconds} s.`,
    ),
    'grey',
  );
  if (tell !== '') output.line(text(`À prévenir : ${tell}`, `To be told: ${tell}`), 'grey');
}

const schedule: Command = {
  name: 'drill schedule',
  usage: '[--on DAY] [--at HH:MM] [--image-seconds N] [--lab-seconds N] [--tell TEXT]',
  summary: text('quand les exercices ont lieu, et ce que le site vise', 'when drills run, and what the site aims at'),
  notes: text(
    'Sans option : comment c’est réglé. Un exercice qui n’a pas pu commencer dans l’heure est manqué, et le dit ; pendant une vraie panne il n’a pas lieu : ses temps sont mesurés.',
    'Without an option: how it is set. A drill that could not begin within the hour is missed, and says so; during a real outage none runs: its times are measured.',
  ),
  options: {
    on: { value: 'DAY', help: text('never, daily, monday … sunday', 'never, daily, monday … sunday') },
    at: { value: 'HH:MM', help: text('heure de la passerelle', 'time of the gateway') },
    'image-seconds': { value: 'N', help: text('but jusqu’à la première image (120)', 'aim to the first image (120)') },
    'lab-seconds': {
      value: 'N',
      help: text('but jusqu’au résultat dans le dossier (120)', 'aim to the result in the chart (120)'),
    },
    tell: { value: 'TEXT', help: text('qui prévenir quand un exercice échoue', 'whom to call when one fails') },
  },
  positionals: [0, 0],
  examples: [
    'drill schedule --on monday --at 04:30',
    'drill schedule --image-seconds 60 --tell "astreinte PACS, 4242"',
    'drill schedule --on never',
  ],
  async run(context, given) {
    const answer = await context.client.call('drill.schedule', scheduleOf(given));
    context.output.json(answer);
    planned(context, answer);
    return EXIT.ok;
  },
};

function scheduleOf(given: Given): RequestOf<'drill.schedule'> {
  const [on, at, tell] = [given.value('on'), given.value('at'), given.value('tell')];
  if (on !== undefined && !Object.hasOwn(DAYS, on))
    throw usageFailure(text(`--on : ${Object.keys(DAYS).join(', ')}.`, `--on: ${Object.keys(DAYS).join(', ')}.`));
  if (at !== undefined && !/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(at))
    throw usageFailure(text('--at : une heure, comme 04:30.', '--at: a time, such as 04:30.'));
  const [imageSeconds, labSeconds] = [given.number('image-seconds', 1, 3600), given.number('lab-seconds', 1, 3600)];
  return {
    ...(on === undefined ? {} : { on: on as DrillSettingsAnswer['on'] }),
    ...(at === undefined ? {} : { at }),
    ...(imageSeconds === undefined ? {} : { imageSeconds }),
    ...(labSeconds === undefined ? {} : { labSeconds }),
    ...(tell === undefined ? {} : { tell }),
  };
}

export const COMMANDS: readonly Command[] = [run, list, showOne, schedule];
