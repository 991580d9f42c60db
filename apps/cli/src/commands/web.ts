import { type RequestOf, WebTokenRequestSchema } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';
import { aeTitleOf, sayRemoved } from './values.ts';

type Allow = RequestOf<'web.token.add'>['allow'];

function rightsOf(value: string): Allow {
  const result = WebTokenRequestSchema.shape.allow.safeParse(value.split(',').map((each) => each.trim()));
  if (result.success) return result.data;
  throw usageFailure(
    text('--allow : une liste parmi qido, wado, stow, fhir.', '--allow: a list of qido, wado, stow, fhir.'),
  );
}

function daysOf(value: string): number {
  const days = Number(value);
  if (/^\d{1,4}$/.test(value) && days >= 1 && days <= 3660) return days;
  throw usageFailure(text('--days : de 1 à 3660.', '--days: 1 to 3660.'));
}

const add: Command = {
  name: 'web token add',
  usage: 'NAME --allow qido,wado,stow,fhir [--days N]',
  summary: text('donne un jeton pour DICOMweb', 'gives a token for DICOMweb'),
  notes: text(
    'Le secret s’affiche une seule fois ; seule son empreinte est conservée. Le client le présente ainsi : Authorization: Bearer SECRET. NAME est le titre sous lequel ses envois et ses lectures sont consignés et routés ; si un correspondant porte ce titre, sa plage d’adresses et ses choix de flux valent aussi pour le jeton.',
    'The secret is shown once; its digest alone is kept. The client shows it as: Authorization: Bearer SECRET. NAME is the title under which what it sends and reads is logged and routed; where a peer has that title, its address range and flow choices hold for the token too.',
  ),
  options: {
    allow: { value: 'LIST', help: text('droits : qido, wado, stow, fhir', 'rights: qido, wado, stow, fhir') },
    days: { value: 'N', help: text('durée en jours (sans fin par défaut)', 'days it lasts (no end by default)') },
  },
  positionals: [1, 1],
  examples: ['web token add VIEWER --allow qido,wado --days 365'],
  async run({ client, output }, given) {
    const name = aeTitleOf(given.at(0));
    const days = given.value('days');
    const asked = {
      name,
      allow: rightsOf(given.value('allow') ?? ''),
      ...(days === undefined ? {} : { days: daysOf(days) }),
    };
    const answer = await client.call('web.token.add', asked);
    output.json(answer);
    output.line(answer.secret);
    output.line(text('Affiché cette seule fois.', 'Shown this once only.'), 'yellow');
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'web token list',
  usage: '',
  summary: text('les jetons pour DICOMweb', 'the tokens for DICOMweb'),
  options: {},
  positionals: [0, 0],
  examples: ['web token list'],
  async run({ client, output }) {
    const answer = await client.call('web.token.list', {});
    output.json(answer);
    const never = output.of(text('sans fin', 'no end'));
    output.table(
      [text('nom', 'name'), text('droits', 'rights'), text('donné le', 'given'), text('jusqu’au', 'until')],
      answer.tokens.map(({ name, allow, addedAtMs, untilMs, isInForce }) => [
        name,
        allow.join(','),
        timeWords(addedAtMs),
        { value: untilMs === null ? never : timeWords(untilMs), colour: isInForce ? 'green' : 'yellow' },
      ]),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'web token remove',
  usage: 'NAME',
  summary: text('reprend un jeton', 'takes a token back'),
  options: {},
  positionals: [1, 1],
  examples: ['web token remove VIEWER'],
  async run({ client, output }, given) {
    const name = aeTitleOf(given.at(0));
    sayRemoved(output, name, await client.call('web.token.remove', { name }));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove];
