import assert from 'node:assert/strict';
import { MllpSender } from './mllp.ts';

/** Sends messages one after another; each has to be accepted: what is not understood is kept, too. */
export async function sendAll(port: number, messages: readonly string[]): Promise<void> {
  const sender = await MllpSender.open(port);
  try {
    for (const message of messages) {
      const { code, raw } = await sender.send(message);
      assert.equal(code, 'AA', raw);
    }
  } finally {
    sender.close();
  }
}

/** `YYYYMMDDHHMMSS` of this machine, so many days ago. */
export function stampOf(daysAgo: number, clock = '081500'): string {
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${at.getFullYear()}${pad(at.getMonth() + 1)}${pad(at.getDate())}${clock}`;
}

/** Who the messages are about. Name and numbers are made up. */
export interface Told {
  readonly family: string;
  readonly given: string;
  readonly id: string;
  readonly born: string;
  readonly sex: string;
}

/** A segment by the numbers of its fields. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const most = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: most }, (_, at) => fields[at + 1] ?? '')].join('|');
}

let messages = 0;

function message(type: string, application: string, segments: readonly string[]): string {
  messages += 1;
  const head = `MSH|^~\\&|${application}|CHU|LEADGLASS|CHU|${stampOf(0)}||${type}|M${process.pid}-${messages}|P|2.5|||||FRA|UNICODE UTF-8`;
  return [head, ...segments, ''].join('\r');
}

function pid({ family, given, id, born, sex }: Told): string {
  const names = `${family}^${given}^^^^^L`;
  return segment('PID', { 1: '1', 3: `${id}^^^CHU&1.2.250.1.71.4.2.2&ISO^PI`, 5: names, 7: born, 8: sex, 32: 'VALI' });
}

/** The patient arrives at the emergency department. @param allergies segments AL1 */
export function admission(told: Told, allergies: readonly string[] = []): string {
  const visit = {
    1: '1',
    2: 'E',
    3: 'URG^BOX4^1^CHU',
    7: '0001^Martin^Anne',
    19: `V${told.id}`,
    44: stampOf(0, '000500'),
  };
  return message('ADT^A01^ADT_A01', 'GAM', [`EVN|A01|${stampOf(0)}`, pid(told), segment('PV1', visit), ...allergies]);
}

/** One value of a laboratory. */
export interface Value {
  /** LOINC. */
  readonly code: string;
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly range: string;
  readonly flag?: string;
  /** Table 0085. */
  readonly status?: string;
}

/** A report of a laboratory. @param no of the sample: the same again corrects it */
export function results(told: Told, no: string, at: string, values: readonly Value[]): string {
  const report = { 1: '1', 2: `P${no}`, 3: `F${no}`, 4: '24320-4^Ionogramme^LN', 7: at, 22: at, 24: 'LAB', 25: 'F' };
  const lines = values.map(({ code, name, value, unit, range, flag = '', status = 'F' }, place) =>
    segment('OBX', {
      ...{
        1: String(place + 1),
        2: 'NM',
        3: `${code}^${name}^LN`,
        5: value,
        6: unit,
        7: range,
        8: flag,
        11: status,
        14: at,
      },
    }),
  );
  return message('ORU^R01^ORU_R01', 'LABO', [pid(told), segment('OBR', report), ...lines]);
}

/** A report of radiology: words, and a document. */
export function radiology(told: Told, no: string, at: string, lines: readonly string[], pdf: Buffer): string {
  const report = {
    1: '1',
    2: `P${no}`,
    3: `F${no}`,
    4: '24627-2^Scanner thoracique^LN',
    7: at,
    22: at,
    24: 'RAD',
    25: 'F',
  };
  const words = lines.map((line, place) =>
    segment('OBX', { 1: String(place + 1), 2: 'TX', 3: '18748-4^Compte rendu^LN', 4: '1', 5: line, 11: 'F', 14: at }),
  );
  const encoded = `^application^pdf^Base64^${pdf.toString('base64')}`;
  const document = segment('OBX', { 1: '9', 2: 'ED', 3: '18748-4^Lettre^LN', 4: '2', 5: encoded, 11: 'F', 14: at });
  return message('ORU^R01^ORU_R01', 'RIS', [pid(told), segment('OBR', report), ...words, document]);
}

/** A clinical document (CDA). @param xml all of it */
export function clinicalDocument(told: Told, no: string, xml: string): string {
  const head = segment('TXA', {
    1: '1',
    2: '11502-2^CR de biologie^LN',
    4: stampOf(0, '090000'),
    12: no,
    17: 'LA',
    19: 'AV',
  });
  const encoded = `^text^xml^Base64^${Buffer.from(xml).toString('base64')}`;
  const body = segment('OBX', { 1: '1', 2: 'ED', 3: '11502-2^CR de biologie^LN', 5: encoded, 11: 'F' });
  return message('MDM^T02^MDM_T02', 'RIS', [pid(told), head, body]);
}

/** A result in a message that does not say what it is: nobody acts on it, and it names the patient. */
export function odd(told: Told): string {
  return message('', 'LABO', [pid(told), segment('OBX', { 1: '1', 2: 'ST', 3: '^Troponine', 5: '1250', 6: 'ng/L' })]);
}
