import { escapeText } from '@leadglass/hl7';
import { dayOf, inventDoctor, type Patient, timeOf } from '../people.ts';
import { Random } from '../random.ts';
import { patientOf } from '../studies/common.ts';
import type { StudyOrder } from '../studies/made.ts';

/** What the laboratory sends in as, which the gateway expects of it. */
export const LABORATORY = 'LABO';
const DAY_MS = 86_400_000;
/** What was measured: long ago, a week before, and now. */
const DAYS_BEFORE = [90, 7, 0] as const;

interface Analyte {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  /** Beyond these somebody has to be called at once. */
  readonly alarming?: readonly [low: number, high: number];
  readonly digits: number;
}

/** Codes of LOINC for molar units, `from memory`; limits are an invented laboratory's. */
const ANALYTES: readonly Analyte[] = [
  { code: '2823-3', name: 'Potassium', unit: 'mmol/L', low: 3.5, high: 5.1, alarming: [2.8, 6.2], digits: 1 },
  { code: '2951-2', name: 'Sodium', unit: 'mmol/L', low: 136, high: 145, alarming: [120, 160], digits: 0 },
  { code: '14682-9', name: 'Créatinine', unit: 'µmol/L', low: 45, high: 84, digits: 0 },
  { code: '1988-5', name: 'CRP', unit: 'mg/L', low: 0, high: 5, digits: 0 },
  { code: '718-7', name: 'Hémoglobine', unit: 'g/dL', low: 12, high: 16, alarming: [7, 20], digits: 1 },
];
/** One in so many patients has a result that cannot wait. */
const ALARMING_IN = 6;

/** Somebody has come to the emergency department (ADT^A04). Nobody in it exists. */
export function arrival(order: StudyOrder): string {
  const patient = patientOf(order);
  const box = new Random(`${order.seed} box ${order.kind} ${order.no}`);
  const visit = `PV1|1|E|URG^BOX${box.int(1, 9)}^1^CHU||||^${inventDoctor(box)}||||||||||||V-${patient.id}|||||||||||||||||||||||||${momentOf(order.atMs)}`;
  return message('ADT^A04^ADT_A01', `${patient.id}-A`, order.atMs, [
    `EVN|A04|${momentOf(order.atMs)}`,
    pid(patient),
    visit,
    ...allergies(order),
  ]);
}

/** Segments AL1: one patient in two is asked and has none, or something; of the others nobody tells anything. */
function allergies(order: StudyOrder): readonly string[] {
  const random = new Random(`${order.seed} allergies ${order.kind} ${order.no}`);
  const asked = order.no === 1 ? 1 : random.int(1, 4);
  if (asked > 2) return [];
  const [kind, code, severity, reaction] =
    asked === 1 ? (ALLERGENS[random.int(0, ALLERGENS.length - 1)] ?? NONE) : NONE;
  return [`AL1|1|${kind}|${code}|${severity}|${reaction}`];
}

type Allergen = readonly [kind: string, code: string, severity: string, reaction: string];
const NONE: Allergen = ['', '716186003^Aucune allergie connue^SCT', '', ''];
const ALLERGENS: readonly Allergen[] = [
  ['DA', '^Pénicilline', 'SV', 'œdème de Quincke'],
  ['DA', '^Produit de contraste iodé', 'MO', 'urticaire~malaise'],
  ['FA', '^Arachide', 'SV', 'choc anaphylactique'],
  ['MA', '^Latex', 'MI', 'eczéma'],
];

/** What was measured of whoever is imaged, the oldest first (ORU^R01). */
export function results(order: StudyOrder): readonly string[] {
  const patient = patientOf(order);
  const random = new Random(`${order.seed} results ${order.kind} ${order.no}`);
  const isAlarming = random.int(1, ALARMING_IN) === 1 || order.no === 1;
  return DAYS_BEFORE.map((days, at) => {
    const atMs = order.atMs - days * DAY_MS;
    const isLast = at === DAYS_BEFORE.length - 1;
    const lines = ANALYTES.map((analyte, no) => {
      const value = isAlarming && isLast && no === 0 ? 6.8 : random.between(0.9 * analyte.low, 1.15 * analyte.high);
      return obx(no + 1, analyte, value, atMs);
    });
    const obr = `OBR|1|P${at}-${patient.id}|L${at}-${patient.id}|24323-8^Bilan sanguin^LN|||${momentOf(atMs)}|||||||||||||||${momentOf(atMs)}||LAB|F`;
    return message('ORU^R01^ORU_R01', `${patient.id}-R${at}`, atMs, [pid(patient), obr, ...lines]);
  });
}

function message(type: string, control: string, atMs: number, segments: readonly string[]): string {
  const head = `MSH|^~\\&|${LABORATORY}|CHU|LEADGLASS|GW|${momentOf(atMs)}||${type}|${control}|P|2.5|||||FRA|UNICODE UTF-8`;
  return `${[head, ...segments].join('\r')}\r`;
}

function pid({ id, name, birthDate, sex }: Patient): string {
  const [family = '', given = ''] = name.split('^').map(escapeText);
  return `PID|1||${id}^^^CHU^PI||${family}^${given}||${birthDate}|${sex}`;
}

function obx(no: number, { code, name, unit, low, high, alarming, digits }: Analyte, value: number, atMs: number) {
  const [lowest, highest] = alarming ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const flag = value <= lowest ? 'LL' : value >= highest ? 'HH' : value < low ? 'L' : value > high ? 'H' : '';
  const words = value.toFixed(digits).replace('.', ',');
  const range = `${low}-${high}`.replaceAll('.', ',');
  return `OBX|${no}|NM|${code}^${escapeText(name)}^LN||${words}|${unit}|${range}|${flag}|||F|||${momentOf(atMs)}`;
}

function momentOf(atMs: number): string {
  return dayOf(atMs) + timeOf(atMs);
}
