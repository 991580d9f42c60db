import { Sealer } from '@leadglass/catalogue';
import type { ExpectedPatient } from '@leadglass/continuity';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { TAG } from '@leadglass/dicom';
import type { Clock, Fault, Logger } from '@leadglass/kit';
import type { Destination, Event, Peer, RelayedService } from '@leadglass/model';
import { type AttributeSet, nameOf, worklistFacts } from '@leadglass/query';
import type { Records } from '@leadglass/records';
import type { Certificates } from '../certificate-watch.ts';
import type { Connection } from '../connections.ts';
import type { FindFromIntake, FoundMessage } from '../find-messages.ts';
import { Hl7Host } from '../hl7/hl7-host.ts';
import type { IntakePool } from '../intake-pool.ts';
import type { Rules } from '../keeper/rules-in-force.ts';
import type { Learning } from '../learning/learning.ts';
import type { OwnToIntake } from '../own-messages.ts';
import type { OperationMessage } from '../relay-messages.ts';
import { Errands } from './errands.ts';
import { KeptWorklist } from './kept-worklist.ts';
import type { Outages } from './outages.ts';
import { PlannedDays, type PulledRegistration, type PulledSchedule } from './planned.ts';
import { Registrations } from './registrations.ts';
import type { ScheduleFromIntake } from './schedule-messages.ts';
import { StepDelivery } from './step-delivery.ts';
import { StepHost } from './step-host.ts';
import { HOURS_AHEAD_SETTING, WorklistFetcher } from './worklist-fetcher.ts';
import { WorklistHost } from './worklist-host.ts';

export interface ScheduleTools {
  readonly records: Pick<
    Records,
    'schedule' | 'steps' | 'hl7' | 'reconciliation' | 'appendEvents' | 'setting' | 'setSetting'
  >;
  readonly indexKey: ConstructorParameters<typeof Sealer>[0];
  readonly outages: Outages;
  readonly clock: Clock;
  readonly log: Logger;
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  rules(): Rules;
  gate(): Fault | undefined;
  intakes(): IntakePool;
  nextConnection(): number;
  certificates(): Certificates;
  pseudonym(issuer: string, patientId: string): string;
  /** Whether the site is isolated from it. */
  isCut(place: Pick<Destination, 'host' | 'outside'>): boolean;
  tell(event: Event): void;
  told(): void;
  /** What a continuity box pulled of its gateway; nothing elsewhere. */
  readonly pulled?: PulledSchedule;
}

/** What the control socket asks for. */
export type ScheduleActs = Pick<
  ScheduleHost,
  'add' | 'list' | 'show' | 'correct' | 'cancel' | 'status' | 'refresh' | 'setHoursAhead' | 'planned'
>;

/** Services of information systems that we answer when they cannot be reached. */
const STOOD_IN_FOR: ReadonlySet<RelayedService> = new Set<RelayedService>(['worklist', 'mpps']);

/** Of a schedule that is longer, the rest is not looked at: priors are kept by budget in any case. */
const MOST_EXPECTED = 20_000;

/** What makes devices go on working without an information system: its worklist kept ahead, performed steps taken and handed on later, registration. */
export class ScheduleHost {
  readonly #tools: ScheduleTools;
  readonly #errands: Errands;
  readonly #fetcher: WorklistFetcher;
  readonly #kept: KeptWorklist;
  readonly #worklist: WorklistHost;
  readonly #steps: StepHost;
  readonly #delivery: StepDelivery;
  readonly #registrations: Registrations;
  /** Who is told by HL7 of what is registered. */
  readonly hl7: Hl7Host;
  /** Days of kept schedules. */
  readonly planned: PlannedDays;

  constructor(tools: ScheduleTools) {
    this.#tools = tools;
    const { records, clock, log, outages, learning } = tools;
    const sealer = new Sealer(tools.indexKey);
    const shared = { records, sealer, clock, log, learning, outages, rules: () => tools.rules() };
    const told = (): void => tools.told();
    const tell = (event: Event): void => tools.tell(event);
    this.#errands = new Errands({
      ...{ clock, outages, intakes: () => tools.intakes(), nextConnection: () => tools.nextConnection() },
      certificates: () => tools.certificates(),
    });
    const errands = this.#errands;
    this.#fetcher = new WorklistFetcher({ ...shared, errands, tell });
    const tellIntake = ({ intake }: Connection, message: FoundMessage | OwnToIntake): void =>
      tools.intakes().tell(intake, message);
    const pulled = tools.pulled ?? NOTHING_PULLED;
    this.planned = new PlannedDays({ records, sealer, clock, pulled: () => pulled.registrations() });
    this.#kept = new KeptWorklist({ records, sealer, clock, pulled });
    this.#worklist = new WorklistHost({ ...shared, worklist: this.#kept, tellIntake, tell });
    this.#delivery = new StepDelivery({ ...shared, errands, told });
    this.#steps = new StepHost({
      ...{ ...shared, gate: () => tools.gate(), tellIntake, tell },
      taken: (upstream) => this.#delivery.taken(upstream),
    });
    this.hl7 = new Hl7Host({
      ...{ ...shared, errands, told },
      isUnasked: (destination) =>
        tools.isCut(destination) || (destination.system !== undefined && outages.isDown(destination.system)),
    });
    outages.onChange(() => this.hl7.poke());
    const pseudonym = (issuer: string, patientId: string): string => tools.pseudonym(issuer, patientId);
    this.#registrations = new Registrations({
      ...{ records, sealer, clock, pseudonym, told, hl7: this.hl7, pulled: () => pulled.registrations() },
    });
  }

  async start(): Promise<void> {
    await this.#delivery.start();
    this.hl7.start();
    this.#fetcher.start();
  }

  async stop(): Promise<void> {
    this.#errands.stop();
    await Promise.all([this.#fetcher.stop(), this.#delivery.stop(), this.hl7.stop()]);
  }

  /** Something may be sent again, to one destination or any. */
  resume(destination?: string): void {
    this.#delivery.resume(destination);
    this.hl7.poke();
  }

  /** Takes what an intake says about a connection of an admitted peer. */
  heard(connection: Connection, message: Extract<ScheduleFromIntake, { t: 'worklist-find' | 'step' }>): void {
    if (message.t === 'worklist-find') this.#worklist.asked(connection, message);
    else void this.#steps.asked(connection, message);
  }

  /** What an intake says of an errand. */
  errand(message: Extract<ScheduleFromIntake, { t: 'errand-found' | 'errand-ended' }>): void {
    this.#errands.heard(message);
  }

  /** What follows a question; see WorklistHost. */
  find(message: FindFromIntake): void {
    if (message.t !== 'find') this.#worklist.heard(message);
  }

  /** A connection is over. */
  ended(connection: number): void {
    this.#worklist.ended(connection);
  }

  /** The intake of an errand died. */
  lost(connection: number): void {
    this.#worklist.ended(connection);
    this.#errands.lost(connection);
  }

  /** Whether a service is answered here although its upstream is there: it is owed what came before. */
  isAnsweredHere(upstream: string, service: RelayedService): boolean {
    return service === 'mpps' && this.#delivery.isOwed(upstream);
  }

  /** A device is about to tell an upstream of a step itself: known from then on. Never rejects: the device is not held up by it. */
  async relayed({ step }: OperationMessage, peer: Peer, upstream: string): Promise<void> {
    if (step?.kind !== 'create') return;
    const { records, clock, log } = this.#tools;
    await records.steps
      .relayed(step.uid, peer.aeTitle, upstream, clock.now())
      .catch((thrown) => log.error('step.not-remembered', { fault: thrown }));
  }

  /** Who is scheduled, under each pseudonym their images may have come under, with what they are scheduled for. */
  async expected(): Promise<readonly ExpectedPatient[]> {
    const found: ExpectedPatient[] = [];
    for await (const slice of this.#kept.all()) {
      for (const entry of slice) found.push(...this.#expectedBy(entry));
      if (found.length >= MOST_EXPECTED) break;
    }
    return found.slice(0, MOST_EXPECTED);
  }

  /** Numbers of patients who are scheduled or registered, as their sources write them, each once. */
  async scheduledNumbers(): Promise<readonly string[]> {
    const numbers = new Set<string>();
    for await (const slice of this.#kept.all()) {
      for (const entry of slice) numbers.add(textOf(entry, TAG.PatientID).toUpperCase());
      if (numbers.size >= MOST_EXPECTED) break;
    }
    numbers.delete('');
    return [...numbers].slice(0, MOST_EXPECTED);
  }

  /** What was registered here and is open, with the entry that devices are given. */
  openRegistrations(): Promise<readonly PulledRegistration[]> {
    return this.#registrations.open();
  }

  #expectedBy(entry: AttributeSet): readonly ExpectedPatient[] {
    const [id, issuer] = [textOf(entry, TAG.PatientID), textOf(entry, TAG.IssuerOfPatientID)];
    if (id === '') return [];
    const modality = worklistFacts(entry).modalities[0];
    const issuers = issuer === '' ? [''] : [issuer, ''];
    return issuers.map((from) => ({
      patient: this.#tools.pseudonym(from, id),
      ...(modality === undefined ? {} : { modality }),
    }));
  }

  add(asked: ParsedRequestOf<'registration.add'>): Promise<AnswerInputOf<'registration.add'>> {
    return this.#registrations.add(asked);
  }

  list(asked: ParsedRequestOf<'registration.list'>): Promise<AnswerInputOf<'registration.list'>> {
    return this.#registrations.list(asked);
  }

  show(asked: ParsedRequestOf<'registration.show'>): Promise<AnswerInputOf<'registration.show'>> {
    return this.#registrations.show(asked);
  }

  correct(asked: ParsedRequestOf<'registration.correct'>): Promise<AnswerInputOf<'registration.correct'>> {
    return this.#registrations.correct(asked);
  }

  cancel(asked: ParsedRequestOf<'registration.cancel'>): Promise<AnswerInputOf<'registration.cancel'>> {
    return this.#registrations.cancel(asked);
  }

  /** How each worklist is kept, and what waits. */
  async status(): Promise<AnswerInputOf<'worklist.status'>> {
    const { records, outages, rules } = this.#tools;
    const [periods, waiting] = [await records.schedule.periods(), await records.steps.count('waiting')];
    const { relays, destinations } = rules();
    const led = new Set(
      relays.filter(({ services }) => services.some((one) => STOOD_IN_FOR.has(one))).map(({ to }) => to),
    );
    const asked = new Set(relays.filter(({ services }) => services.includes('worklist')).map(({ to }) => to));
    const names = new Set([...destinations.map(({ name }) => name).filter((name) => led.has(name)), ...waiting.keys()]);
    const schedules = [...names].map((destination) => {
      const state = this.#fetcher.states.get(destination);
      return {
        ...{ destination, isDown: outages.isDown(destination), hasWorklist: asked.has(destination) },
        waiting: waiting.get(destination) ?? 0,
        days: periods
          .filter(({ source }) => source === destination)
          .map(({ day, entries, asOfMs }) => ({ day, entries, asOfMs })),
        ...(state === undefined ? {} : { askedAtMs: state.atMs }),
        ...(state?.why === undefined ? {} : { why: state.why }),
      };
    });
    return { hoursAhead: await this.#fetcher.hoursAhead(), schedules };
  }

  /** Asks every information system now. */
  async refresh(): Promise<Record<string, never>> {
    await this.#fetcher.refresh();
    return {};
  }

  async setHoursAhead({ hoursAhead }: ParsedRequestOf<'worklist.set'>, event: Event): Promise<Record<string, never>> {
    await this.#tools.records.setSetting(HOURS_AHEAD_SETTING, String(hoursAhead), [event]);
    this.#tools.told();
    return {};
  }
}

const NOTHING_PULLED: PulledSchedule = { sources: () => [], registrations: () => [] };

function textOf(entry: AttributeSet, tag: number): string {
  const value = entry[nameOf(tag)];
  return typeof value === 'string' ? value.trim() : '';
}
