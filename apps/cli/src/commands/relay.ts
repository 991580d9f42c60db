import { RelayedServiceSchema } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { AeTitle, Relay, RelayedService } from '@leadglass/model';
import type { Command, Given, Options } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { aeTitleOf, destinationNameOf, sayChange, sayRemoved } from './values.ts';

const OPTIONS: Options = {
  from: {
    value: "AET|'*'",
    help: text("titre AE de l’appareil, ou '*' pour tous", "the device’s AE title, or '*' for all"),
  },
  to: { value: 'NAME', help: text('nom de la destination qui répond', 'name of the destination that answers') },
};

function endsOf(given: Given): { from: AeTitle | '*'; to: string } {
  const from = given.required('from');
  return { from: from === '*' ? '*' : aeTitleOf(from), to: destinationNameOf(given.required('to')) };
}

function servicesOf(value: string): RelayedService[] {
  const result = RelayedServiceSchema.array()
    .min(1)
    .safeParse(value.split(',').map((each) => each.trim()));
  if (result.success) return [...new Set(result.data)];
  const known = RelayedServiceSchema.options.join(', ');
  throw usageFailure(
    text(
      `--services : ces services, séparés par des virgules : ${known}.`,
      `--services: these services, with commas: ${known}.`,
    ),
  );
}

const words = (relay: Pick<Relay, 'from' | 'to'>): string => `${relay.from} ⇒ ${relay.to}`;
const listOf = (services: readonly RelayedService[]): string => services.join(', ');

const add: Command = {
  name: 'relay add',
  usage: "--from AET|'*' --services worklist,mpps,… --to NAME [--as-peer]",
  summary: text(
    'fait répondre une destination à ce qu’un appareil demande',
    'has a destination answer what a device asks for',
  ),
  options: {
    ...OPTIONS,
    'as-peer': {
      help: text(
        'l’amont voit le titre AE de l’appareil, pas le nôtre',
        'the upstream sees the device’s AE title, not ours',
      ),
    },
    services: {
      value: 'LIST',
      help: text('services transmis, séparés par des virgules', 'services passed on, with commas'),
    },
  },
  positionals: [0, 0],
  examples: [
    "relay add --from '*' --services worklist,mpps --to ris",
    "relay add --from '*' --services find --to pacs",
  ],
  async run({ client, output }, given) {
    const relay = {
      ...endsOf(given),
      services: servicesOf(given.required('services')),
      ...(given.flag('as-peer') ? { calling: 'peer' as const } : {}),
    };
    sayChange(output, `${words(relay)} (${listOf(relay.services)})`, await client.call('relay.add', relay));
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'relay list',
  usage: '',
  summary: text('les relais ; le premier qui convient décide', 'the relays; the first that fits decides'),
  options: {},
  positionals: [0, 0],
  examples: ['relay list'],
  async run({ client, output }) {
    const answer = await client.call('relay.list', {});
    output.json(answer);
    output.table(
      [
        text('de', 'from'),
        text('services', 'services'),
        text('vers', 'to'),
        text('titre de l’appareil', 'device’s title'),
      ],
      answer.relays.map((each) => [each.from, listOf(each.services), each.to, each.calling === 'peer' ? '✓' : '–']),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'relay remove',
  usage: "--from AET|'*' --to NAME",
  summary: text('retire un relais', 'removes a relay'),
  options: OPTIONS,
  positionals: [0, 0],
  examples: ["relay remove --from '*' --to ris"],
  async run({ client, output }, given) {
    const relay = endsOf(given);
    sayRemoved(output, words(relay), await client.call('relay.remove', relay));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove];
