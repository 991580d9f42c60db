import { systemClock, text } from '@leadglass/kit';
import { DEFAULT_SCU_TIMEOUTS, echoOnce } from '@leadglass/wire';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import { MAXIMUM_LENGTH_BYTES, SCU_OPTIONS, scuTargetOf, statusWords } from './scu-options.ts';

const echo: Command = {
  name: 'echo',
  usage: '--to HOST:PORT --called AET [--calling AET] [--tls …]',
  summary: text('C-ECHO : l’autre répond-il ?', 'C-ECHO: does the other side answer?'),
  options: SCU_OPTIONS,
  positionals: [0, 0],
  examples: ['echo --to 127.0.0.1:11112 --called LEADGLASS --calling CT1'],
  async run({ output, signal }, given) {
    const target = await scuTargetOf(given);
    const settings = {
      maximumLength: MAXIMUM_LENGTH_BYTES,
      timeouts: DEFAULT_SCU_TIMEOUTS,
      clock: systemClock,
      signal,
    };
    const report = await echoOnce({ ...target, ...settings });
    output.json(report);
    const { called } = target;
    if (report.status !== 0) {
      const shown = statusWords(report.status);
      output.line(text(`${called} répond par le statut ${shown}.`, `${called} answers with status ${shown}.`), 'red');
      return EXIT.failed;
    }
    const facts = `${report.peerImplementation.versionName}, ${Math.round(report.associateMs + report.echoMs)} ms`;
    output.line(text(`${called} répond (${facts}).`, `${called} answers (${facts}).`), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [echo];
