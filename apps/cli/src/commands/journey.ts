import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { CliFailure, EXIT } from '../exits.ts';
import { sizeWords, timeWords } from '../words.ts';

const SUBJECTS: Readonly<Record<'object' | 'study' | 'association', Text>> = {
  object: text('Objet', 'Object'),
  study: text('Examen', 'Study'),
  association: text('Association', 'Association'),
};

/** What `log` prints as `#N` is a place in the ledger; `journey` is asked by the entry’s own number. */
async function asked({ client }: Context, id: string): Promise<string> {
  const place = /^#([0-9]{1,15})$/.exec(id)?.[1];
  if (place === undefined) return id;
  const { entries } = await client.call('log', { afterSeq: Math.max(0, Number(place) - WINDOW), limit: 2 * WINDOW });
  const entry = entries.find(({ ledgerIndex }) => ledgerIndex === Number(place));
  if (entry === undefined) {
    const why = text('Aucune entrée du registre n’a ce numéro.', 'No entry of the ledger has this number.');
    throw new CliFailure(EXIT.notFound, why, 'control.not-found');
  }
  return `#${entry.seq}`;
}

/** How far an entry’s number and its place may be apart. */
const WINDOW = 1000;

const journey: Command = {
  name: 'journey',
  usage: 'UID|SHA256|ASSOCIATION|#N [--last N]',
  summary: text('tout ce qui est arrivé à un objet ou un examen', 'all that happened to an object or a study'),
  notes: text(
    'Du premier contact à la livraison, une ligne par étape ; #N : l’entrée que « log » affiche ainsi. Aucune donnée de patient.',
    'From the first contact to the delivery, one line a step; #N: the entry that “log” shows so. No patient data.',
  ),
  options: { last: { value: 'N', short: 'n', help: text('combien d’étapes (200)', 'how many steps (200)') } },
  positionals: [1, 1],
  examples: ['journey 1.2.826.0.1.3680043.8.498.1', "journey '#1204'", 'journey 1.2.3 --json'],
  async run(context, given) {
    const { client, output } = context;
    const limit = given.number('last', 1, 2000) ?? 200;
    const answer = await client.call('journey', { id: await asked(context, given.at(0)), limit });
    output.json(answer);
    const { subject, steps, isCut } = answer;
    const size = sizeWords(subject.bytes, output.language);
    const from = subject.peers.join(', ');
    output.line(`${output.of(SUBJECTS[subject.kind])} ${subject.id}`, 'bold');
    output.line(`${subject.modality} ${subject.objects} × (${size}) ${from}`);
    for (const { entry, stage } of steps) {
      const place = entry.ledgerIndex === null ? '' : ` #${entry.ledgerIndex}`;
      output.line(`${timeWords(entry.event.atMs)}${place} [${stage}] ${output.of(entry.sentence)}`);
    }
    if (isCut) output.line(text('Il y en a davantage : --last.', 'There is more: --last.'), 'yellow');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [journey];
