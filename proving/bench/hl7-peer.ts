// Started by bench/hl7.ts --peer: node-hl7-server as its README has it, which parses, answers and keeps nothing.

import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Peer {
  readonly Server: new (
    options: object,
  ) => {
    createInbound(
      options: object,
      heard: (req: unknown, res: { sendResponse(code: string): Promise<void> }) => Promise<void>,
    ): unknown;
  };
}

const [modules = '', port = ''] = process.argv.slice(2);
const { Server } = createRequire(join(modules, 'x.js'))('node-hl7-server') as Peer;
new Server({ bindAddress: '127.0.0.1' }).createInbound({ port: Number(port) }, async (_req, res) => {
  await res.sendResponse('AA');
});
process.stdout.write('ready\n');
