// Started by bench/hl7.ts: sends results over several MLLP connections, so many or for so long, each after the answer to the one before, and tells
// what came back and what it cost itself.

import { connect } from 'node:net';
import { framed, resultMessage } from '../mllp.ts';

const [port, connections, seconds, most, run] = process.argv.slice(2).map(String);
const endMs = performance.now() + Number(seconds) * 1000;
/** 0: as many as there is time for. */
const mostSent = Number(most) === 0 ? Number.POSITIVE_INFINITY : Number(most);
const FS = 0x1c;
const PATIENTS = 2000;

let sent = 0;
let accepted = 0;
let refused = 0;
const waits: number[] = [];

function next(): Buffer {
  sent += 1;
  return framed(resultMessage({ controlId: `${run}${sent}`, patient: sent % PATIENTS }));
}

function sender(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let askedMs = 0;
    const ask = () => {
      askedMs = performance.now();
      socket.write(next());
    };
    socket.setNoDelay(true);
    socket.on('connect', ask);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      // One message is out at a time: its answer comes in one piece or two.
      if (chunk.includes('MSA|AA')) accepted += 1;
      else if (chunk.includes('MSA|')) refused += 1;
      if (chunk.indexOf(FS) < 0) return;
      waits.push(performance.now() - askedMs);
      if (sent < mostSent && performance.now() < endMs) ask();
      else {
        socket.end();
        resolve();
      }
    });
  });
}

const beganMs = performance.now();
const before = process.cpuUsage();
await Promise.all(Array.from({ length: Number(connections) }, sender));
waits.sort((a, b) => a - b);
const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
const { user, system } = process.cpuUsage(before);
const cpuSeconds = (user + system) / 1e6;
const ms = performance.now() - beganMs;
const figures = { sent, cpuSeconds, accepted, refused, ms, p50: at(0.5), p99: at(0.99) };
process.stdout.write(`${JSON.stringify(figures)}\n`);
