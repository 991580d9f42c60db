import { randomInt } from 'node:crypto';
import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, PROOF_EXIT, PROOF_EXIT_MEANINGS, usageFailure } from '../exits.ts';
import { refuseExisting } from '../files.ts';
import { ATTACK_CLASSES, type AttackClass } from '../prove-it/pack/classes.ts';
import { type Numbered, PACK } from '../prove-it/pack/pack.ts';
import { writeReport } from '../prove-it/report.ts';
import { type RunReport, runPack } from '../prove-it/run.ts';
import { isProved, ProofTeller, tellPack } from '../prove-it/teller.ts';
import { aeTitleOf } from './values.ts';

const MOST_SEED = 0xffff_ffff;

/** `B5,B19`, `control`; every class without it. */
function classesOf(given: Given): readonly AttackClass[] {
  const only = given.list('only').flatMap((value) => value.split(','));
  if (only.length === 0) return ATTACK_CLASSES;
  return only.map((value) => {
    const found = ATTACK_CLASSES.find((name) => name.toLowerCase() === value.trim().toLowerCase());
    if (found !== undefined) return found;
    throw usageFailure(text('--only : B1 à B26, ou control.', '--only: B1 to B26, or control.'));
  });
}

function attacksOf(given: Given): readonly Numbered[] {
  const classes = classesOf(given);
  const attacks = PACK.filter((one) => classes.includes(one.class));
  if (attacks.length > 0) return attacks;
  throw usageFailure(
    text(
      'Rien à essayer par le réseau dans cette classe : voir --list.',
      'Nothing to try over the network in this class: see --list.',
    ),
  );
}

/** Whatever keeps a proof from being made has one exit code: it proves nothing. */
function unable(thrown: unknown): unknown {
  if (!(thrown instanceof CliFailure)) return thrown;
  return new CliFailure(EXIT.usage, thrown.text, thrown.code, thrown.details);
}

async function prove(context: Context, given: Given, attacks: readonly Numbered[]): Promise<RunReport> {
  const { client, home, output, signal } = context;
  const like = given.value('like');
  const teller = new ProofTeller(output, attacks.length);
  // SIGTERM ends it as Ctrl-C does: what was let in is taken away first.
  const ended = new AbortController();
  const terminate = () => ended.abort();
  process.once('SIGTERM', terminate);
  try {
    const report = await runPack({
      ...{ client, home, attacks },
      seed: given.number('seed', 0, MOST_SEED) ?? randomInt(MOST_SEED),
      like: like === undefined ? undefined : aeTitleOf(like),
      isTls: given.flag('tls'),
      signal: AbortSignal.any([signal, ended.signal]),
      began: (leftovers) => teller.began(leftovers),
      tried: (outcome) => teller.tried(outcome),
    });
    teller.ended(report);
    return report;
  } finally {
    process.off('SIGTERM', terminate);
  }
}

/** Where the report goes; looked at before anything is tried. */
async function reportPathOf(given: Given): Promise<string | undefined> {
  const path = given.value('report');
  if (path === undefined) return undefined;
  if (!/\.(html|md)$/.test(path)) {
    throw usageFailure(text('--report : un nom en .html ou .md.', '--report: a name ending in .html or .md.'));
  }
  if (!given.flag('force')) await refuseExisting(path);
  return path;
}

async function run(context: Context, given: Given): Promise<number> {
  const attacks = attacksOf(given);
  if (given.flag('list')) {
    tellPack(context.output, attacks);
    return PROOF_EXIT.proved;
  }
  try {
    const path = await reportPathOf(given);
    const report = await prove(context, given, attacks);
    if (path !== undefined) await writeReport(path, report, context.output);
    return isProved(report) ? PROOF_EXIT.proved : PROOF_EXIT.through;
  } catch (thrown) {
    throw unable(thrown);
  }
}

const proveIt: Command = {
  name: 'prove-it',
  usage: '[--only CLASS] [--like AET] [--tls] [--report FILE.html|.md] [--list]',
  summary: text(
    'montre, attaque par attaque, que la passerelle en service tient',
    'shows, attack by attack, that the running gateway holds',
  ),
  notes: text(
    'Tout est inerte et fabriqué sur place, sous un nom d’essai (titre LG-PROVEIT, patient LEADGLASS^PROVE-IT). Rien ne va vers un PACS : la\n' +
      'commande est elle-même la destination, et retire à la fin tout ce qu’elle a ajouté, aussi après Ctrl-C. Des objets innocents passent\n' +
      'en même temps et doivent arriver à l’identique. Tout est inscrit au registre. À lancer sur la machine de la passerelle, sous son compte.',
    'Everything is inert and made on the spot, under a test name (title LG-PROVEIT, patient LEADGLASS^PROVE-IT). Nothing goes to a PACS: the\n' +
      'command is the destination itself, and takes away all it added at the end, also after Ctrl-C. Innocent objects are sent as well and\n' +
      'must arrive identical. Everything is written to the ledger. To be run on the gateway’s machine, as its user.',
  ),
  options: {
    only: {
      value: 'CLASS',
      isMultiple: true,
      help: text('ces classes seulement : B1 à B26, control', 'these classes alone: B1 to B26, control'),
    },
    like: { value: 'AET', help: text('juger comme ce correspondant est jugé', 'judge as this peer is judged') },
    tls: {
      help: text('par le port TLS (seul port : d’office)', 'over the TLS port (by itself when it is the only one)'),
    },
    list: { help: text('ce qui serait essayé, sans rien faire', 'what would be tried, without doing it') },
    report: { value: 'FILE', help: text('rapport d’une page (.html ou .md)', 'one-page report (.html or .md)') },
    force: { help: text('remplacer le rapport s’il existe', 'replace the report where there is one') },
    seed: {
      value: 'N',
      help: text('les mêmes attaques qu’au tirage N (UID à part)', 'the same attacks as with seed N (UIDs aside)'),
    },
  },
  positionals: [0, 0],
  examples: ['prove-it', 'prove-it --only B5,B19', 'prove-it --like CT1 --report preuve.html'],
  exits: PROOF_EXIT_MEANINGS,
  run,
};

export const COMMANDS: readonly Command[] = [proveIt];
