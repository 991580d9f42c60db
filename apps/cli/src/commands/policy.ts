import { writeFile } from 'node:fs/promises';
import type { AnswerOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import type { Output } from '../output.ts';
import { timeWords } from '../words.ts';
import { sourceOf } from './config.ts';
import { confirm, refusalWords, showDifferences, showDone, timeOf, YES } from './policy-words.ts';

type Shown = AnswerOf<'policy.show'>;
type Use = Shown['routes'][number]['use'];

const SINCE = {
  value: 'DATE|14d',
  help: text('de ce qui a été vu depuis lors', 'of what was seen since then'),
};

function sinceOf(given: Given): { readonly sinceMs?: number } {
  const since = given.value('since');
  return since === undefined ? {} : { sinceMs: timeOf(since, 'since', Date.now(), false) };
}

const propose: Command = {
  name: 'policy propose',
  usage: '[--since DATE|14d] [-o FILE] [--drop-unseen]',
  summary: text(
    'écrit les plus petites règles qui couvrent ce qui a été vu',
    'writes the smallest rules that fit what was seen',
  ),
  notes: text(
    'Ne change rien. Chaque ligne dit ce qui la fonde. Ensuite : policy simulate FICHIER, config plan FICHIER, config apply FICHIER,\npuis policy enforce. Un titre nouveau y est observé jusque-là. Ce qui a été refusé n’y donne aucune règle.',
    'Changes nothing. Each line says what it rests on. Then: policy simulate FILE, config plan FILE, config apply FILE, and\npolicy enforce. A new title is observed until then. What was refused gives no rule.',
  ),
  options: {
    since: SINCE,
    output: { short: 'o', value: 'FILE', help: text('dans un nouveau fichier', 'into a new file') },
    'drop-unseen': { help: text('sans les correspondants pas vus', 'without the peers that were not seen') },
  },
  positionals: [0, 0],
  examples: ['policy propose -o proposed.yaml', 'policy propose --since 14d'],
  async run({ client, output }, given) {
    const answer = await client.call('policy.propose', { ...sinceOf(given), dropUnseen: given.flag('drop-unseen') });
    const source = output.of(answer.source);
    const file = given.value('output');
    if (file !== undefined) await writeNew(file, source);
    output.json(answer);
    if (file === undefined) output.block(source);
    if (answer.differences.length > 0) {
      output.error(output.of(NOT_COVERED), 'yellow');
      for (const { seen, why } of answer.differences)
        output.error(`  ${seen.peer} (${seen.address}) ×${seen.count}: ${output.of(why)}`);
    }
    if (file !== undefined) {
      const n = answer.peers;
      output.line(text(`${file} : ${n} correspondant(s).`, `${file}: ${n} peer(s).`), 'green');
      output.line(text(`Ensuite : ./leadglass policy simulate ${file}`, `Next: ./leadglass policy simulate ${file}`));
    }
    return EXIT.ok;
  },
};

const NOT_COVERED = text('Vu, et couvert par aucune règle :', 'Seen, and covered by no rule:');

async function writeNew(file: string, source: string): Promise<void> {
  try {
    await writeFile(file, source, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    throw new CliFailure(
      EXIT.failed,
      text(
        `Impossible d’écrire ${file} (un fichier de ce nom existe-t-il ?).`,
        `Cannot write ${file} (does a file of that name exist?).`,
      ),
      'cli.unwritable-file',
      [(thrown as Error).message],
    );
  }
}

const SIMULATE_EXITS: readonly (readonly [number, Text])[] = [
  [EXIT.ok, text('rien de ce qui a été vu ne serait refusé', 'nothing of what was seen would be refused')],
  [EXIT.failed, text('échec', 'failed')],
  [EXIT.usage, text('commande ou fichier mal écrits', 'the command or the file was written wrongly')],
  [EXIT.notRunning, text('la passerelle ne fonctionne pas', 'the gateway is not running')],
  [EXIT.notFound, text('fichier introuvable', 'no such file')],
  [EXIT.unsound, text('quelque chose de vu serait refusé', 'something that was seen would be refused')],
];

const simulate: Command = {
  name: 'policy simulate',
  usage: 'FILE [--since DATE|14d]',
  summary: text('rejoue ce qui a été vu contre un fichier de règles', 'replays what was seen against a file of rules'),
  notes: text(
    'Ne change rien. « - » serait refusé, « + » serait admis alors que c’était refusé. Chaque correspondant est pris comme appliqué.',
    'Changes nothing. "-" would be refused, "+" would be admitted though it was refused. Every peer is taken as enforced.',
  ),
  options: { since: SINCE },
  positionals: [1, 1],
  examples: ['policy simulate proposed.yaml'],
  exits: SIMULATE_EXITS,
  async run({ client, output }, given) {
    const name = given.at(0);
    const answer = await client.call('policy.simulate', { source: await sourceOf(name), ...sinceOf(given) });
    output.json(answer);
    for (const problem of answer.problems)
      output.error(`${name}:${problem.line}: ${problem.path}: ${output.of(problem.text)}`, 'red');
    if (answer.problems.length > 0) return EXIT.usage;
    showDifferences(output, answer.differences);
    output.line(
      text(
        `${answer.kinds} sorte(s) de flux rejouées, vues ${answer.count} fois.`,
        `${answer.kinds} kind(s) of traffic replayed, seen ${answer.count} times.`,
      ),
    );
    output.line(refusalWords(answer.differences));
    return answer.differences.some(({ now }) => now === 'refused') ? EXIT.unsound : EXIT.ok;
  },
};

const NEVER = text('jamais', 'never');

function useWords(output: Output, use: Use) {
  if (use === null) return { value: output.of(NEVER), colour: 'yellow' as const };
  return `${timeWords(use.lastMs)} ×${use.count}`;
}

function showObservation(output: Output, { observation, peers }: Shown): void {
  for (const { from, untilMs, isOver } of observation.ranges) {
    const sentence = isOver
      ? text(
          `Observation de ${from} finie le ${timeWords(untilMs)}.`,
          `Observation of ${from} ended ${timeWords(untilMs)}.`,
        )
      : text(
          `${from} est observé jusqu’au ${timeWords(untilMs)}.`,
          `${from} is under observation until ${timeWords(untilMs)}.`,
        );
    output.line(sentence, isOver ? 'grey' : 'yellow');
  }
  const { siteUntilMs } = observation;
  if (siteUntilMs !== null) {
    const until = timeWords(siteUntilMs);
    output.line(
      text(`Tout le site est observé jusqu’au ${until}.`, `The whole site is observed until ${until}.`),
      'yellow',
    );
  }
  const observed = peers.filter(({ isObserved }) => isObserved).length;
  output.line(
    text(
      `${observed} correspondant(s) sur ${peers.length} observé(s).`,
      `${observed} of ${peers.length} peers observed.`,
    ),
  );
}

function showRules(output: Output, { peers, routes, relays, quirks }: Shown): void {
  const rows = [
    ...peers.map(({ rule, use, isObserved }) => [
      `peer ${rule.aeTitle} ${rule.from}`,
      isObserved ? 'observe' : 'enforce',
      useWords(output, use),
    ]),
    ...routes.map(({ rule, use }) => [`route ${rule.from} → ${rule.to}`, '', useWords(output, use)]),
    ...relays.map(({ rule, use }) => [`relay ${rule.from} ⇒ ${rule.to}`, '', useWords(output, use)]),
    ...quirks.map(({ rule, use }) => [`quirk ${rule}`, '', useWords(output, use)]),
  ];
  output.table([text('règle', 'rule'), text('mode', 'mode'), text('a servi', 'last matched')], rows);
}

function showBeyond(output: Output, { observed, refused }: Shown): void {
  const rows = [...observed, ...refused]
    .slice(0, MOST_BEYOND)
    .map((seen) => [
      seen.outcome,
      seen.peer,
      seen.address,
      seen.service,
      seen.sopClassUid,
      seen.count,
      timeWords(seen.lastMs),
    ]);
  if (rows.length === 0) return;
  output.line('');
  output.line(
    text('Au-delà des règles (observé : passé quand même) :', 'Beyond the rules (observed: passed all the same):'),
  );
  output.table(
    [
      text('suite', 'outcome'),
      text('titre', 'title'),
      text('adresse', 'address'),
      text('service', 'service'),
      text('classe', 'class'),
      text('fois', 'times'),
      text('dernière', 'last'),
    ],
    rows,
  );
}

const MOST_BEYOND = 30;

const show: Command = {
  name: 'policy show',
  usage: '',
  summary: text(
    'ce qui est observé, ce que chaque règle a servi, ce qui dépasse les règles',
    'what is observed, what each rule was good for, what went beyond the rules',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['policy show'],
  async run({ client, output }) {
    const answer = await client.call('policy.show', {});
    output.json(answer);
    showObservation(output, answer);
    if (answer.sinceMs !== null)
      output.line(
        text(
          `Flux notés depuis le ${timeWords(answer.sinceMs)}.`,
          `Traffic recorded since ${timeWords(answer.sinceMs)}.`,
        ),
        'grey',
      );
    showRules(output, answer);
    showBeyond(output, answer);
    return EXIT.ok;
  },
};

const readmit: Command = {
  name: 'policy readmit',
  usage: 'ENTRY [--reason TEXT] [--yes]',
  summary: text('réadmet ce qu’une ligne du journal dit refusé', 'lets in what a line of the log reports as refused'),
  notes: text(
    'ENTRY : l’identifiant d’un événement, ou #123 comme l’écrit log. Ajoute la plus petite règle qui l’admet, ou libère ce qui est\nretenu. Ce qui a été refusé n’a pas été conservé : il faut le faire renvoyer.',
    'ENTRY: the id of an event, or #123 as log writes it. Adds the smallest rule that lets it in, or releases what is held.\nWhat was refused was not kept: it has to be sent again.',
  ),
  options: {
    reason: { value: 'TEXT', help: text('la raison, inscrite au registre', 'the reason, written to the ledger') },
    'dry-run': { help: text('montrer seulement', 'show only') },
    yes: YES,
  },
  positionals: [1, 1],
  examples: ["policy readmit '#4711' --reason 'new scanner in room 2'"],
  async run(context, given) {
    const { client, output } = context;
    const isDry = given.flag('dry-run');
    const reason = isDry ? '-' : await reasonOf(context, given);
    const plan = await client.call('policy.readmit', { id: given.at(0), reason, dryRun: true });
    if (plan.outcome === 'nothing' || isDry) output.json(plan);
    if (plan.outcome === 'nothing') {
      output.line(plan.text, 'yellow');
      return EXIT.unsound;
    }
    for (const change of plan.changes) output.line(`+ ${output.of(change)}`, 'yellow');
    if (isDry) return EXIT.ok;
    await confirm(context, given, text('Le faire ? (oui) ', 'Do it? (yes) '));
    const answer = await client.call('policy.readmit', { id: given.at(0), reason, dryRun: false });
    output.json(answer);
    showDone(context, answer);
    output.line(answer.text);
    return answer.outcome === 'nothing' ? EXIT.unsound : EXIT.ok;
  },
};

async function reasonOf(context: Context, given: Given): Promise<string> {
  const question = context.output.of(text('Raison (inscrite au registre) : ', 'Reason (written to the ledger): '));
  const reason = (given.value('reason') ?? (await context.ask(question)) ?? '').trim();
  if (reason === '') throw usageFailure(text('Donnez une raison : --reason TEXTE.', 'Give a reason: --reason TEXT.'));
  return reason;
}

export const COMMANDS: readonly Command[] = [show, propose, simulate, readmit];
