import { adverseReactionOf, allergyOf, type OpenAllergy } from './allergy.ts';
import { Filing } from './filing.ts';
import { type OpenObservation, observationsOf } from './observation.ts';
import {
  addImaging,
  addPerson,
  addRequest,
  addService,
  addStudy,
  addTiming,
  emptyOrder,
  type OpenOrder,
  orderOf,
  scheduleOf,
  stepOf,
} from './order.ts';
import { mergeOf, NO_PATIENT, patientOf, visitOf } from './patient.ts';
import type { Problems } from './problems.ts';
import type {
  DocumentReading,
  HeaderReading,
  MergeReading,
  PatientPart,
  PatientReading,
  ReadingKind,
  VisitReading,
} from './readings.ts';
import { addObservations, addSpecimen, namelessReport, type OpenReport, reportOf } from './report.ts';
import { meaning, type Segment } from './segment.ts';
import { WHY } from './why.ts';

/** What is told of a patient, while it comes. */
interface OpenPart extends PatientPart {
  visit: VisitReading | undefined;
  merge: MergeReading | undefined;
  readonly orders: OpenOrder[];
  readonly reports: OpenReport[];
  readonly documents: DocumentReading[];
  readonly allergies: OpenAllergy[];
  readonly notes: string[];
}

/**
 * Puts the segments of a message together, in the order they come: each belongs to the patient, order or report before it. What is no segment of
 * this table is passed over (`Z` segments, insurance, …).
 */
export class Assembler {
  readonly #kind: ReadingKind;
  readonly #trigger: string;
  readonly #problems: Problems;
  readonly #parts: OpenPart[] = [];
  #part: OpenPart | undefined;
  #orc: Segment | undefined;
  #order: OpenOrder | undefined;
  /** Orders since the last ZDS, which are of one study. */
  #unstudied: OpenOrder[] = [];
  /** Orders of a schedule, which come before or after the patients and are for all of them. */
  readonly #booked: OpenOrder[] = [];
  #report: OpenReport | undefined;
  readonly #filing: Filing;
  /** Where the next NTE belongs. */
  #notes: string[] = [];

  constructor(kind: ReadingKind, header: HeaderReading, problems: Problems) {
    this.#kind = kind;
    this.#trigger = header.trigger;
    this.#problems = problems;
    this.#filing = new Filing(problems);
  }

  /** Takes the next segment. */
  take(segment: Segment): void {
    SEGMENTS.get(segment.name)?.(this, segment);
  }

  /** What is told of each patient, and what is missing. */
  finish(): readonly PatientPart[] {
    this.#filing.end(this.#part);
    if (this.#kind === 'schedule') this.#book();
    else if (this.#parts.length === 0 && this.#kind !== 'other') this.#problems.fatal(101, 'PID', 0, WHY.noPatient);
    if (this.#kind === 'merge' && this.#parts.some(({ merge }) => merge === undefined || merge.from.length === 0))
      this.#problems.fatal(101, 'MRG', 0, WHY.noMerge);
    return this.#parts;
  }

  pid(segment: Segment): void {
    this.#filing.end(this.#part);
    const patient = patientOf(segment, this.#problems);
    if (patient.identifiers.length === 0) this.#tellNameless(segment, patient);
    this.#begin(patient);
  }

  pv1(segment: Segment): void {
    const part = this.#within(segment);
    if (part === undefined) return;
    part.visit = visitOf(segment);
    this.#notes = part.notes;
  }

  mrg(segment: Segment): void {
    const part = this.#within(segment);
    if (part === undefined) return;
    const merge = mergeOf(segment);
    const before = part.merge?.from ?? [];
    part.merge = {
      from: [...before, ...merge.from],
      fromAccount: merge.fromAccount || (part.merge?.fromAccount ?? ''),
    };
  }

  orc(segment: Segment): void {
    this.#orc = segment;
    this.#report = undefined;
    this.#notes = [];
    if (this.#kind !== 'order') return;
    this.#order = undefined;
    this.#addOrder(orderOf(segment), segment);
  }

  obr(segment: Segment): void {
    if (this.#kind === 'order') this.#request(segment);
    else if (this.#kind === 'result' || this.#kind === 'other') this.#beginReport(segment);
  }

  obx(segment: Segment): void {
    if (this.#kind === 'document') return this.#file(segment);
    if (this.#kind !== 'result' && this.#kind !== 'other') return this.#aside();
    const report = this.#reportFor(segment);
    if (report === undefined) return;
    const found = observationsOf(segment, this.#problems);
    const last: OpenObservation | undefined = addObservations(report, found);
    if (last !== undefined) this.#notes = last.notes;
  }

  nte(segment: Segment): void {
    const lines = segment.repetitions(3).map((raw) => meaning(raw, segment.dialect));
    this.#notes.push(lines.join('\n'));
  }

  spm(segment: Segment): void {
    if (this.#report !== undefined) addSpecimen(this.#report, segment);
  }

  tq1(segment: Segment): void {
    if (this.#order !== undefined) addTiming(this.#order, segment);
  }

  ipc(segment: Segment): void {
    const order = this.#order;
    if (order === undefined) return;
    const isSecondStep = order.stepId !== '' && order.stationAeTitle !== '';
    if (isSecondStep) this.#addOrder(stepOf(order), segment);
    if (this.#order !== undefined) addImaging(this.#order, segment);
  }

  zds(segment: Segment): void {
    for (const order of this.#unstudied.splice(0)) addStudy(order, segment);
  }

  sch(segment: Segment): void {
    this.#order = scheduleOf(segment, this.#trigger);
    this.#booked.push(this.#order);
    this.#notes = this.#order.notes;
  }

  ais(segment: Segment): void {
    if (this.#order === undefined || this.#kind !== 'schedule') return;
    if (this.#order.procedure.id !== '' || this.#order.procedure.text !== '') {
      this.#order = stepOf(this.#order);
      this.#booked.push(this.#order);
    }
    addService(this.#order, segment);
    this.#notes = this.#order.notes;
  }

  aip(segment: Segment): void {
    if (this.#order !== undefined && this.#kind === 'schedule') addPerson(this.#order, segment);
  }

  txa(segment: Segment): void {
    if (this.#kind !== 'document') return;
    this.#filing.end(this.#part);
    this.#filing.begin(segment);
  }

  al1(segment: Segment): void {
    this.#addAllergy(segment, allergyOf(segment, this.#problems));
  }

  iam(segment: Segment): void {
    this.#addAllergy(segment, adverseReactionOf(segment, this.#problems));
  }

  #addAllergy(segment: Segment, allergy: OpenAllergy | undefined): void {
    const part = this.#within(segment);
    this.#notes = allergy?.notes ?? [];
    if (part !== undefined && allergy !== undefined) part.allergies.push(allergy);
  }

  #tellNameless(segment: Segment, patient: PatientReading): void {
    if (patient.names.length > 0 || this.#kind === 'other') this.#problems.tell(101, segment, 3, WHY.noIdentifier);
    else this.#problems.fatal(101, segment, 3, WHY.namelessPatient);
  }

  #begin(patient: PatientReading): OpenPart {
    const part = {
      patient,
      visit: undefined,
      merge: undefined,
      orders: [],
      reports: [],
      documents: [],
      allergies: [],
      notes: [],
    };
    this.#part = part;
    this.#parts.push(part);
    this.#notes = part.notes;
    this.#orc = undefined;
    this.#report = undefined;
    if (this.#kind === 'order') this.#order = undefined;
    this.#unstudied = [];
    return part;
  }

  /** The patient a segment belongs to; told where there is none. */
  #within(segment: Segment): OpenPart | undefined {
    if (this.#part === undefined) this.#problems.tell(100, segment, 0, WHY.outOfOrder);
    return this.#part;
  }

  #addOrder(order: OpenOrder, segment: Segment): void {
    const part = this.#within(segment);
    if (part === undefined) return;
    this.#order = order;
    this.#notes = order.notes;
    part.orders.push(order);
    this.#unstudied.push(order);
  }

  /** OBR of an order: completes what its ORC began; a second one is an order more under the same ORC. */
  #request(obr: Segment): void {
    const isComplete =
      this.#order === undefined || this.#order.procedure.id !== '' || this.#order.procedure.text !== '';
    if (isComplete) this.#addOrder(this.#orc === undefined ? emptyOrder() : orderOf(this.#orc), obr);
    if (this.#order === undefined) return;
    addRequest(this.#order, obr);
    this.#notes = this.#order.notes;
  }

  #beginReport(obr: Segment): void {
    const part = this.#within(obr);
    if (part === undefined) return;
    const report = reportOf(obr, this.#orc);
    report.notes.push(...this.#takeOrcNotes());
    part.reports.push(report);
    this.#report = report;
    this.#notes = report.notes;
  }

  /** NTE between ORC and OBR. */
  #takeOrcNotes(): readonly string[] {
    const isOfOrc = this.#orc !== undefined && this.#report === undefined && this.#notes !== this.#part?.notes;
    return isOfOrc ? this.#notes : [];
  }

  #reportFor(obx: Segment): OpenReport | undefined {
    if (this.#report !== undefined) return this.#report;
    const part = this.#within(obx);
    if (part === undefined) return undefined;
    this.#problems.tell(100, obx, 0, WHY.outOfOrder);
    this.#report = namelessReport();
    part.reports.push(this.#report);
    return this.#report;
  }

  /** OBX of an order or an admission is no result: it is passed over, and so are its notes. */
  #aside(): void {
    this.#notes = [];
  }

  #file(obx: Segment): void {
    this.#notes = [];
    this.#filing.take(obx, this.#part);
  }

  #book(): void {
    if (this.#parts.length === 0) {
      this.#problems.tell(101, 'PID', 0, WHY.noPatient);
      this.#begin(NO_PATIENT);
    }
    for (const part of this.#parts) part.orders.push(...this.#booked);
  }
}

const SEGMENTS: ReadonlyMap<string, (assembler: Assembler, segment: Segment) => void> = new Map(
  Object.entries({
    PID: (assembler, segment) => assembler.pid(segment),
    PV1: (assembler, segment) => assembler.pv1(segment),
    MRG: (assembler, segment) => assembler.mrg(segment),
    ORC: (assembler, segment) => assembler.orc(segment),
    OBR: (assembler, segment) => assembler.obr(segment),
    OBX: (assembler, segment) => assembler.obx(segment),
    NTE: (assembler, segment) => assembler.nte(segment),
    SPM: (assembler, segment) => assembler.spm(segment),
    TQ1: (assembler, segment) => assembler.tq1(segment),
    IPC: (assembler, segment) => assembler.ipc(segment),
    ZDS: (assembler, segment) => assembler.zds(segment),
    SCH: (assembler, segment) => assembler.sch(segment),
    AIS: (assembler, segment) => assembler.ais(segment),
    AIP: (assembler, segment) => assembler.aip(segment),
    TXA: (assembler, segment) => assembler.txa(segment),
    AL1: (assembler, segment) => assembler.al1(segment),
    IAM: (assembler, segment) => assembler.iam(segment),
  } satisfies Record<string, (assembler: Assembler, segment: Segment) => void>),
);
