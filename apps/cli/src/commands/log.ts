import type { LogEntry } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Colour } from '../output.ts';
import { timeWords } from '../words.ts';

const COLOURS: readonly (readonly [pattern: RegExp, colour: Colour])[] = [
  [/\.(failed|died|refused|rejected|destroyed|row-dropped)$/, 'red'],
  [/\.(held|retrying|aborted)$/, 'yellow'],
];

function show({ output }: Context, entry: LogEntry, isStream: boolean): void {
  if (isStream) output.json(entry, true);
  const place = entry.ledgerIndex === null ? '' : ` #${entry.ledgerIndex}`;
  const colour = COLOURS.find(([pattern]) => pattern.test(entry.event.kind))?.[1];
  output.line(`${timeWords(entry.event.atMs)}${place}  ${output.of(entry.sentence)}`, colour);
}

const log: Command = {
  name: 'log',
  usage: '[--follow] [--last N] [--kind KIND]…',
  summary: text('ce qui s’est passé, en phrases', 'what happened, in sentences'),
  notes: text(
    'Genres : gateway, intake, association, connection, arrival, copy, delivery, commitment, hold, import, vault, ledger,\ncertificate, tls, config, recovery, person, study, journey, outage, giveback, isolation ;\nou un genre entier, comme association.rejected.',
    'Kinds: gateway, intake, association, connection, arrival, copy, delivery, commitment, hold, import, vault, ledger,\ncertificate, tls, config, recovery, person, study, journey, outage, giveback, isolation;\nor a whole kind, such as association.rejected.',
  ),
  options: {
    follow: {
      short: 'f',
      help: text('et la suite, à mesure (Ctrl-C pour finir)', 'and what follows, as it comes (Ctrl-C to end)'),
    },
    last: { value: 'N', short: 'n', help: text('combien d’entrées (50)', 'how many entries (50)') },
    kind: { value: 'KIND', isMultiple: true, help: text('ce genre d’événement seulement', 'this kind of event only') },
  },
  positionals: [0, 0],
  examples: ['log', 'log --follow --kind arrival --kind delivery', 'log --json --last 1000'],
  async run(context, given) {
    const kinds = given.list('kind');
    const asked = {
      limit: given.number('last', 1, 10_000) ?? 50,
      ...(kinds.length === 0 ? {} : { kinds: [...kinds] }),
    };
    if (given.flag('follow')) {
      for await (const entry of context.client.lines('log.follow', asked, context.signal)) show(context, entry, true);
      return EXIT.ok;
    }
    const answer = await context.client.call('log', asked);
    context.output.json(answer);
    for (const entry of answer.entries) show(context, entry, false);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [log];
