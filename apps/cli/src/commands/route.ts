import { text } from '@leadglass/kit';
import type { AeTitle, Route } from '@leadglass/model';
import type { Command, Given, Options } from '../command.ts';
import { EXIT } from '../exits.ts';
import { FLOW_OPTIONS, flowChoiceOf } from './flow-choice.ts';
import { aeTitleOf, destinationNameOf, sayChange, sayRemoved } from './values.ts';

const OPTIONS: Options = {
  from: {
    value: "AET|'*'",
    help: text("titre AE de l’émetteur, ou '*' pour tous", "the sender’s AE title, or '*' for all"),
  },
  to: { value: 'NAME', help: text('nom de la destination', 'the destination’s name') },
};

function routeOf(given: Given): { from: AeTitle | '*'; to: string } {
  const from = given.required('from');
  return { from: from === '*' ? '*' : aeTitleOf(from), to: destinationNameOf(given.required('to')) };
}

const words = (route: Route): string => `${route.from} → ${route.to}`;

const add: Command = {
  name: 'route add',
  usage: "--from AET|'*' --to NAME [--strictness …] [--when-unfinished …]",
  summary: text('envoie ce qui vient de l’un vers une destination', 'sends what comes from one to a destination'),
  options: { ...OPTIONS, ...FLOW_OPTIONS },
  positionals: [0, 0],
  examples: ["route add --from '*' --to PACS"],
  async run({ client, output }, given) {
    const route = { ...routeOf(given), ...flowChoiceOf(given) };
    sayChange(output, words(route), await client.call('route.add', route));
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'route list',
  usage: '',
  summary: text('les routes', 'the routes'),
  options: {},
  positionals: [0, 0],
  examples: ['route list'],
  async run({ client, output }) {
    const answer = await client.call('route.list', {});
    output.json(answer);
    output.table(
      [text('de', 'from'), text('vers', 'to'), text('sévérité', 'strictness')],
      answer.routes.map((each) => [each.from, each.to, each.strictness ?? '–']),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'route remove',
  usage: "--from AET|'*' --to NAME",
  summary: text('retire une route', 'removes a route'),
  options: OPTIONS,
  positionals: [0, 0],
  examples: ["route remove --from '*' --to PACS"],
  async run({ client, output }, given) {
    const route = routeOf(given);
    sayRemoved(output, words(route), await client.call('route.remove', route));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove];
