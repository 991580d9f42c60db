import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { text, toHex, uuidv7 } from '@leadglass/kit';
import { proofText } from '@leadglass/ledger';
import { type EventOf, eventSentence } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';

type Row = Awaited<ReturnType<Records['events']>>[number];
type LogLine = AnswerInputOf<'log.follow'>;

const POLL_MS = 500;
const PAGE = 500;
const MOST_PROOFS = 100;

/** The log in sentences, and the ledger beneath it. */
export class LogControl {
  readonly #services: ControlServices;
  /** When each last began to read. */
  readonly #readAtMs = new Map<string, number>();

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async log(asked: ParsedRequestOf<'log'>): Promise<AnswerInputOf<'log'>> {
    return { entries: (await this.#rows(asked.afterSeq, asked.kinds, asked.limit)).map(logLine) };
  }

  /** What was, then what comes, until `signal` says that nobody listens. */
  async *follow(asked: ParsedRequestOf<'log.follow'>, signal: AbortSignal): AsyncGenerator<LogLine> {
    let rows = await this.#rows(asked.afterSeq, asked.kinds, asked.limit);
    let afterSeq = asked.afterSeq ?? 0;
    while (!signal.aborted) {
      for (const row of rows) {
        yield logLine(row);
        afterSeq = row.seq;
      }
      if (rows.length < PAGE) await this.#pause(signal);
      rows = await this.#rows(afterSeq, asked.kinds, PAGE);
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#services.clock.after(POLL_MS, resolve);
      signal.addEventListener('abort', () => [timer.cancel(), resolve()], { once: true });
    });
  }

  /** `kinds` with a first word alone (`delivery`) are matched here; `records` knows whole kinds. */
  async #rows(
    afterSeq: number | undefined,
    kinds: readonly string[] | undefined,
    limit: number,
  ): Promise<readonly Row[]> {
    const filter = { ...(afterSeq === undefined ? {} : { afterSeq }) };
    if (kinds === undefined || kinds.length === 0) return this.#services.records.events(filter, limit);
    const whole = kinds.flatMap((kind) => (kind.includes('.') ? [kind] : kindsOf(kind)));
    return this.#services.records.events({ ...filter, kinds: whole }, limit);
  }

  async showLedger(asked: ParsedRequestOf<'ledger.show'>): Promise<AnswerInputOf<'ledger.show'>> {
    const { ledger } = this.#services;
    const { size } = ledger;
    const first = asked.first ?? Math.max(0, size - asked.count);
    if (first >= size && size > 0) throw controlFault('control.not-found', NO_ENTRY);
    await this.#recordReading();
    const entries: { index: number; content: string }[] = [];
    for (let index = first; index < Math.min(size, first + asked.count); index += 1) {
      entries.push({ index, content: new TextDecoder().decode(await ledger.entry(index)) });
    }
    return { size, entries };
  }

  async prove({ id }: ParsedRequestOf<'ledger.prove'>): Promise<AnswerInputOf<'ledger.prove'>> {
    const indexes = await this.#indexesOf(id);
    await this.#recordReading();
    const proofs: AnswerInputOf<'ledger.prove'>['proofs'][number][] = [];
    for (const index of indexes.slice(0, MOST_PROOFS)) {
      const proof = await this.#services.ledger.prove(index);
      proofs.push({
        ...proof,
        entry: toHex(proof.entry),
        leafHash: toHex(proof.leafHash),
        hashes: proof.hashes.map(toHex),
        rootHash: toHex(proof.rootHash),
        text: proofText(proof),
      });
    }
    return { proofs };
  }

  async #indexesOf(id: string): Promise<number[]> {
    const numbered = /^#?([0-9]{1,15})$/.exec(id)?.[1];
    if (numbered !== undefined) {
      if (Number(numbered) >= this.#services.ledger.size) throw controlFault('control.not-found', NO_ENTRY);
      return [Number(numbered)];
    }
    const rows = await this.#services.records.findEvents(id);
    const indexes = rows.map((row) => row.ledgerIndex).filter((index) => index !== undefined);
    if (indexes.length > 0) return indexes;
    if (rows.length === 0) throw controlFault('control.not-found', NO_ENTRY);
    throw controlFault(
      'control.conflict',
      text(
        'Cette entrée attend encore son inscription au registre.',
        'This entry still waits to be written to the ledger.',
      ),
    );
  }

  /**
   * Reading the audit trail is itself an auditable act (PS3.15 §A.5.3.2 "Audit Log Used"): one entry for what one person reads within a minute,
   * or leafing through a million entries would add thousands.
   */
  async #recordReading(): Promise<void> {
    const atMs = this.#services.clock.now();
    const since = atMs - (this.#readAtMs.get(by()) ?? Number.NEGATIVE_INFINITY);
    if (since >= 0 && since < ONE_READING_MS) return;
    const event: EventOf<'ledger.read'> = { id: uuidv7(atMs), atMs, kind: 'ledger.read', by: by() };
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
    this.#remember(event);
  }

  #remember({ by: reader, atMs }: EventOf<'ledger.read'>): void {
    this.#readAtMs.delete(reader);
    this.#readAtMs.set(reader, atMs);
    const [oldest] = this.#readAtMs.keys();
    if (this.#readAtMs.size > MOST_READERS && oldest !== undefined) this.#readAtMs.delete(oldest);
  }
}

const ONE_READING_MS = 60_000;
const MOST_READERS = 256;
const NO_ENTRY = text('Aucune entrée ne porte cet identifiant.', 'No entry has this identifier.');

/** Every kind by its first word. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['gateway.started', 'gateway.stopped'],
  intake: ['intake.started', 'intake.died'],
  clamav: ['clamav.up', 'clamav.down'],
  association: ['association.accepted', 'association.rejected', 'association.released', 'association.aborted'],
  connection: ['connection.refused'],
  operation: ['operation.answered', 'operation.refused'],
  arrival: ['arrival.stored', 'arrival.held', 'arrival.refused'],
  copy: ['copy.made', 'copy.impossible', 'copy.coerced', 'copy.not-coerced'],
  delivery: ['delivery.delivered', 'delivery.retrying', 'delivery.failed', 'delivery.requeued'],
  commitment: ['commitment.committed', 'commitment.refused', 'commitment.reported', 'commitment.unreported'],
  retrieve: ['retrieve.done'],
  hold: ['hold.viewed', 'hold.asked', 'hold.withdrawn', 'hold.released', 'hold.destroyed'],
  operator: ['operator.added', 'operator.removed'],
  import: ['import.begun', 'import.ended', 'import.interrupted'],
  web: ['web.retrieved', 'web.queried', 'web.stored', 'web.refused'],
  vault: ['vault.opened', 'vault.exported', 'vault.checked'],
  ledger: ['ledger.read'],
  certificate: ['certificate.issued', 'certificate.revoked', 'certificate.expiring'],
  tls: ['tls.rolled-back'],
  config: ['config.changed'],
  person: [
    'person.signed-in',
    'person.refused',
    'person.signed-out',
    'person.added',
    'person.changed',
    'person.removed',
  ],
  study: ['study.opened'],
  glass: ['glass.broken', 'glass.reviewed'],
  continuity: ['continuity.dropped'],
  journey: ['journey.searched'],
  feed: ['feed.received', 'feed.silent', 'feed.heard'],
  message: ['message.viewed', 'message.retried', 'message.dismissed'],
  chart: ['chart.searched', 'chart.opened', 'chart.merged', 'chart.unmerged', 'chart.forgotten'],
  schedule: ['schedule.kept', 'schedule.not-kept'],
  step: ['step.delivered', 'step.refused', 'steps.given-back'],
  registration: ['registration.added', 'registration.corrected', 'registration.cancelled'],
  identity: ['identity.waiting', 'identity.asked', 'identity.accepted', 'identity.released', 'identity.taken-back'],
  hl7: [
    'hl7.delivered',
    'hl7.refused',
    'hl7.withdrawn',
    'hl7.by-hand',
    'hl7.retried',
    'hl7.skipped',
    'hl7.told-late',
    'hl7.given-back',
  ],
  recovery: ['recovery.row-dropped'],
  outage: ['outage.began', 'outage.lifted', 'outage.ended'],
  giveback: ['giveback.done'],
  isolation: ['isolation.on', 'isolation.off'],
  drill: ['drill.began', 'drill.ended', 'drill.missed', 'drill.outage'],
};

function kindsOf(word: string): readonly string[] {
  const kinds = KINDS[word];
  if (kinds !== undefined) return kinds;
  const words = Object.keys(KINDS).join(', ');
  throw controlFault(
    'control.bad-request',
    text(`Genre d’événement inconnu ; les genres sont : ${words}.`, `Unknown kind of event; the kinds are: ${words}.`),
  );
}

/** An event as the log shows it. */
export function logLine(row: Row): LogLine {
  return {
    seq: row.seq,
    ledgerIndex: row.ledgerIndex ?? null,
    event: { ...row.event },
    sentence: eventSentence(row.event),
  };
}
