import type { EventKind, EventOf } from '@leadglass/model';
import type { ControlServices } from '../control-services.ts';

/** Associations looked at for how they came. */
const LOOKED_AT = 500;
const MOST_DEATHS = 200;
const PLAIN_LISTENERS: ReadonlySet<string> = new Set(['dimse', 'web-plain']);

/** What the four figures are made of; each is counted or read, none is supposed. */
export interface PillarFacts {
  readonly now: number;
  readonly sinceMs: number;
  readonly isAccepting: boolean;
  readonly delivered: number;
  readonly failed: number;
  readonly pending: number;
  /** When the object came that waits longest; undefined when none does. */
  readonly waitingSinceMs: number | undefined;
  readonly intakesDied: number;
  readonly objects: number;
  readonly lastCheck: EventOf<'vault.checked'> | undefined;
  readonly associations: number;
  readonly overTls: number;
  readonly plainListeners: number;
  readonly tokens: number;
  readonly ledgerSize: number;
  readonly ledgerWaiting: number;
  /** When what the checkpoint covers last was written; undefined while it is empty. */
  readonly lastEntryAtMs: number | undefined;
  readonly hasLedger: boolean;
}

/** Reads what is needed by index alone. */
export async function pillarFacts(services: ControlServices): Promise<PillarFacts> {
  const { records, clock, ledger, startedAtMs } = services;
  const counts = await records.counts();
  const accepted = await last(services, 'association.accepted', LOOKED_AT);
  const died = await last(services, 'intake.died', MOST_DEATHS);
  const [check] = await last(services, 'vault.checked', 1);
  const size = ledger.size;
  const [entry] = size === 0 ? [] : await records.findEvents(`#${size - 1}`);
  return {
    ...{ now: clock.now(), sinceMs: startedAtMs, isAccepting: services.gate() === undefined },
    ...counts.deliveries,
    waitingSinceMs: await waitingSince(services),
    intakesDied: died.filter(({ atMs }) => atMs >= startedAtMs).length,
    ...{ objects: counts.custody.objects, lastCheck: check },
    ...{ associations: accepted.length, overTls: accepted.filter(({ listener }) => listener === 'dimse-tls').length },
    plainListeners: services.listeners().filter(({ name }) => PLAIN_LISTENERS.has(name)).length,
    tokens: (await records.webTokens.list()).length,
    ...{ ledgerSize: size, ledgerWaiting: counts.events.unsequenced, lastEntryAtMs: entry?.event.atMs },
    hasLedger: ledger.checkpoint !== '',
  };
}

async function last<K extends EventKind>({ records }: ControlServices, kind: K, limit: number): Promise<EventOf<K>[]> {
  const rows = await records.events({ kinds: [kind] }, limit);
  // Asked for by kind: of no other.
  return rows.map(({ event }) => event as unknown as EventOf<K>);
}

async function waitingSince({ records, rules }: ControlServices): Promise<number | undefined> {
  const since: number[] = [];
  for (const { name } of rules().destinations) {
    const atMs = await records.overview.firstWaitingMs('pending', name);
    if (atMs !== undefined) since.push(atMs);
  }
  return since.length === 0 ? undefined : Math.min(...since);
}
