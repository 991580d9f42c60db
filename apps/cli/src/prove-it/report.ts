import { writeFile } from 'node:fs/promises';
import { type Language, type Text, text } from '@leadglass/kit';
import { CliFailure, EXIT } from '../exits.ts';
import type { Output } from '../output.ts';
import { timeWords } from '../words.ts';
import type { Outcome } from './outcome.ts';
import { ATTACK_CLASSES, type AttackClass, classWords } from './pack/classes.ts';
import { NOT_APPLICABLE } from './pack/watches.ts';
import { htmlOf } from './report-html.ts';
import { markdownOf } from './report-markdown.ts';
import type { RunReport, Standing } from './run.ts';
import { deedWords, endWords, isProved, summaryWords } from './teller.ts';

/** A class in figures. `tried` 0: nothing was tried, and `note` says why when there is a reason. */
export interface ClassFigures {
  readonly name: AttackClass;
  readonly words: string;
  readonly tried: number;
  readonly right: number;
  readonly note: string;
}

/** One thing that went wrong, in full. */
export interface Failure {
  readonly id: string;
  readonly what: string;
  readonly came: string;
  readonly findings: string;
}

/** The report in the words of one language; how it is written is another's matter. */
export interface ReportPage {
  readonly language: Language;
  readonly title: string;
  readonly isProved: boolean;
  readonly verdict: string;
  readonly summary: string;
  /** Name and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly heads: readonly [kind: string, stopped: string];
  readonly classes: readonly ClassFigures[];
  readonly failuresTitle: string;
  readonly failures: readonly Failure[];
  readonly methodTitle: string;
  readonly method: readonly string[];
  readonly evidenceTitle: string;
  readonly evidence: readonly (readonly [name: string, note: string])[];
  readonly footer: string;
}

const VERDICT = {
  proved: text('Tout ce qui a été essayé a été arrêté.', 'Everything that was tried was stopped.'),
  through: text('Tout n’a pas été arrêté.', 'Not everything was stopped.'),
};

const METHOD: readonly Text[] = [
  text(
    'Chaque attaque est inerte (en-têtes sans code, chaîne EICAR, commandes sans effet), fabriquée sur place et envoyée par le réseau à la passerelle en service, sous un titre et un patient d’essai.',
    'Every attack is inert (headers without code, the EICAR string, commands without effect), made on the spot and sent over the network to the running gateway, under a test title and a test patient.',
  ),
  text(
    'La commande était elle-même la destination : ce qui est dit arrivé ou arrêté a été constaté à l’arrivée. Les préambules, que C-STORE ne transporte pas, ont été soumis à la même inspection, en fichiers.',
    'The command was the destination itself: what is said to have arrived or been stopped was seen at the receiving end. Preambles, which C-STORE does not carry, were put to the same inspection as files.',
  ),
];

const FOOTER = text(
  'Ce rapport dit ce qui a été essayé ce jour-là sur cette passerelle, et rien de plus : il n’est ni un certificat ni un audit.',
  'This report says what was tried on this gateway on that day, and nothing more: it is neither a certificate nor an audit.',
);

function figuresOf(name: AttackClass, outcomes: readonly Outcome[], language: Language): ClassFigures {
  const tried = outcomes.filter((one) => one.class === name);
  const note = NOT_APPLICABLE.find((one) => one.class === name) === undefined ? NOT_TRIED : NOT_FOR_US;
  return {
    name,
    words: classWords(name)[language],
    tried: tried.length,
    right: tried.filter(({ isRight }) => isRight).length,
    note: tried.length > 0 ? '' : note[language],
  };
}

const NOT_FOR_US = text('sans objet', 'does not apply');
const NOT_TRIED = text('non essayé', 'not tried');

function failureOf(outcome: Outcome, language: Language): Failure {
  const { id, name, findings } = outcome;
  return { id, what: name[language], came: deedWords(outcome, language), findings: findings.join(', ') };
}

function factsOf(report: RunReport, language: Language): (readonly [string, string])[] {
  const { before, startedAtMs, endedAtMs } = report;
  const { version, listeners, peers, destinations, routes } = before.status;
  const say = (fr: string, en: string) => text(fr, en)[language];
  const seconds = Math.round((endedAtMs - startedAtMs) / 1000);
  const to = listeners.map(({ name, address }) => `${name} ${address}`).join(', ');
  return [
    [say('Passerelle', 'Gateway'), `${before.checkpoint.origin}, Leadglass ${version}`],
    [say('Date', 'Date'), `${timeWords(startedAtMs)} (${seconds} s)`],
    [say('Écoute', 'Listens'), to],
    [say('Éprouvé par', 'Tried over'), report.listener],
    [
      say('Règles', 'Rules'),
      say(
        `${peers} correspondants, ${destinations} destinations, ${routes} routes`,
        `${peers} peers, ${destinations} destinations, ${routes} routes`,
      ),
    ],
    [say('Tirage', 'Seed'), String(report.seed)],
  ];
}

function evidenceOf(language: Language, name: Text, { checkpoint }: Standing): readonly [string, string] {
  return [name[language], checkpoint.note.trimEnd()];
}

/** The report of a run, in one language. */
export function pageOf(report: RunReport, language: Language): ReportPage {
  const say = (fr: string, en: string) => text(fr, en)[language];
  const { outcomes } = report;
  const isGood = isProved(report);
  return {
    language,
    title: say('Leadglass à l’épreuve', 'Leadglass put to the test'),
    isProved: isGood,
    verdict: VERDICT[isGood ? 'proved' : 'through'][language],
    summary: summaryWords(outcomes)[language],
    facts: factsOf(report, language),
    heads: [say('Ce qui a été essayé', 'What was tried'), say('arrêté', 'stopped')],
    classes: ATTACK_CLASSES.map((name) => figuresOf(name, outcomes, language)),
    failuresTitle: say('Ce qui n’a pas tenu', 'What did not hold'),
    failures: outcomes.filter(({ isRight }) => !isRight).map((one) => failureOf(one, language)),
    methodTitle: say('Comment', 'How'),
    method: [...METHOD, ...endWords(report)].map((sentence) => sentence[language]),
    evidenceTitle: say('Preuves : points de contrôle signés du registre', 'Evidence: signed checkpoints of the ledger'),
    evidence: [
      evidenceOf(language, text('au début', 'at the beginning'), report.before),
      evidenceOf(language, text('à la fin', 'at the end'), report.after),
    ],
    footer: FOOTER[language],
  };
}

/** Writes the report, HTML or Markdown by its name, in the language of this run. Throws CliFailure when it cannot be written. */
export async function writeReport(path: string, report: RunReport, output: Output): Promise<void> {
  const page = pageOf(report, output.language);
  try {
    await writeFile(path, path.endsWith('.md') ? markdownOf(page) : htmlOf(page), { mode: 0o600 });
  } catch (thrown) {
    const sentence = text(`Impossible d’écrire ${path}.`, `Cannot write ${path}.`);
    throw new CliFailure(EXIT.usage, sentence, 'cli.unwritable-report', [(thrown as Error).message]);
  }
  output.line(text(`Rapport : ${path}`, `Report: ${path}`));
}
