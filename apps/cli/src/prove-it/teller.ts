import { type Language, type Text, text } from '@leadglass/kit';
import type { Output } from '../output.ts';
import { DEEDS, type Outcome, summaryOf } from './outcome.ts';
import { classWords } from './pack/classes.ts';
import type { Numbered } from './pack/pack.ts';
import { NOT_APPLICABLE } from './pack/watches.ts';
import type { RunReport } from './run.ts';
import { type Cleared, isNothing } from './temporary.ts';

const BAR_COLUMNS = 30;
const CLASS_COLUMNS = 8;
const MARK_COLUMNS = 9;

/** What the gateway did, in a few words: `refusé (C000H) : structure.length` . */
export function deedWords({ deed, status, findings, why, isRight }: Outcome, language: Language): string {
  const shown = status === undefined || status === 0 ? '' : ` (${status.toString(16).padStart(4, '0').toUpperCase()}H)`;
  const colon = language === 'fr' ? '\u00a0: ' : ': ';
  const isSeen = findings.length > 0 && isRight && deed !== 'passed';
  const reason = isSeen ? findings.slice(0, 3).join(', ') : (why?.[language] ?? '');
  return `${DEEDS[deed][language]}${shown}${reason === '' ? '' : `${colon}${reason}`}`;
}

/** What was counted, in a sentence. */
export function summaryWords(outcomes: readonly Outcome[]): Text {
  const { attacks, held, through, controls, controlsDelivered } = summaryOf(outcomes);
  return text(
    `${attacks} attaques : ${held} arrêtées, ${through} passées ; ${controlsDelivered} témoins innocents sur ${controls} livrés à l’identique.`,
    `${attacks} attacks: ${held} stopped, ${through} got through; ${controlsDelivered} of ${controls} innocent controls delivered identical.`,
  );
}

/** What was taken away at the end, or had been left by an earlier run. */
function clearedWords({ peers, routes, destinations, holds, holdsLeft }: Cleared): Text {
  const [frLeft, enLeft] =
    holdsLeft === 0
      ? ['', '']
      : [
          ` ; ${holdsLeft} objets d’essai restent en retenue, une règle du site demandant davantage pour les détruire`,
          `; ${holdsLeft} test objects stay held, as a rule of the site asks for more to destroy them`,
        ];
  return text(
    `${peers} correspondants, ${routes} route, ${destinations} destination retirés ; ${holds} objets retenus détruits${frLeft}`,
    `${peers} peers, ${routes} route, ${destinations} destination removed; ${holds} held objects destroyed${enLeft}`,
  );
}

/** Tells of a run while it goes on: a line an attack, a bar on a terminal; with --json a line of JSON each. */
export class ProofTeller {
  readonly #output: Output;
  readonly #total: number;
  #done = 0;

  constructor(output: Output, total: number) {
    this.#output = output;
    this.#total = total;
  }

  began(leftovers: Cleared): void {
    this.#output.json({ kind: 'begin', attacks: this.#total, leftovers }, true);
    if (isNothing(leftovers)) return;
    const { fr, en } = clearedWords(leftovers);
    this.#output.line(
      text(`Un passage précédent n’avait pas fini : ${fr}.`, `An earlier run had not ended: ${en}.`),
      'yellow',
    );
  }

  tried(outcome: Outcome): void {
    this.#done += 1;
    this.#output.redraw('');
    this.#output.json({ kind: 'attack', ...outcome, tookMs: Math.round(outcome.tookMs) }, true);
    this.#line(outcome);
    const full = Math.round((this.#done / this.#total) * BAR_COLUMNS);
    this.#output.redraw(`${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)} ${this.#done}/${this.#total}`);
  }

  #line(outcome: Outcome): void {
    const { language } = this.#output;
    const mark = outcome.isRight ? 'OK' : NOT_HELD[language];
    const facts = `${outcome.class.padEnd(CLASS_COLUMNS)}${outcome.name[language]} — ${deedWords(outcome, language)}`;
    const line = `${mark.padEnd(MARK_COLUMNS)}${facts}  ${Math.round(outcome.tookMs)} ms`;
    this.#output.line(line, outcome.isRight ? undefined : 'red');
  }

  /** The end: counts, what does not apply, and what is left. */
  ended(report: RunReport): void {
    const { output, isGood } = { output: this.#output, isGood: isProved(report) };
    output.redraw('');
    this.#json(report);
    for (const { class: name, why } of NOT_APPLICABLE)
      output.line(`${'–'.padEnd(MARK_COLUMNS)}${name.padEnd(CLASS_COLUMNS)}${output.of(why)}`, 'grey');
    output.line();
    output.line(summaryWords(report.outcomes), isGood ? 'green' : 'red');
    for (const sentence of endWords(report)) output.line(sentence);
  }

  #json(report: RunReport): void {
    const { before, after, outcomes, honestMs, cleared, kept, isCutShort } = report;
    const ledger = { before: before.checkpoint.note, after: after.checkpoint.note };
    const status = { before: before.status, after: after.status };
    const facts = { ...summaryOf(outcomes), isCutShort, honestMs, cleared, kept, notApplicable: NOT_APPLICABLE };
    this.#output.json({ kind: 'end', ...facts, ledger, status }, true);
  }
}

const NOT_HELD: Readonly<Record<Language, string>> = { fr: 'PASSÉ', en: 'NOT HELD' };

/** Whether a run shows what it is for: every attack stopped, every control delivered, the gateway as well as before. */
export function isProved({ outcomes, honestMs, isCutShort }: RunReport): boolean {
  const isWhole = !isCutShort && honestMs !== undefined && outcomes.length > 0;
  return isWhole && outcomes.every(({ isRight }) => isRight);
}

/** What the end of a run has to say, a sentence each. */
export function endWords(report: RunReport): readonly Text[] {
  const { honestMs, cleared, kept, before, after, isCutShort } = report;
  const { fr, en } = clearedWords(cleared);
  const cut = text('Passage interrompu : tout n’a pas été essayé.', 'Run cut short: not everything was tried.');
  const honest =
    honestMs === undefined
      ? text(
          'La passerelle ne répond plus à un correspondant honnête.',
          'The gateway no longer answers an honest peer.',
        )
      : text(
          `La passerelle répond à un correspondant honnête en ${Math.round(honestMs)} ms.`,
          `The gateway answers an honest peer in ${Math.round(honestMs)} ms.`,
        );
  return [
    ...(isCutShort ? [cut] : []),
    honest,
    text(`Remis en ordre : ${fr}.`, `Put in order again: ${en}.`),
    text(
      `${kept} objets d’essai restent au coffre (témoins, copies désarmées, ce qui est passé), sous le nom de patient LEADGLASS^PROVE-IT.`,
      `${kept} test objects stay in the vault (controls, disarmed copies, what got through), under the patient name LEADGLASS^PROVE-IT.`,
    ),
    text(
      `Registre : de ${before.checkpoint.size} à ${after.checkpoint.size} entrées ; tout y est inscrit, les refus au-delà des premiers d’une minute ensemble.`,
      `Ledger: from ${before.checkpoint.size} to ${after.checkpoint.size} entries; everything is written there, refusals beyond the first of a minute together.`,
    ),
  ];
}

/** The pack itself: an id, a class and a name a line. */
export function tellPack(output: Output, attacks: readonly Numbered[]): void {
  for (const { id, class: name, name: words } of attacks) {
    output.json({ id, class: name, name: words }, true);
    output.line(`${id.padEnd(12)}${output.of(words)}`);
  }
  for (const { class: name, why } of NOT_APPLICABLE) {
    output.json({ class: name, notApplicable: why }, true);
    output.line(`${name.padEnd(12)}${output.of(classWords(name))} — ${output.of(why)}`, 'grey');
  }
}
