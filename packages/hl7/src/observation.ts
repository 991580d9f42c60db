import { encapsulated, NO_HEAD, referenced } from './document.ts';
import { codedOf, codeText, personText } from './fields.ts';
import type { Problems } from './problems.ts';
import type { Coded, DocumentReading, ObservationReading } from './readings.ts';
import { componentOf, type Segment } from './segment.ts';
import { rawWords, VALUE_WORDS } from './value.ts';
import { WHY } from './why.ts';

/** An observation while what belongs to it comes. */
export interface OpenObservation extends ObservationReading {
  readonly values: string[];
  readonly notes: string[];
}

const CONTINUED: ReadonlySet<string> = new Set(['TX', 'FT']);

/** OBX (v2.5.1 §7.4.2). Of several documents in one OBX each is an observation. */
export function observationsOf(obx: Segment, problems: Problems): readonly OpenObservation[] {
  const repetitions = obx.repetitions(5);
  const valueType = obx.component(2, 1);
  if (valueType === 'ED' || valueType === 'RP') return documentsOf(obx, valueType, repetitions, problems);
  const words = VALUE_WORDS.get(valueType);
  if (words === undefined && repetitions.length > 0) tellType(obx, valueType, problems);
  const values = repetitions.map((raw) => (words ?? rawWords)(raw, obx.dialect));
  return [observation(obx, valueType, values, undefined)];
}

function observation(
  obx: Segment,
  valueType: string,
  values: string[],
  document: DocumentReading | undefined,
): OpenObservation {
  return {
    valueType,
    code: codedOf(obx, 3),
    subId: obx.text(4),
    values,
    unit: unitOf(obx),
    range: obx.text(7),
    flags: flagsOf(obx),
    status: obx.component(11, 1),
    observedAt: obx.component(14, 1),
    laboratory: codeText(obx, 15) || obx.component(23, 1),
    responsible: personText(obx, 16) || personText(obx, 25),
    method: codeText(obx, 17),
    notes: [],
    document,
  };
}

function tellType(obx: Segment, valueType: string, problems: Problems): void {
  if (valueType === '') problems.tell(101, obx, 2, WHY.noValueType);
  else problems.tell(103, obx, 2, WHY.unknownValueType);
}

/** OBX-6: the unit as its sender writes it; where that is a mere number (MDC), its text. */
function unitOf(obx: Segment): string {
  const unit = obx.component(6, 1);
  return unit === '' || isNumber(unit) ? obx.component(6, 2) || unit : unit;
}

function isNumber(unit: string): boolean {
  return unit.charCodeAt(0) <= 0x39 && /^\d+$/.test(unit);
}

function flagsOf(obx: Segment): readonly string[] {
  if (!obx.has(8)) return [];
  const repetitions = obx.repetitions(8);
  return repetitions.map((raw) => componentOf(raw, 1, obx.dialect)).filter((flag) => flag !== '');
}

function documentsOf(
  obx: Segment,
  valueType: 'ED' | 'RP',
  repetitions: readonly string[],
  problems: Problems,
): readonly OpenObservation[] {
  if (repetitions.length === 0) return [observation(obx, valueType, [], undefined)];
  const title = obx.component(3, 2) || obx.component(3, 1);
  return repetitions.map((repetition) => {
    if (valueType === 'RP') return observation(obx, valueType, [], referenced(repetition, obx.dialect, title, NO_HEAD));
    const { document, raw } = encapsulated(repetition, obx, title, NO_HEAD, problems);
    return observation(obx, valueType, raw === '' ? [] : [raw], document);
  });
}

/** Whether `next` goes on with the text of `before`: the same thing observed, told in lines. */
export function isContinued(before: OpenObservation, next: OpenObservation): boolean {
  return (
    CONTINUED.has(before.valueType) &&
    before.valueType === next.valueType &&
    before.notes.length === 0 &&
    isSame(before.code, next.code) &&
    before.subId === next.subId &&
    before.status === next.status &&
    before.observedAt === next.observedAt
  );
}

function isSame(a: Coded, b: Coded): boolean {
  return a.id === b.id && a.text === b.text && a.system === b.system;
}
