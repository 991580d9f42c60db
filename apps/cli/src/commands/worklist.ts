import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import { timeWords } from '../words.ts';

const status: Command = {
  name: 'worklist status',
  usage: '',
  summary: text(
    'les plannings conservés d’avance, et ce qui attend les RIS',
    'the schedules that are kept ahead, and what waits for information systems',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['worklist status'],
  async run({ client, output }) {
    const answer = await client.call('worklist.status', {});
    output.json(answer);
    const hours = answer.hoursAhead;
    output.line(text(`Conservé sur ${hours} h.`, `Kept ${hours} h ahead.`));
    output.table(
      [
        ...[text('destination', 'destination'), text('jour', 'day'), text('examens', 'entries')],
        ...[text('à la date de', 'as of'), text('en attente', 'waiting'), text('état', 'state')],
      ],
      answer.schedules.flatMap(({ destination, days, waiting, why, isDown }) => {
        const said = isDown ? text('en panne', 'down') : (why ?? text('joint', 'answers'));
        const state = { value: output.of(said), colour: isDown || why !== undefined ? 'yellow' : 'green' } as const;
        const rows = days.map(({ day, entries, asOfMs }) => [`${day}`, `${entries}`, timeWords(asOfMs)]);
        return (rows.length === 0 ? [['—', '0', '—']] : rows).map((row) => [destination, ...row, `${waiting}`, state]);
      }),
    );
    return EXIT.ok;
  },
};

const refresh: Command = {
  name: 'worklist refresh',
  usage: '',
  summary: text('demande les plannings maintenant', 'asks for the schedules now'),
  options: {},
  positionals: [0, 0],
  examples: ['worklist refresh'],
  async run({ client, output }) {
    output.json(await client.call('worklist.refresh', {}));
    return EXIT.ok;
  },
};

const set: Command = {
  name: 'worklist set',
  usage: '--hours-ahead N',
  summary: text('sur combien d’heures les plannings sont conservés', 'how many hours ahead schedules are kept'),
  options: {
    'hours-ahead': { value: 'N', help: text('0 à 336 ; 0 : pas du tout', '0 to 336; 0: not at all') },
  },
  positionals: [0, 0],
  examples: ['worklist set --hours-ahead 72'],
  async run({ client, output }, given) {
    given.required('hours-ahead');
    const hoursAhead = given.number('hours-ahead', 0, 336) ?? 0;
    output.json(await client.call('worklist.set', { hoursAhead }));
    output.line(text(`Conservé sur ${hoursAhead} h.`, `Kept ${hoursAhead} h ahead.`));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [status, refresh, set];
