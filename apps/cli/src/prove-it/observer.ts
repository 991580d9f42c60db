import { setTimeout as delay } from 'node:timers/promises';
import type { LogEntry } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { isTestTitle } from '@leadglass/model';
import type { ControlClient } from '../client.ts';

const MOST_ENTRIES = 1_000;
const POLL_MS = 25;

/** Events after which an object stays in the vault. */
const KEEPS: readonly string[] = ['arrival.stored', 'copy.made'];

/** Events that end an association. */
const ENDS: readonly string[] = ['association.released', 'association.aborted'];
/** How long the end of an association may take to be written. */
const ENDED_WITHIN_MS = 2_000;

/** An event of the log. */
export type Facts = LogEntry['event'];

/** A field of an event that is text; empty when it has none. */
export const stringOf = (event: Facts, field: string): string => {
  const value = event[field];
  return typeof value === 'string' ? value : '';
};

/** The gateway's log, read as it grows: what it says of the test callers, and of its own trouble. */
export class Observer {
  readonly #client: ControlClient;
  readonly #ownAddress: string;
  readonly #kept = new Set<string>();
  /** Associations of ours whose end is not written yet. */
  readonly #open = new Set<string>();
  #after: number;

  private constructor(client: ControlClient, ownAddress: string, after: number) {
    this.#client = client;
    this.#ownAddress = ownAddress;
    this.#after = after;
  }

  /** One that sees what happens from now on. @param ownAddress from where attacks come. */
  static async start(client: ControlClient, ownAddress: string): Promise<Observer> {
    const { entries } = await client.call('log', { limit: 1 });
    return new Observer(client, ownAddress, entries.at(-1)?.seq ?? 0);
  }

  /**
   * What was said of us since the last time. Waits at most `withinMs` until one of it is wanted, and until the end of every association
   * of ours is written, which is when its connection is gone: else it would be taken for the end of the next.
   */
  async since(withinMs: number, isWanted: (event: Facts) => boolean): Promise<readonly Facts[]> {
    const ours: Facts[] = [];
    const endMs = performance.now() + withinMs;
    for (;;) {
      const { entries } = await this.#client.call('log', { afterSeq: this.#after, limit: MOST_ENTRIES });
      this.#after = entries.at(-1)?.seq ?? this.#after;
      const news = entries.map(({ event }) => event).filter((event) => this.#isOurs(event));
      for (const event of news) this.#note(event);
      ours.push(...news);
      const leftMs = endMs - performance.now();
      if (this.#open.size === 0 ? leftMs <= 0 || ours.some(isWanted) : leftMs <= -ENDED_WITHIN_MS) return ours;
      await delay(POLL_MS);
    }
  }

  #note(event: Facts): void {
    const association = stringOf(event, 'associationId');
    if (event.kind === 'association.accepted') this.#open.add(association);
    if (ENDS.includes(event.kind)) this.#open.delete(association);
    if (KEEPS.includes(event.kind)) this.#kept.add(stringOf(event, 'sha256'));
  }

  /** How many objects of ours were taken into custody for good, as far as the log was read. */
  get kept(): number {
    return this.#kept.size;
  }

  // Attacks come under titles that are no titles too: those from our own address that belong to no peer are ours.
  #isOurs(event: Facts): boolean {
    if (event.kind === 'intake.died') return true;
    if (isTestTitle(stringOf(event, 'peer')) || isTestTitle(stringOf(event, 'calling'))) return true;
    const isStranger = ['association.rejected', 'association.aborted', 'connection.refused'].includes(event.kind);
    return isStranger && stringOf(event, 'remoteAddress') === this.#ownAddress;
  }
}

/** Why an event says it happened, in the gateway's own words. */
export function whyOf(event: Facts | undefined): Text | undefined {
  const why: unknown = event?.why;
  const first: unknown = Array.isArray(why) ? (why[1] ?? why[0]) : why;
  if (typeof first !== 'object' || first === null || !('fr' in first) || !('en' in first)) return undefined;
  return text(String(first.fr), String(first.en));
}

/** Codes of findings that an event names. */
export function findingsOf(event: Facts | undefined): readonly string[] {
  const findings: unknown = event?.findings;
  return Array.isArray(findings) ? findings.filter((code) => typeof code === 'string') : [];
}
