// An information system that takes HL7: node-hl7-server, in a process of its own, which writes down what its own parser read before it answers.
// node hl7-receiver.ts PORT FILE [KEY CERT]. FILE.say: what it answers instead of AA; FILE.cut: how many answers it swallows, cutting the connection.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Server } from 'node-hl7-server';

const [port = '', file = '', key, cert] = process.argv.slice(2);
const FIELDS = {
  ...{ controlId: 'MSH.10', type: 'MSH.9.1', trigger: 'MSH.9.2', version: 'MSH.12', charset: 'MSH.18' },
  ...{ number: 'PID.3.1', authority: 'PID.3.4', family: 'PID.5.1', given: 'PID.5.2', birth: 'PID.7', sex: 'PID.8' },
  ...{ merged: 'MRG.1.1', mergedOf: 'MRG.1.4', control: 'ORC.1', placer: 'ORC.2.1', accession: 'OBR.18' },
  ...{ procedure: 'OBR.4.2', section: 'OBR.24', study: 'ZDS.1.1', priority: 'OBR.27.6' },
} as const;

/** One message as it was read. */
export type Received = { readonly [K in keyof typeof FIELDS]: string };

function keep(received: Received): void {
  const out = openSync(file, 'a');
  writeSync(out, `${JSON.stringify(received)}\n`);
  fsyncSync(out);
  closeSync(out);
}

/** Whether this answer is to be swallowed. */
function isCut(): boolean {
  const left = existsSync(`${file}.cut`) ? Number(readFileSync(`${file}.cut`, 'utf8')) : 0;
  if (left > 0) writeFileSync(`${file}.cut`, String(left - 1));
  return left > 0;
}

if (file !== '') {
  const tls =
    key === undefined || cert === undefined
      ? {}
      : { tls: { key: readFileSync(key), cert: readFileSync(cert), requestCert: false } };
  const server = new Server({ bindAddress: '127.0.0.1', ...tls });
  server.createInbound({ port: Number(port), encoding: 'latin1' }, async (request, response) => {
    const message = request.getMessage();
    const read = Object.entries(FIELDS).map(([name, path]) => [name, String(message.get(path) ?? '')]);
    keep(Object.fromEntries(read) as unknown as Received);
    if (isCut()) return void (response as unknown as { readonly _socket: Socket })._socket.destroy();
    const say = existsSync(`${file}.say`) ? readFileSync(`${file}.say`, 'utf8').trim() : 'AA';
    await response.sendResponse(say as 'AA' | 'AE' | 'AR');
  });
  process.stdout.write('ready\n');
}
