// A worklist of ready answers in a process of its own: what is left of a query's time is the wire, and who stands on it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { responseTo } from '@leadglass/dimse';
import { ScriptedUpstream } from '../dimse-peer.ts';

const PENDING = 0xff00;

/** An answer of four identifying elements, in implicit VR. */
function entry(at: number): Buffer {
  const element = (tag: string, value: string): Buffer => {
    const bytes = Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from(tag, 'hex'), length, bytes]);
  };
  return Buffer.concat([
    element('08005000', `A${at}`),
    element('10001000', `Step^${at}`),
    element('10002000', `P${at}`),
    element('20000d00', `1.2.826.0.1.3680043.9.9999.7.${at}`),
  ]);
}

/** Starts it. @param entries how many answers each query gets. */
export async function startInstantRis(entries: number): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = fork(import.meta.filename, [String(entries)], { execArgv: ['--no-warnings'] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const answers = Array.from({ length: Number(process.argv[2]) }, (_, at) => entry(at));
  const upstream = await ScriptedUpstream.start(({ contextId, command }, peer) => {
    for (const answer of answers) peer.send(contextId, responseTo(command, PENDING), answer);
    peer.send(contextId, responseTo(command, 0));
  });
  process.send(upstream.port);
}
