import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MllpSender, type ResultWish, resultMessage } from './mllp.ts';

/**
 * A laboratory's interface engine, a process of its own: what its analysers measured is in a queue on disk before anything is sent, is sent in
 * order, each until it is acknowledged, and what was not when it ended is sent again once it is back. Arguments: port, folder, results a second.
 */

/** What stands in the queue for message `n`: every third corrects the result before it. */
export function queuedWish(n: number): ResultWish & { readonly filler: string } {
  const isCorrection = n % 3 === 2;
  const about = isCorrection ? n - 1 : n;
  return {
    ...{ controlId: `bad-day-${n}`, patient: about % 5, filler: `BD${about}`, value: String(n + 1) },
    status: isCorrection ? 'C' : 'F',
  };
}

/** Numbers of the messages in a queue, in order, and of those acknowledged in the order in which they were. */
export function queueOf(folder: string): {
  readonly queued: readonly number[];
  readonly acknowledged: readonly number[];
} {
  return { queued: numbersOf(join(folder, 'queue')), acknowledged: numbersOf(join(folder, 'acknowledged')) };
}

/** As long as this file is there the analysers measure. */
export const MEASURING = 'measuring';

// A line that was being written when the process was killed is none.
function numbersOf(file: string): readonly number[] {
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, 'utf8');
  const lines = whole.slice(0, whole.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => /^\d+$/.test(line)).map(Number);
}

function keep(file: string, n: number): void {
  // Ends whatever a kill left half-written.
  const whole = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (whole !== '' && !whole.endsWith('\n')) appendFileSync(file, 'x\n');
  const open = openSync(file, 'a');
  writeSync(open, `${n}\n`);
  fsyncSync(open);
  closeSync(open);
}

async function measure(folder: string, perSecond: number): Promise<never> {
  let next = (queueOf(folder).queued.at(-1) ?? -1) + 1;
  for (;;) {
    await delay(1000 / perSecond);
    if (!existsSync(join(folder, MEASURING))) continue;
    keep(join(folder, 'queue'), next);
    next += 1;
  }
}

async function sendAll(port: number, folder: string): Promise<never> {
  for (;;) {
    const sender = await MllpSender.open(port).catch(() => undefined);
    while (sender?.isOpen === true) {
      const { queued, acknowledged } = queueOf(folder);
      const next = queued[acknowledged.length];
      if (next === undefined) await delay(30);
      else {
        const answer = await sender.send(resultMessage(queuedWish(next))).catch(() => undefined);
        if (answer === undefined) break;
        if (answer.code === 'AA') keep(join(folder, 'acknowledged'), next);
        else keep(join(folder, `refused-${answer.code}`), next);
        // Told to come again (AR), it does.
        if (answer.code !== 'AA') await delay(500);
      }
    }
    sender?.close();
    await delay(200);
  }
}

if (import.meta.main) {
  const [port = '', folder = '', perSecond = '5'] = process.argv.slice(2);
  await Promise.all([measure(folder, Number(perSecond)), sendAll(Number(port), folder)]);
}
