import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MOST_WANTED } from '@leadglass/contract';
import { isFault, jsonLogger, type Logger, systemClock } from '@leadglass/kit';
import { generateIdentity } from '@leadglass/vault';
import type { ControlClient } from '../client.ts';
import { CliFailure, EXIT } from '../exits.ts';
import { continuityFault } from './faults.ts';
import type { Door, NodeFile } from './messages.ts';
import { readNode, writeNode } from './node-file.ts';
import { type PullerListener, runPuller } from './puller-process.ts';

/** The gateway of this home is asked so often whether it is there, and for so long. */
const ASK_MS = 250;
const READY_MS = 120_000;

/** A box enrols: its keys are made here, and the gateway hears the public half alone. Throws CliFailure. */
export async function enrol(home: string, from: string, code: string, signal: AbortSignal): Promise<NodeFile> {
  const identity = generateIdentity().text.reveal();
  const secret = `lgb_${randomBytes(32).toString('base64url')}`;
  try {
    const said = await runPuller({ t: 'enrol', from, code, identity, secret }, DEAF, signal);
    if (said.t !== 'enrolled') throw continuityFault('continuity.unreadable');
    const { name, authority, ledgerKey } = said;
    const node = { from, name, secret, identity, authority, ledgerKey, checkpoint: '', pulledAtMs: 0 };
    writeNode(home, node);
    return node;
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    throw new CliFailure(EXIT.failed, thrown.text, thrown.code);
  }
}

const DEAF: PullerListener = {
  ask: async () => undefined,
  parts: () => {},
  checkpoint: () => {},
  wanted: () => {},
  progress: () => {},
};

export interface PullingOptions {
  readonly home: string;
  readonly client: ControlClient;
  readonly signal: AbortSignal;
  /** From the end of a pull to the next. */
  readonly everyMs: number;
}

/** Pulls again and again until it is told to stop. What fails is logged; what is here goes on being served whatever happens. */
export async function keepPulling(options: PullingOptions): Promise<void> {
  const log = jsonLogger((line) => process.stderr.write(line), systemClock);
  const { signal, everyMs } = options;
  if (!(await isReady(options))) return;
  while (!signal.aborted) {
    const isOver = await pulled(options, log);
    if (isOver) return;
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** Whether nothing more is to be pulled. */
async function pulled(options: PullingOptions, log: Logger): Promise<boolean> {
  const node = readNode(options.home);
  if (node === undefined) return true;
  try {
    const { t: _, ...done } = await pullOnce(options, node);
    log.info('continuity.pulled', done);
    return false;
  } catch (thrown) {
    if (options.signal.aborted) return true;
    log.error('continuity.not-pulled', { fault: isFault(thrown) ? thrown : String(thrown) });
    return isFault(thrown) && thrown.code === 'continuity.history-rewritten';
  }
}

async function pullOnce({ home, client, signal }: PullingOptions, node: NodeFile) {
  let now = node;
  const wanted = new Set<string>();
  let parts: object = {};
  const keep = (change: Partial<NodeFile>): void => {
    now = { ...now, ...change };
    writeNode(home, now);
  };
  const listener: PullerListener = {
    ask: (ask, request) => client.call(ask, request as never),
    parts: ({ t: _, ...told }) => {
      parts = told;
    },
    checkpoint: (checkpoint) => keep({ checkpoint }),
    wanted: (studies) => {
      for (const study of studies) wanted.add(study);
    },
    progress: () => {},
  };
  const shut = new AbortController();
  const open = client.lines('continuity.take', {}, AbortSignal.any([signal, shut.signal]));
  try {
    const first = await open.next();
    if (first.done === true) throw continuityFault('continuity.box-refuses');
    const door: Door = first.value;
    const done = await runPuller({ t: 'pull', node, door }, listener, signal);
    keep({ pulledAtMs: Date.now() });
    // A set whose whole is not known lets nothing go.
    const isKnown = done.t === 'done' && wanted.size <= MOST_WANTED;
    const dropped = isKnown ? await client.call('continuity.retain', { wanted: [...wanted] }) : undefined;
    const isDropped = dropped !== undefined && dropped.studies + dropped.charts > 0;
    return { ...done, around: parts, ...(isDropped ? { dropped } : {}) };
  } finally {
    shut.abort();
    await open.return(undefined).catch(() => {});
  }
}

async function isReady({ client, signal }: PullingOptions): Promise<boolean> {
  const deadline = performance.now() + READY_MS;
  while (!signal.aborted && performance.now() < deadline) {
    const isThere = await client.call('status', {}).then(
      ({ listeners }) => listeners.some(({ name }) => name === 'dimse'),
      () => false,
    );
    if (isThere) return true;
    await delay(ASK_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}
