import { encapsulated, NO_HEAD, referenced } from './document.ts';
import { codedOf, codeText, personText } from './fields.ts';
import type { Problems } from './problems.ts';
import type { Coded, ObservationReading } from './readings.ts';
import { componentOf, MOST_REPETITIONS, type Segment } from './segment.ts';
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
  const repetitions = repetitionsOf(obx, problems);
  const head = headOf(obx);
  if (head.valueType === 'ED' || head.valueType === 'RP') return documentsOf(obx, repetitions, head, problems);
  const words = VALUE_WORDS.get(head.valueType) ?? rawWords;
  if (repetitions.length > 0 && !VALUE_WORDS.has(head.valueType)) tellType(obx, head.valueType, problems);
  return [{ ...head, values: repetitions.map((raw) => words(raw, obx.dialect)), notes: [], document: undefined }];
}

function repetitionsOf(obx: Segment, problems: Problems): readonly string[] {
  const repetitions = obx.repetitions(5);
  if (repetitions.length <= MOST_REPETITIONS) return repetitions;
  problems.fatal(198, obx, 5, WHY.tooManyRepetitions(MOST_REPETITIONS));
  return [];
}

function tellType(obx: Segment, valueType: string, problems: Problems): void {
  if (valueType === '') problems.tell(101, obx, 2, WHY.noValueType);
  else problems.tell(103, obx, 2, WHY.unknownValueType);
}

type Head = Omit<ObservationReading, 'values' | 'notes' | 'document'>;

function headOf(obx: Segment): Head {
  return {
    valueType: obx.component(2, 1),
    code: codedOf(obx, 3),
    subId: obx.text(4),
    unit: unitOf(obx),
    range: obx.text(7),
    flags: flagsOf(obx),
    status: obx.component(11, 1),
    observedAt: obx.component(14, 1),
    laboratory: codeText(obx, 15) || obx.component(23, 1),
    responsible: personText(obx, 16) || personText(obx, 25),
    method: codeText(obx, 17),
  };
}

/** OBX-6: the unit as its sender writes it; where that is a mere number (MDC), its text. */
function unitOf(obx: Segment): string {
  const unit = obx.component(6, 1);
  return unit === '' || /^\d+$/.test(unit) ? obx.component(6, 2) || unit : unit;
}

function flagsOf(obx: Segment): readonly string[] {
  return obx
    .repetitions(8)
    .map((raw) => componentOf(raw, 1, obx.dialect))
    .filter((flag) => flag !== '');
}

function documentsOf(
  obx: Segment,
  repetitions: readonly string[],
  head: Head,
  problems: Problems,
): readonly OpenObservation[] {
  const title = head.code.text || head.code.id;
  if (repetitions.length === 0) return [{ ...head, values: [], notes: [], document: undefined }];
  return repetitions.map((raw) => {
    if (head.valueType === 'RP') {
      return { ...head, values: [], notes: [], document: referenced(raw, obx.dialect, title, NO_HEAD) };
    }
    const found = encapsulated(raw, obx, title, NO_HEAD, problems);
    return { ...head, values: found.raw === '' ? [] : [found.raw], notes: [], document: found.document };
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
