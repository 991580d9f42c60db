import type { OpenObservation } from '../observation.ts';
import type { Coded } from '../readings.ts';
import { attachmentOf } from './attachment.ts';
import type { Entry, Resources } from './bundle.ts';
import { partyOf } from './people.ts';
import type { FhirAttachment, FhirQuantity, FhirValued, ResourceOf } from './shapes.ts';
import { codedConcept, conceptCode, conceptWords, momentOf, rangeWords } from './types.ts';

export type ObservationEntry = Entry & { readonly resource: ResourceOf<'Observation'> };

/** Table 0085 where Observation.status means one entry of it (V2-to-FHIR); else the status is kept as sent (decision 0028). */
const STATUS: ReadonlyMap<string, string> = new Map([
  ['final', 'F'],
  ['preliminary', 'P'],
  ['corrected', 'C'],
  ['amended', 'A'],
  ['cancelled', 'X'],
]);

interface Value {
  readonly valueType: string;
  readonly values: string[];
  readonly unit: string;
}

/** Observation: itself where it has a value or stands alone, then its components, each an observation with the code of the whole as sub-ID. */
export function observationReadings(entry: ObservationEntry, resources: Resources): readonly OpenObservation[] {
  const { resource } = entry;
  const code = codedConcept(resource.code);
  const common = commonOf(entry, resources);
  const whole = { ...common, ...partOf(resource), code, subId: '', document: undefined };
  const parts = (resource.component ?? []).map((component) => ({
    ...common,
    notes: [],
    ...partOf(component),
    code: codedConcept(component.code),
    subId: code.id || code.text,
    document: undefined,
  }));
  const documents = attached(resource).map((attachment) =>
    documentObservation(attachment, code, common, entry, resources),
  );
  const isEmpty = whole.values.length === 0 && parts.length + documents.length > 0;
  for (const reason of absent(resource)) whole.notes.push(reason);
  return [...(isEmpty && whole.notes.length === 0 ? [] : [whole]), ...parts, ...documents];
}

/** What is told of an observation whatever its value. */
type Common = Pick<OpenObservation, 'status' | 'observedAt' | 'laboratory' | 'responsible' | 'method' | 'notes'>;

function commonOf(entry: ObservationEntry, resources: Resources): Common {
  const { status = '', performer = [], method, note = [], ...times } = entry.resource;
  const parties = performer.map((reference) => partyOf(reference, entry, resources));
  return {
    status: STATUS.get(status) ?? status,
    observedAt: momentOf(times.effectiveDateTime ?? times.effectiveInstant ?? times.effectivePeriod?.start),
    laboratory: parties.find(({ isPerson }) => !isPerson)?.words ?? '',
    responsible: parties.find(({ isPerson }) => isPerson)?.words ?? '',
    method: conceptWords(method),
    notes: note.map(({ text }) => text ?? '').filter((text) => text !== ''),
  };
}

function partOf(valued: FhirValued): Value & Pick<OpenObservation, 'range' | 'flags'> {
  const ranges = (valued.referenceRange ?? []).map((range) => range.text || rangeWords(range));
  return {
    ...measured(valued),
    range: ranges.filter((range) => range !== '').join(' ; '),
    flags: (valued.interpretation ?? []).map(conceptCode).filter((flag) => flag !== ''),
  };
}

function absent({ dataAbsentReason }: FhirValued): readonly string[] {
  return dataAbsentReason === undefined ? [] : [conceptWords(dataAbsentReason)].filter((reason) => reason !== '');
}

function measured(valued: FhirValued): Value {
  if (valued.valueQuantity !== undefined) return quantityValue(valued.valueQuantity);
  if (valued.valueRange !== undefined) return { ...plain('NR', rangeWords(valued.valueRange)), unit: unitOf(valued) };
  if (valued.valueRatio !== undefined) return ratioValue(valued.valueRatio.numerator, valued.valueRatio.denominator);
  if (valued.valueCodeableConcept !== undefined) return plain('CWE', conceptWords(valued.valueCodeableConcept));
  if (valued.valueString !== undefined) return plain('ST', valued.valueString);
  if (valued.valueBoolean !== undefined) return plain('ST', String(valued.valueBoolean));
  if (valued.valueInteger !== undefined) return plain('NM', valued.valueInteger);
  if (valued.valueTime !== undefined) return plain('TM', valued.valueTime.replaceAll(':', ''));
  if (valued.valueDateTime !== undefined) return plain('DTM', momentOf(valued.valueDateTime));
  if (valued.valuePeriod === undefined) return { valueType: '', values: [], unit: '' };
  const { start, end } = valued.valuePeriod;
  return plain('DR', [momentOf(start), momentOf(end)].filter((bound) => bound !== '').join(' - '));
}

function plain(valueType: string, value: string): Value {
  return { valueType, values: value === '' ? [] : [value], unit: '' };
}

function quantityValue({ value, comparator = '', unit, code }: FhirQuantity): Value {
  const values = value === undefined ? [] : [comparator + value];
  return { valueType: comparator === '' ? 'NM' : 'SN', values, unit: unit || (code ?? '') };
}

function ratioValue(numerator: FhirQuantity | undefined, denominator: FhirQuantity | undefined): Value {
  const comparator = numerator?.comparator ?? '';
  return plain('SN', `${comparator}${numerator?.value ?? ''}:${denominator?.value ?? ''}`);
}

function unitOf({ valueRange }: FhirValued): string {
  const bound = valueRange?.low ?? valueRange?.high;
  return bound?.unit || (bound?.code ?? '');
}

/** Values that are documents: R4 has them in an extension. */
function attached({ extension }: ResourceOf<'Observation'>): readonly FhirAttachment[] {
  return (extension ?? []).map(({ valueAttachment }) => valueAttachment).filter((found) => found !== undefined);
}

/** A document as an observation. */
export function documentObservation(
  attachment: FhirAttachment,
  code: Coded,
  common: Common,
  from: Entry,
  resources: Resources,
): OpenObservation {
  const { document, raw } = attachmentOf(attachment, code, from, resources);
  return {
    ...common,
    notes: [],
    valueType: document.reference === '' ? 'ED' : 'RP',
    code,
    subId: '',
    values: raw === '' ? [] : [raw],
    unit: '',
    range: '',
    flags: [],
    document,
  };
}
