import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fault } from '@leadglass/kit';
import { CliFailure } from '../exits.ts';
import { workerFlags } from '../scan/worker-flags.ts';
import { continuityFault } from './faults.ts';
import { type Asked, FromPuller, type ToPuller } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./puller.ts', import.meta.url));

type Last = Extract<FromPuller, { t: 'enrolled' | 'done' }>;

/** Hears a puller; what it returns for `ask` is told back. */
export interface PullerListener {
  ask(ask: Asked, request: Readonly<Record<string, unknown>>): Promise<unknown>;
  parts(message: Extract<FromPuller, { t: 'parts' }>): void;
  checkpoint(checkpoint: string): void;
  wanted(studies: readonly string[]): void;
  progress(message: Extract<FromPuller, { t: 'progress' }>): void;
}

/** Runs one puller to its end. Rejects with the Fault it failed with, or `continuity.unreachable` when it died. */
export function runPuller(first: ToPuller, listener: PullerListener, signal: AbortSignal): Promise<Last> {
  const child = fork(ENTRY, [], {
    execArgv: [...workerFlags([], undefined), '--allow-net'],
    env: {},
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  return new Promise<Last>((resolve, reject) => {
    child.once('error', (thrown) => reject(continuityFault('continuity.unreachable', thrown)));
    child.once('exit', () => reject(continuityFault('continuity.unreachable', new Error('the puller ended'))));
    child.on('message', (said) => {
      const message = FromPuller.safeParse(said);
      if (!message.success) reject(continuityFault('continuity.unreadable'));
      else void heard(child, message.data, listener, resolve, reject);
    });
    child.send(first);
  }).finally(() => {
    signal.removeEventListener('abort', end);
    end();
  });
}

/** What the keeper says, or why it refuses: the puller ends what it began with it. */
async function answerOf(
  { ask, request }: Extract<FromPuller, { t: 'ask' }>,
  listener: PullerListener,
): Promise<Omit<Extract<ToPuller, { t: 'answered' }>, 't'>> {
  try {
    return { answer: await listener.ask(ask, request) };
  } catch (thrown) {
    const fault = thrown instanceof CliFailure ? thrown : undefined;
    if (fault === undefined) throw thrown;
    return { why: { code: fault.code, text: fault.text } };
  }
}

async function heard(
  child: ChildProcess,
  message: FromPuller,
  listener: PullerListener,
  resolve: (last: Last) => void,
  reject: (why: unknown) => void,
): Promise<void> {
  try {
    switch (message.t) {
      case 'ask':
        return void child.send({ t: 'answered', ...(await answerOf(message, listener)) } satisfies ToPuller);
      case 'parts':
        return listener.parts(message);
      case 'wanted':
        return listener.wanted(message.studies);
      case 'checkpoint':
        return listener.checkpoint(message.checkpoint);
      case 'progress':
        return listener.progress(message);
      case 'failed':
        return reject(new Fault(message.code, 'transient', message.text));
      default:
        return resolve(message);
    }
  } catch (thrown) {
    reject(thrown);
  }
}
