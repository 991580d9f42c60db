import type { ChartAnswer, ConsoleAnswerOf, OpeningWhy, PersonEvent } from '@leadglass/contract';
import { type Clock, text } from '@leadglass/kit';
import { actorOf } from './api.ts';
import type { Endings } from './endings.ts';
import { badField, consoleFault } from './faults.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { Session } from './sessions.ts';
import type { Studies } from './studies.ts';

/** Charts that one session has open; the one opened first is closed for another. */
const MOST_CHARTS = 200;
const MOST_SESSIONS = 2_000;
const DAY_MS = 86_400_000;
/** An order that was heard of so long ago says nothing of today. */
const ORDER_MS = 30 * DAY_MS;

const WHYS: Readonly<Record<OpeningWhy, string>> = {
  care: 'care',
  advice: 'advice asked for',
  danger: 'life in danger',
  other: 'other',
};

interface PatientOpen {
  readonly chart: number;
  readonly why: OpeningWhy;
  readonly words: string;
}

interface OpenAround {
  readonly session: Session;
  readonly address: string;
  /** For the ledger; rejects when it cannot be told, and then nothing is opened. */
  tell(event: PersonEvent): Promise<void>;
}

export interface PatientsParts {
  readonly clock: Clock;
  readonly endings: Endings;
  readonly gateway: Pick<GatewayClient, 'call'>;
  readonly studies: Pick<Studies, 'admit'>;
}

/** Which session may read which chart: what it opened, with a reason, after the ledger was told, until it ends. */
export class Patients {
  readonly #parts: PatientsParts;
  readonly #bySession = new Map<string, Set<number>>();

  constructor(parts: PatientsParts) {
    this.#parts = parts;
    parts.endings.onEnded((id) => (id === undefined ? this.#bySession.clear() : void this.#bySession.delete(id)));
  }

  /** Throws Fault, GatewayRefusal. */
  async open({ chart, why, words }: PatientOpen, around: OpenAround): Promise<ConsoleAnswerOf<'patient.open'>> {
    const { session, address } = around;
    if (why === 'other' && words === '') throw badField('words', NO_WORDS);
    const reason = words === '' ? WHYS[why] : `${WHYS[why]}: ${words}`;
    const { account: by, role } = session.person;
    // The gateway tells the ledger of it before it answers.
    const found = await this.#parts.gateway.call('chart.patient', { chart, reason }, { actor: actorOf(session) });
    const isGlass = !hasRelation(found, this.#parts.clock.now());
    if (isGlass) await around.tell({ what: 'broke-glass', by, role, chart: found.patient.chart, why, words });
    this.#keep(session.id, [chart, found.patient.chart]);
    this.#parts.studies.admit(
      session,
      address,
      found.studies.map(({ studyInstanceUid }) => studyInstanceUid),
    );
    return { chart: found, isGlass };
  }

  /** Throws Fault unless the session opened this chart. */
  require(session: Session, chart: number): void {
    if (this.#bySession.get(session.id)?.has(chart) !== true) throw consoleFault('console.forbidden', NOT_OPENED);
  }

  #keep(session: string, charts: readonly number[]): void {
    const opened = this.#bySession.get(session) ?? new Set<number>();
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size >= MOST_SESSIONS && oldest !== undefined && oldest !== session)
      this.#bySession.delete(oldest);
    this.#bySession.set(session, opened);
    for (const chart of charts) {
      opened.delete(chart);
      opened.add(chart);
    }
    for (const first of [...opened].slice(0, Math.max(0, opened.size - MOST_CHARTS))) opened.delete(first);
  }
}

/** Whether a system of the house told that the patient is here or expected, or asked something for them of late. */
export function hasRelation({ patient, visits, orders }: ChartAnswer, nowMs: number): boolean {
  const isHere = patient.isPresent || visits.some(({ state }) => state === 'present' || state === 'expected');
  return isHere || orders.some(({ isCancelled, heardMs }) => !isCancelled && nowMs - heardMs < ORDER_MS);
}

const NO_WORDS = text('Dites pourquoi, en quelques mots.', 'Say why, in a few words.');
const NOT_OPENED = text(
  'Ouvrez d’abord ce patient, page « Urgences » : chaque ouverture est un acte du registre.',
  'Open this patient first, on the page “Emergency”: each opening is an act in the ledger.',
);
