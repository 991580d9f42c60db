import type {
  AllergyReading,
  Coded,
  DocumentReading,
  HeaderReading,
  Identifier,
  ObservationReading,
  OrderReading,
  PatientPart,
  PersonName,
  ReportReading,
  VisitReading,
} from './readings.ts';
import type { Delimiters } from './syntax.ts';

/** How a sender writes. */
export interface Manner {
  readonly delimiters: Delimiters;
  /** `\r`, `\n` or both. */
  readonly segmentEnd: string;
  /** Text in lines as repetitions of OBX-5, or as OBX after OBX. */
  readonly linesAs: 'repetitions' | 'segments';
  readonly hasOrc: boolean;
  /** Specimen in OBR-15 or in SPM. */
  readonly hasSpm: boolean;
  /** Timing in TQ1, or in ORC-7. */
  readonly hasTq1: boolean;
  /** Imaging in IPC, or in OBR-18 to 20 and ZDS. */
  readonly hasIpc: boolean;
  /** Segments of the sender's own between the others. */
  readonly hasZ: boolean;
}

type Fields = Readonly<Record<number, string>>;

/** Writes nouns as segments, independently of how they are read. */
export class Writer {
  readonly #manner: Manner;
  readonly #lines: string[] = [];

  constructor(manner: Manner) {
    this.#manner = manner;
  }

  /** The message so far. */
  get text(): string {
    return this.#lines.map((line) => line + this.#manner.segmentEnd).join('');
  }

  header(header: HeaderReading, charset: string): void {
    const { field, component, repetition, escape: sign, subcomponent, truncation } = this.#manner.delimiters;
    const fields: Fields = {
      2: component + repetition + sign + subcomponent + truncation,
      3: this.#text(header.sendingApplication),
      4: this.#text(header.sendingFacility),
      5: this.#text(header.receivingApplication),
      6: this.#text(header.receivingFacility),
      7: header.sentAt,
      9: this.#join([header.type, header.trigger]),
      10: this.#text(header.controlId),
      11: header.processing,
      12: header.version,
      15: header.acceptAck,
      16: header.applicationAck,
      18: charset,
    };
    const cells = Array.from({ length: 17 }, (_, index) => fields[index + 2] ?? '');
    this.#lines.push(['MSH', ...cells].join(field));
    if (header.type === 'ADT') this.#row('EVN', { 1: header.trigger, 2: header.sentAt });
  }

  patient({ patient, visit, notes, merge, allergies }: PatientPart): void {
    this.#row('PID', {
      1: '1',
      3: this.#repeat(patient.identifiers.map((identifier) => this.#identifier(identifier))),
      5: this.#repeat(patient.names.map((name) => this.#name(name))),
      7: patient.birthDate,
      8: patient.sex,
      11: patient.birthPlaceCode === '' ? '' : this.#join(['', '', '', '', '', '', 'BDL', '', patient.birthPlaceCode]),
      18: this.#text(patient.account),
      23: this.#text(patient.birthPlace),
      29: patient.diedAt,
      32: this.#repeat(patient.reliability),
    });
    this.#notes(notes);
    if (merge !== undefined) {
      const from = merge.from.map((identifier) => this.#identifier(identifier));
      this.#row('MRG', { 1: this.#repeat(from), 3: this.#text(merge.fromAccount) });
    }
    if (visit !== undefined) this.#visit(visit);
    for (const allergy of allergies) this.#allergy(allergy);
    if (this.#manner.hasZ) this.#row('ZBE', { 1: '4711', 4: 'INSERT' });
  }

  #allergy(allergy: AllergyReading): void {
    const { kind, code, severity, identifiedAt, source, action, number, sensitivity, status, notes } = allergy;
    const reactions = this.#repeat(allergy.reactions.map((reaction) => this.#text(reaction)));
    const common = { 1: '1', 2: this.#coded(kind), 3: this.#coded(code), 4: this.#coded(severity), 5: reactions };
    if (source === 'AL1') return this.#row('AL1', { ...common, 6: identifiedAt });
    this.#row('IAM', {
      ...{ ...common, 6: action, 7: this.#join([this.#text(number), 'DPI']), 9: sensitivity, 11: identifiedAt },
      17: this.#repeat(status),
    });
    this.#notes(notes);
  }

  report(report: ReportReading): void {
    const { hasOrc, hasSpm } = this.#manner;
    const specimen = this.#text(report.specimen);
    if (hasOrc) this.#row('ORC', { 1: 'RE', 2: this.#text(report.placer), 3: this.#text(report.filler) });
    this.#row('OBR', {
      2: hasOrc ? '' : this.#join([this.#text(report.placer), 'DPI']),
      3: this.#join([this.#text(report.filler), 'SGL']),
      4: this.#coded(report.panel),
      7: report.collectedAt,
      14: report.receivedAt,
      15: hasSpm || specimen === '' ? '' : ['', specimen].join(this.#manner.delimiters.subcomponent),
      16: this.#person(report.requester),
      22: report.issuedAt,
      24: report.section,
      25: report.status,
      29: this.#join(['', this.#text(report.parent)]),
    });
    this.#notes(report.notes);
    for (const observation of report.observations) this.#observation(observation);
    if (hasSpm && specimen !== '') this.#row('SPM', { 1: '1', 4: this.#join(['', specimen]) });
  }

  order(order: OrderReading): void {
    const { hasTq1, hasIpc } = this.#manner;
    this.#row('ORC', {
      1: order.control,
      2: this.#text(order.placer),
      3: this.#text(order.filler),
      5: order.status,
      7: hasTq1 ? '' : this.#join(['', '', '', order.scheduledAt, '', order.priority]),
      12: this.#person(order.requester),
      14: this.#text(order.requesterPhone),
    });
    if (hasTq1) this.#row('TQ1', { 1: '1', 7: order.scheduledAt, 9: order.priority });
    this.#row('OBR', {
      4: this.#coded(order.procedure),
      13: this.#text(order.clinicalInformation),
      18: hasIpc ? '' : this.#text(order.accession),
      19: hasIpc ? '' : this.#text(order.requestedProcedureId),
      20: hasIpc ? '' : this.#text(order.stepId),
      24: order.section,
      31: this.#join(['', this.#text(order.reason)]),
    });
    this.#notes(order.notes);
    const { accession, requestedProcedureId, studyInstanceUid, stepId } = order;
    if (!hasIpc) return this.#row('ZDS', { 1: this.#join([studyInstanceUid, '', 'Application', 'DICOM']) });
    this.#row('IPC', { 1: accession, 2: requestedProcedureId, 3: studyInstanceUid, 4: stepId });
  }

  schedule(order: OrderReading): void {
    this.#row('SCH', {
      1: this.#text(order.placer),
      2: this.#text(order.filler),
      7: this.#join(['', this.#text(order.reason)]),
      11: this.#join(['', '', '', order.scheduledAt, '', order.priority]),
      12: this.#person(order.requester),
      13: this.#text(order.requesterPhone),
      25: order.status,
    });
    this.#notes(order.notes);
  }

  service(order: OrderReading): void {
    this.#row('RGS', { 1: '1' });
    this.#row('AIS', { 1: '1', 3: this.#coded(order.procedure), 4: order.scheduledAt });
  }

  document(document: DocumentReading): void {
    this.#row('TXA', {
      1: '1',
      2: this.#join(['', this.#text(document.type)]),
      4: document.writtenAt,
      9: this.#person(document.author),
      12: this.#text(document.id),
      13: this.#text(document.parent),
      17: document.status,
      19: document.availability,
    });
    this.#row('OBX', {
      1: '1',
      2: 'ED',
      3: this.#join(['', this.#text(document.title)]),
      5: this.#data(document),
      11: 'F',
    });
  }

  #visit(visit: VisitReading): void {
    const [first = '', second = '', third = ''] = visit.doctors.map((doctor) => this.#person(doctor));
    this.#row('PV1', {
      1: '1',
      2: visit.class,
      3: this.#join(visit.location.split(', ').map((word) => this.#text(word))),
      7: first,
      8: second,
      17: third,
      19: this.#join([this.#text(visit.number), '', '', 'CHU']),
      44: visit.admittedAt,
      45: visit.dischargedAt,
    });
  }

  #observation(observation: ObservationReading): void {
    const isText = observation.valueType === 'TX' || observation.valueType === 'FT';
    const values = this.#values(observation);
    const pieces = isText && this.#manner.linesAs === 'segments' ? values : [this.#repeat(values)];
    for (const piece of pieces) this.#row('OBX', this.#observationFields(observation, piece));
    this.#notes(observation.notes);
  }

  #observationFields(observation: ObservationReading, value: string): Fields {
    return {
      1: '1',
      2: observation.valueType,
      3: this.#coded(observation.code),
      4: this.#text(observation.subId),
      5: value,
      6: this.#text(observation.unit),
      7: this.#text(observation.range),
      8: this.#repeat(observation.flags),
      11: observation.status,
      14: observation.observedAt,
      15: this.#join(['', this.#text(observation.laboratory)]),
      16: this.#person(observation.responsible),
      17: this.#join(['', this.#text(observation.method)]),
    };
  }

  #values({ valueType, values, document }: ObservationReading): readonly string[] {
    if (document !== undefined) return [this.#data(document)];
    return values.map((value) => {
      if (valueType === 'SN') return this.#join(/^([<>]=?)(.*)$/.exec(value)?.slice(1) ?? []);
      return valueType === 'CE' || valueType === 'CWE' ? this.#join(['X', this.#text(value), 'L']) : this.#text(value);
    });
  }

  #data({ mediaType, bytes }: DocumentReading): string {
    const [type = '', subtype = ''] = mediaType.split('/');
    return this.#join(['', type, subtype, 'Base64', this.#text(Buffer.from(bytes ?? []).toString('base64'))]);
  }

  #notes(notes: readonly string[]): void {
    for (const note of notes) this.#row('NTE', { 1: '1', 3: this.#text(note) });
  }

  #row(name: string, fields: Fields): void {
    const last = Math.max(...Object.keys(fields).map(Number));
    const cells = Array.from({ length: last }, (_, index) => fields[index + 1] ?? '');
    this.#lines.push([name, ...cells].join(this.#manner.delimiters.field));
  }

  #identifier({ value, authority, oid, type }: Identifier): string {
    const assigner = [this.#text(authority), oid, oid === '' ? '' : 'ISO'].join(this.#manner.delimiters.subcomponent);
    return this.#join([this.#text(value), '', '', assigner, type]);
  }

  #name({ family, given, further, prefix, type }: PersonName): string {
    const texts = [family, given, further, '', prefix].map((part) => this.#text(part));
    return this.#join([...texts, '', type]);
  }

  #person(words: string): string {
    const [given = '', family = ''] = words.split(' ');
    return words === '' ? '' : this.#join(['80000001', this.#text(family), this.#text(given)]);
  }

  #coded(coded: Coded): string {
    const { id, text, system, otherId, otherText, otherSystem } = coded;
    return this.#join([id, text, system, otherId, otherText, otherSystem].map((part) => this.#text(part)));
  }

  /** Components, none of the empty ones at the end. */
  #join(components: readonly string[]): string {
    const last = components.findLastIndex((part) => part !== '');
    return components.slice(0, last + 1).join(this.#manner.delimiters.component);
  }

  #repeat(repetitions: readonly string[]): string {
    return repetitions.join(this.#manner.delimiters.repetition);
  }

  #text(text: string): string {
    const { field, component, repetition, escape: sign, subcomponent, truncation } = this.#manner.delimiters;
    const named = new Map([
      [sign, 'E'],
      [field, 'F'],
      [component, 'S'],
      [repetition, 'R'],
      [subcomponent, 'T'],
      [truncation, 'P'],
      ['\n', '.br'],
    ]);
    return Array.from(text, (character) =>
      named.has(character) ? `${sign}${named.get(character)}${sign}` : character,
    ).join('');
  }
}
