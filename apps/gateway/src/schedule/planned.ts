import type { Sealer } from '@leadglass/catalogue';
import type { AnswerInputOf, PlannedAnswer, WorklistDayAnswer } from '@leadglass/contract';
import { TAG, type Tag } from '@leadglass/dicom';
import type { Clock } from '@leadglass/kit';
import { type AttributeSet, nameOf, WORKLIST_TAG } from '@leadglass/query';
import type { Records, SchedulePeriod } from '@leadglass/records';
import { dayAfter, dayOf } from './days.ts';
import { entryName } from './worklist-fetcher.ts';

export interface PlannedTools {
  readonly records: Pick<Records, 'schedule'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** What a continuity box pulled of its gateway's registrations; none elsewhere. */
  readonly pulled: () => readonly PulledRegistration[];
}

/** A registration with the entry that devices are given. */
export interface PulledRegistration {
  readonly registration: AnswerInputOf<'registration.add'>['registration'];
  readonly entry: AttributeSet;
}

/** Sources whose schedules were pulled, and the gateway's open registrations. */
export interface PulledSchedule {
  sources(): readonly string[];
  registrations(): readonly PulledRegistration[];
}

const LAST_DAY = 99_991_231;
const MOST_OF_A_DAY = 5_000;
const MOST_REGISTERED = 5_000;
/** Longest word shown of an entry. */
const LONGEST = 256;

/** Days of kept schedules for people and for whoever takes them along: opened whole, a day of a source at once. */
export class PlannedDays {
  readonly #tools: PlannedTools;

  constructor(tools: PlannedTools) {
    this.#tools = tools;
  }

  /** Days of every source, from today on. */
  async periods(): Promise<readonly SchedulePeriod[]> {
    const today = dayOf(this.#tools.clock.now());
    return (await this.#tools.records.schedule.periods()).filter(({ day }) => day >= today);
  }

  /** All of a day of a source. */
  async entries(source: string, day: number): Promise<readonly AttributeSet[]> {
    const { records, sealer } = this.#tools;
    const rows = await records.schedule.entries(source, { day, position: -1 }, day, MOST_OF_A_DAY);
    return rows.map(({ position, sealed }) => sealer.open('schedule', entryName(source, day, position), sealed));
  }

  /** What was registered here and is open, of yesterday and later. */
  async registered(): Promise<readonly AttributeSet[]> {
    const { records, sealer, clock } = this.#tools;
    const rows = await records.schedule.registered(dayAfter(clock.now(), -1), LAST_DAY, MOST_REGISTERED);
    const open = rows.filter(({ state }) => state === 'open');
    return open.map(
      ({ number, sealed }) => (sealer.openJson('registered', number, sealed) as { readonly entry: AttributeSet }).entry,
    );
  }

  /** What is planned on a day, by time. */
  async day(asked: number | undefined): Promise<WorklistDayAnswer & { readonly days: readonly number[] }> {
    const day = asked ?? dayOf(this.#tools.clock.now());
    const periods = await this.periods();
    const found: PlannedAnswer[] = [];
    for (const { source } of periods.filter((period) => period.day === day))
      found.push(...(await this.entries(source, day)).map((entry) => plannedOf(entry, source)));
    const registered = [...(await this.registered()), ...this.#tools.pulled().map(({ entry }) => entry)];
    found.push(...registered.map((entry) => plannedOf(entry, '')).filter(({ date }) => date === String(day)));
    return {
      day,
      days: [...new Set([dayOf(this.#tools.clock.now()), ...periods.map((period) => period.day)])].sort(),
      entries: found.toSorted((a, b) => (a.time < b.time ? -1 : 1)).slice(0, MOST_OF_A_DAY),
      isCut: found.length > MOST_OF_A_DAY,
      sources: periods
        .filter((period) => period.day === day)
        .map(({ source, asOfMs, entries }) => ({ source, asOfMs, entries })),
    };
  }
}

function plannedOf(entry: AttributeSet, source: string): PlannedAnswer {
  const [step = {}] = itemsOf(entry, WORKLIST_TAG.ScheduledProcedureStepSequence);
  const of = (tag: Tag): string => wordOf(entry, tag);
  const ofStep = (tag: Tag): string => wordOf(step, tag);
  return {
    date: ofStep(WORKLIST_TAG.ScheduledProcedureStepStartDate),
    time: ofStep(WORKLIST_TAG.ScheduledProcedureStepStartTime),
    patient: {
      ...{ id: of(TAG.PatientID), name: of(TAG.PatientName) },
      ...{ birthDate: of(TAG.PatientBirthDate), sex: of(TAG.PatientSex) },
    },
    ...{ modality: ofStep(TAG.Modality), station: ofStep(WORKLIST_TAG.ScheduledStationAETitle) },
    procedure: of(WORKLIST_TAG.RequestedProcedureDescription) || ofStep(WORKLIST_TAG.ScheduledProcedureStepDescription),
    ...{ accession: of(TAG.AccessionNumber), priority: of(WORKLIST_TAG.RequestedProcedurePriority) },
    ...{ requester: of(TAG.ReferringPhysicianName), source },
  };
}

function itemsOf(entry: AttributeSet, tag: Tag): readonly AttributeSet[] {
  const value = entry[nameOf(tag)];
  return Array.isArray(value) ? (value as readonly AttributeSet[]) : [];
}

function wordOf(entry: AttributeSet, tag: Tag): string {
  const value = entry[nameOf(tag)];
  return typeof value === 'string' ? value.trim().slice(0, LONGEST) : '';
}
