import type { NeedAnswer, PillarAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { shellWord } from '@leadglass/policy';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Colour } from '../output.ts';
import { timeWords } from '../words.ts';

const SEVERITIES: Readonly<Record<NeedAnswer['severity'], readonly [Text, Colour]>> = {
  urgent: [text('urgent', 'urgent'), 'red'],
  soon: [text('bientôt', 'soon'), 'yellow'],
  sometime: [text('un jour', 'sometime'), 'grey'],
};

const needs: Command = {
  name: 'needs',
  usage: '',
  summary: text('ce qui demande quelqu’un, dans l’ordre', 'what a person is needed for, in order'),
  notes: text('Code 5 quand quelque chose est urgent.', 'Exit code 5 when something is urgent.'),
  options: {},
  positionals: [0, 0],
  examples: ['needs', 'needs --json'],
  exits: [
    [EXIT.ok, text('rien d’urgent', 'nothing urgent')],
    [EXIT.unsound, text('quelque chose est urgent', 'something is urgent')],
  ],
  async run({ client, output }) {
    const answer = await client.call('needs', {});
    output.json(answer);
    for (const need of answer.needs) {
      const [word, colour] = SEVERITIES[need.severity];
      output.line(`[${output.of(word)}] ${output.of(need.text)}`, colour);
      output.line(`    ${output.of(need.advice)}`);
      if (need.command !== undefined) output.line(`    ${need.command}`, 'grey');
    }
    if (answer.needs.length === 0) output.line(text('Rien ne demande personne.', 'Nothing needs anybody.'), 'green');
    return answer.needs.some(({ severity }) => severity === 'urgent') ? EXIT.unsound : EXIT.ok;
  },
};

const PILLARS: Readonly<Record<PillarAnswer['pillar'], Text>> = {
  availability: text('Disponibilité', 'Availability'),
  integrity: text('Intégrité', 'Integrity'),
  confidentiality: text('Confidentialité', 'Confidentiality'),
  traceability: text('Traçabilité', 'Traceability'),
};
const COLOURS: Readonly<Record<PillarAnswer['state'], Colour>> = {
  good: 'green',
  attention: 'yellow',
  bad: 'red',
  unknown: 'grey',
};

const pillars: Command = {
  name: 'pillars',
  usage: '',
  summary: text('quatre chiffres, avec ce qui les prouve', 'four figures, with what proves them'),
  notes: text(
    'Disponibilité, intégrité, confidentialité, traçabilité : ce qui est compté, et ce que cela ne dit pas.',
    'Availability, integrity, confidentiality, traceability: what is counted, and what it does not say.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['pillars', 'pillars --json'],
  async run({ client, output }) {
    const answer = await client.call('pillars', {});
    output.json(answer);
    for (const { pillar, state, figure, meaning, evidence } of answer.pillars) {
      output.line(`${output.of(PILLARS[pillar]).padEnd(16)} ${output.of(figure)}`, COLOURS[state]);
      output.line(`    ${output.of(meaning)}`);
      for (const { text: said, command } of evidence)
        output.line(text(`    ${said.fr} : ${command}`, `    ${said.en}: ${command}`), 'grey');
    }
    return EXIT.ok;
  },
};

const strangers: Command = {
  name: 'strangers',
  usage: '[--last N]',
  summary: text('qui a frappé sans être admis', 'who knocked and was not let in'),
  notes: text(
    'Une ligne par titre, adresse et certificat. Sous chacune, la commande qui l’admettrait, quand il y en a une.',
    'One line a title, address and certificate. Below each, the command that would admit it, where there is one.',
  ),
  options: { last: { value: 'N', short: 'n', help: text('combien (50)', 'how many (50)') } },
  positionals: [0, 0],
  examples: ['strangers', 'strangers --last 10 --json'],
  async run({ client, output }, given) {
    const answer = await client.call('stranger.list', { limit: given.number('last', 1, 1000) ?? 50 });
    output.json(answer);
    for (const { aeTitle, address, isTls, lastAtMs, times, why, peer } of answer.strangers) {
      const tls = isTls ? ' TLS' : '';
      output.line(
        `${timeWords(lastAtMs)}  ${aeTitle === '' ? '—' : aeTitle} (${address}${tls}) ×${times}: ${output.of(why)}`,
      );
      if (peer !== undefined) {
        const certificate = peer.certSha256 === undefined ? '' : ` --cert-sha256 ${peer.certSha256}`;
        output.line(
          `    ./leadglass peer add ${shellWord(peer.aeTitle)} --from ${peer.from} --allow ${peer.allow.join(',')}${certificate}`,
          'yellow',
        );
      }
    }
    if (answer.strangers.length === 0) output.line(text('Personne.', 'Nobody.'), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [needs, pillars, strangers];
