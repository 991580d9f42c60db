import type { TrayMessageAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

const STATES: Readonly<Record<TrayMessageAnswer['state'], Text>> = {
  'not-understood': text('non compris', 'not understood'),
  quarantined: text('à l’écart (essai)', 'set apart (test)'),
  dismissed: text('écarté', 'put aside'),
};
const OUTCOMES = {
  entered: text('compris : il est dans son dossier', 'understood: it is in its chart'),
  'not-understood': text('toujours pas compris', 'still not understood'),
  quarantined: text('toujours à l’écart', 'still set apart'),
} as const;

/** A number as `7` or `#7`. */
export function numberOf(value: string): number {
  const number = Number(value.replace(/^#/, ''));
  if (Number.isInteger(number) && number >= 1) return number;
  throw usageFailure(text(`« ${value} » : un numéro est attendu.`, `"${value}": a number is expected.`));
}

function stateOf(value: string | undefined): TrayMessageAnswer['state'] | undefined {
  if (value === undefined || Object.hasOwn(STATES, value)) return value as TrayMessageAnswer['state'] | undefined;
  const known = Object.keys(STATES).join(', ');
  throw usageFailure(text(`--state : ${known}.`, `--state: ${known}.`));
}

const list: Command = {
  name: 'messages list',
  usage: '[--state not-understood|quarantined|dismissed]',
  summary: text('les messages HL7 qui ne sont dans aucun dossier', 'HL7 messages that are in no chart'),
  options: { state: { value: 'STATE', help: text('ceux de cet état', 'those of this state') } },
  positionals: [0, 0],
  examples: ['messages list', 'messages list --state quarantined'],
  async run({ client, output }, given) {
    const state = stateOf(given.value('state'));
    const answer = await client.call('feed.messages', { limit: 100, ...(state === undefined ? {} : { state }) });
    output.json(answer);
    output.table(
      [
        text('nº', 'no.'),
        text('reçu', 'received'),
        text('flux', 'feed'),
        text('genre', 'type'),
        text('état', 'state'),
        text('pourquoi', 'why'),
      ],
      answer.messages.map((each) => [
        ...[each.message, timeWords(each.heardMs), each.feed, each.type, output.of(STATES[each.state])],
        each.why.map(({ place, why }) => `${place} ${output.of(why)}`).join(' ; '),
      ]),
    );
    return EXIT.ok;
  },
};

const show: Command = {
  name: 'messages show',
  usage: 'NO [--reason WHY]',
  summary: text('un message en entier ; le journal le consigne', 'a message whole; the log tells of it'),
  options: { reason: { value: 'WHY', help: text('pourquoi', 'why') } },
  positionals: [1, 1],
  examples: ['messages show 12'],
  async run({ client, output }, given) {
    const asked = { message: numberOf(given.at(0)), reason: given.value('reason') ?? '' };
    const answer = await client.call('feed.message', asked);
    output.json(answer);
    output.block(answer.text);
    return EXIT.ok;
  },
};

const retry: Command = {
  name: 'messages retry',
  usage: 'NO',
  summary: text('fait relire un message', 'has a message read again'),
  options: {},
  positionals: [1, 1],
  examples: ['messages retry 12'],
  async run({ client, output }, given) {
    const answer = await client.call('feed.retry', { message: numberOf(given.at(0)) });
    output.json(answer);
    output.line(OUTCOMES[answer.outcome], answer.outcome === 'entered' ? 'green' : 'yellow');
    return answer.outcome === 'entered' ? EXIT.ok : EXIT.failed;
  },
};

const dismiss: Command = {
  name: 'messages dismiss',
  usage: 'NO --reason WHY',
  summary: text('met un message de côté ; il reste gardé', 'puts a message aside; it is kept'),
  options: { reason: { value: 'WHY', help: text('pourquoi', 'why') } },
  positionals: [1, 1],
  examples: ['messages dismiss 12 --reason "message d’essai"'],
  async run({ client, output }, given) {
    const asked = { message: numberOf(given.at(0)), reason: given.required('reason') };
    output.json(await client.call('feed.dismiss', asked));
    output.line(text(`nº ${asked.message} : mis de côté`, `no. ${asked.message}: put aside`), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, show, retry, dismiss];
