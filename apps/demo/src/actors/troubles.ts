import { connect } from 'node:net';
import type { Budget } from '../budget.ts';
import { ENCAPSULATED_PDF, infected, LOOK_ALIKES, SECONDARY_CAPTURE } from '../look-alikes.ts';
import { rest } from '../pace.ts';
import { Random } from '../random.ts';
import { type Caller, call, hangUp } from './link.ts';
import { Sender, type SentStudy } from './sender.ts';

/** Calls, asks C-ECHO where it is let in, and goes. */
export async function knock(caller: Caller, signal: AbortSignal): Promise<boolean> {
  try {
    const association = await call(caller, [], signal);
    await association.echo();
    await hangUp(association);
    return true;
  } catch {
    return false;
  }
}

/** A device whose settings are wrong: it knocks again and again, as devices do. @param may whether there is room for what that writes */
export async function keepKnocking(
  caller: Caller,
  everyMs: number,
  signal: AbortSignal,
  may: () => boolean,
): Promise<void> {
  do if (may()) await knock(caller, signal);
  while (await rest(everyMs, signal));
}

/** Titles that tools for scanning try. */
const TRIED = ['ANY-SCU', 'ECHOSCU', 'FINDSCU', 'MOVESCU', 'ORTHANC', 'DCM4CHEE', 'PACS', 'TEST'] as const;
const PROBES = [
  'GET / HTTP/1.1\r\nHost: pacs\r\n\r\n',
  '\x16\x03\x01\0\x05hello',
  'SSH-2.0-scan\r\n',
  '\0\0\0\0',
] as const;
const PROBE_MS = 1_500;

/** Somebody who looks for a way in: guesses titles, takes a device's own, and speaks whatever might be understood. */
export async function attack(
  caller: Omit<Caller, 'title'>,
  stolen: string,
  everyMs: number,
  signal: AbortSignal,
  may: () => boolean,
): Promise<void> {
  const random = new Random('attacker');
  do {
    if (!may()) continue;
    for (const title of [random.pick(TRIED), random.pick(TRIED), stolen])
      await knock({ ...caller, title, called: random.next() < 0.3 ? 'PACS' : caller.called }, signal);
    await probe(caller, random.pick(PROBES));
  } while (await rest(everyMs * random.between(0.5, 1.5), signal));
}

/** Says something that is no DICOM, and waits for the door to be shut. */
function probe({ port, address }: Omit<Caller, 'title'>, words: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...(address === undefined ? {} : { localAddress: address }) });
    socket.once('close', () => resolve()).on('error', () => {});
    socket.setTimeout(PROBE_MS, () => socket.destroy()).resume();
    socket.write(words, 'latin1');
  });
}

export interface InfectedOptions {
  readonly caller: Caller;
  readonly seed: number;
  readonly nowMs: number;
  readonly everyMs: number;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  told(sent: SentStudy): void;
}

/** The station that reads patients' CDs: what it sends carries what was on them. */
export async function sendInfected(options: InfectedOptions): Promise<void> {
  const { caller, seed, nowMs, everyMs, budget, signal, told } = options;
  const sender = new Sender(caller, signal);
  let no = 0;
  do {
    // The first round shows each kind once; afterwards one now and then.
    const round = no === 0 ? LOOK_ALIKES : LOOK_ALIKES.slice(no % LOOK_ALIKES.length).slice(0, 1);
    const isNew = budget.means === 'new';
    if (isNew)
      told(
        await sender.send(
          round.map((which) => infected(which, seed, no, nowMs)),
          [SECONDARY_CAPTURE, ENCAPSULATED_PDF],
        ),
      );
    no += 1;
  } while (await rest(everyMs, signal));
}
