import type { DifferenceAnswer, PolicyDone } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import type { Output } from '../output.ts';

const DAY_MS = 24 * 3600 * 1000;
const MOST_SHOWN = 50;

/** `2026-01-31` (the end of that day, or its beginning), or `14d`: so many days from now or ago. Throws CliFailure (exit 2). */
export function timeOf(value: string, option: string, nowMs: number, isEnd: boolean): number {
  const days = /^([0-9]{1,3})[dj]$/.exec(value)?.[1];
  if (days !== undefined) return nowMs + (isEnd ? 1 : -1) * Number(days) * DAY_MS;
  const at = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) ? new Date(`${value}T00:00:00`).getTime() : Number.NaN;
  if (Number.isNaN(at)) {
    throw usageFailure(
      text(
        `--${option} : une date (2026-01-31) ou un nombre de jours (14d).`,
        `--${option}: a date (2026-01-31) or a number of days (14d).`,
      ),
    );
  }
  return isEnd ? at + DAY_MS : at;
}

/** What was seen, in a few words. */
function what({ seen }: DifferenceAnswer): string {
  const parts = [seen.service, seen.sopClassUid, seen.level, seen.keys, seen.moveTo === '' ? '' : `→ ${seen.moveTo}`];
  return parts.filter((part) => part !== '').join(' ');
}

/** Lists what other rules would treat in another way. */
export function showDifferences(output: Output, differences: readonly DifferenceAnswer[]): void {
  for (const one of differences.slice(0, MOST_SHOWN)) {
    const { seen, now, why, hint, isPartly } = one;
    const head = `${now === 'refused' ? '-' : '+'} ${seen.peer} (${seen.address}) ${what(one)}  ×${seen.count}${isPartly ? ' (≤)' : ''}`;
    output.line(head, now === 'refused' ? 'red' : 'yellow');
    if (now === 'refused') output.line(`    ${output.of(why)}${hint === '' ? '' : `  ${hint}`}`);
  }
  const more = differences.length - MOST_SHOWN;
  if (more > 0)
    output.line(
      text(`… et ${more} de plus (--json les donne tous)`, `… and ${more} more (--json has them all)`),
      'grey',
    );
}

/** How many refusals there are, in a sentence. */
export function refusalWords(differences: readonly DifferenceAnswer[]): Text {
  const refused = differences.filter(({ now }) => now === 'refused');
  const times = refused.reduce((sum, { seen }) => sum + seen.count, 0);
  if (refused.length === 0)
    return text('Rien de ce qui a été vu ne serait refusé.', 'Nothing of what was seen would be refused.');
  return text(
    `${refused.length} sorte(s) de flux seraient refusées, vues ${times} fois en tout.`,
    `${refused.length} kind(s) of traffic would be refused, seen ${times} times in all.`,
  );
}

/** What was done, and how to take it back. */
export function showDone({ output }: Pick<Context, 'output'>, { changes, undo }: PolicyDone): void {
  for (const change of changes) output.line(`${output.of(change)}.`, 'green');
  if (changes.length === 0) output.line(text('Déjà ainsi : rien n’a changé.', 'Already so: nothing changed.'), 'grey');
  for (const command of undo) output.line(text(`Pour revenir en arrière : ${command}`, `To take it back: ${command}`));
}

/** Asks before something is done. Throws CliFailure when nobody agrees. */
export async function confirm(context: Context, given: Given, question: Text): Promise<void> {
  if (given.flag('yes')) return;
  const typed = await context.ask(context.output.of(question));
  if (typed === undefined)
    throw usageFailure(text('Sans terminal, confirmez par --yes.', 'Without a terminal, confirm with --yes.'));
  if (!/^(o|oui|y|yes)$/i.test(typed.trim()))
    throw new CliFailure(EXIT.failed, text('Rien n’a été fait.', 'Nothing was done.'), 'cli.not-confirmed');
}

export const YES = { help: text('sans demander', 'without asking') };
