import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusAnswer } from '@leadglass/contract';
import { type Checkpoint, openCheckpoint } from '@leadglass/ledger';
import type { AeTitle } from '@leadglass/model';
import type { ControlClient } from '../client.ts';
import { trustOf } from '../commands/ledger.ts';
import { Observer } from './observer.ts';
import type { Outcome } from './outcome.ts';
import type { Numbered } from './pack/pack.ts';
import { TestSite } from './site.ts';
import type { Cleared } from './temporary.ts';
import { Trial } from './trial.ts';

/** The gateway at one moment, and how far its ledger goes. */
export interface Standing {
  readonly status: StatusAnswer;
  /** The signed checkpoint, its signature checked. */
  readonly checkpoint: Checkpoint & { readonly note: string };
}

export interface RunOptions {
  readonly client: ControlClient;
  readonly home: string;
  readonly attacks: readonly Numbered[];
  readonly seed: number;
  readonly like: AeTitle | undefined;
  readonly isTls: boolean;
  /** Ends the run after the attack under way. */
  readonly signal: AbortSignal;
  /** What an earlier run had left was taken away. */
  began(leftovers: Cleared): void;
  /** One attack is over. */
  tried(outcome: Outcome): void;
}

/** What a run has shown. */
export interface RunReport {
  readonly seed: number;
  /** The listener that was tried. */
  readonly listener: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly before: Standing;
  readonly after: Standing;
  readonly outcomes: readonly Outcome[];
  /** Whether it was stopped before its end. */
  readonly isCutShort: boolean;
  /** Milliseconds of an honest C-ECHO at the end; undefined when it did not succeed. */
  readonly honestMs: number | undefined;
  readonly cleared: Cleared;
  /** Objects of the test that stay in the vault: what is in custody is not taken out. */
  readonly kept: number;
}

const MOST_RUN = 0xffff_ffff;
const LEDGER_WITHIN_MS = 10_000;
const POLL_MS = 100;

/** The status now, and the checkpoint once the ledger has taken up what waits. Throws CliFailure. */
async function standingOf(client: ControlClient, home: string): Promise<Standing> {
  const endMs = performance.now() + LEDGER_WITHIN_MS;
  let status = await client.call('status', {});
  while (status.ledger.waiting > 0 && performance.now() < endMs) {
    await delay(POLL_MS);
    status = await client.call('status', {});
  }
  const note = await readFile(join(home, 'ledger/checkpoint'), 'utf8');
  const checkpoint = openCheckpoint(note, await trustOf(home));
  if (checkpoint === undefined) throw new Error('the ledger’s checkpoint is not signed by its key');
  return { status, checkpoint: { ...checkpoint, note } };
}

/** Every attack in turn, as long as the gateway answers an honest peer. */
async function tryAll(options: RunOptions, site: TestSite, observer: Observer) {
  const { client, seed, signal, attacks } = options;
  const trial = new Trial({ site, observer, client, seed, run: randomInt(MOST_RUN) });
  const outcomes: Outcome[] = [];
  for (const one of attacks) {
    if (signal.aborted) return { outcomes, isCutShort: true };
    const outcome = await trial.of(one);
    // What was cut off half way says nothing of the gateway.
    if (outcome === undefined || isAborted(signal)) continue;
    outcomes.push(outcome);
    options.tried(outcome);
    if (outcome.deed === 'silent' && (await honestOf(site)) === undefined) return { outcomes, isCutShort: true };
  }
  return { outcomes, isCutShort: false };
}

/** Asked anew each time: it changes while an attack is under way. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

const honestOf = (site: TestSite): Promise<number | undefined> => site.honest().catch(() => undefined);

/**
 * Lets the test callers in, tries every attack, and takes everything of the test away again, also when it was interrupted or failed.
 * Throws CliFailure when it cannot be done.
 */
export async function runPack(options: RunOptions): Promise<RunReport> {
  const { client, home } = options;
  const startedAtMs = Date.now();
  const before = await standingOf(client, home);
  const site = await TestSite.open(options);
  const interrupt = () => site.interrupt();
  options.signal.addEventListener('abort', interrupt);
  let cleared: Cleared | undefined;
  try {
    options.began(site.leftovers);
    const observer = await Observer.start(client, site.ownAddress);
    const tried = await tryAll(options, site, observer);
    const honestMs = await honestOf(site);
    cleared = await site.close();
    await observer.since(0, () => true);
    const after = await standingOf(client, home);
    const ended = { endedAtMs: Date.now(), after, honestMs, cleared, kept: observer.kept };
    return { seed: options.seed, listener: site.listener, startedAtMs, before, ...tried, ...ended };
  } finally {
    options.signal.removeEventListener('abort', interrupt);
    if (cleared === undefined) await site.close();
  }
}
