import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import { programVersion } from '../version.ts';

/** Works without a gateway: what is asked first when something does not work. */
const version: Command = {
  name: 'version',
  usage: '',
  summary: text('la version de ce programme', 'the version of this program'),
  options: {},
  positionals: [0, 0],
  examples: ['version', 'version --json'],
  async run({ output }) {
    const leadglass = programVersion();
    output.json({ leadglass, node: process.versions.node });
    output.line(`Leadglass ${leadglass} (Node ${process.versions.node})`);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [version];
