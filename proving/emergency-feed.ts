import assert from 'node:assert/strict';
import { connect } from 'node:net';

const [START, END] = ['\x0b', '\x1c\r'];
const ANSWER_MS = 20_000;

/** Sends one HL7 message over MLLP and reads its acknowledgement, which has to be `AA`. */
export async function sendHl7(port: number, segments: readonly string[]): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, timeout: ANSWER_MS });
  try {
    socket.write(`${START}${segments.join('\r')}\r${END}`);
    let answer = '';
    for await (const part of socket as AsyncIterable<Buffer>) {
      answer += part.toString('utf8');
      if (answer.endsWith(END)) break;
    }
    assert.match(answer, /\rMSA\|AA\|/);
  } finally {
    socket.destroy();
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

let messages = 0;

function head(type: string, application: string): string {
  messages += 1;
  return `MSH|^~\\&|${application}|CHU|LEADGLASS|CHU|${stampOf(0)}||${type}|M${process.pid}-${messages}|P|2.5|||||FRA|UNICODE UTF-8`;
}

function pid({ family, given, id, born, sex }: Told): string {
  return `PID|||${id}^^^CHU&1.2.250.1.999.1&ISO^PI||${family}^${given}^^^^^L||${born}|${sex}`;
}

/** The patient arrives at the emergency department. */
export function admission(told: Told): readonly string[] {
  return [
    head('ADT^A01^ADT_A01', 'GAM'),
    `EVN||${stampOf(0)}`,
    pid(told),
    `PV1||E|URG^BOX 4^^CHU||||0001^Martin^Anne|||||||||||V${told.id}|||||||||||||||||||||||||${stampOf(0, '000500')}`,
  ];
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
export function results(told: Told, no: string, at: string, values: readonly Value[]): readonly string[] {
  return [
    head('ORU^R01^ORU_R01', 'LABO'),
    pid(told),
    `OBR|1|P${no}|F${no}|24326-1^Ionogramme^LN|||${at}|||||||||||||||${at}||LAB|F`,
    ...values.map(
      ({ code, name, value, unit, range, flag = '', status = 'F' }, place) =>
        `OBX|${place + 1}|NM|${code}^${name}^LN||${value}|${unit}|${range}|${flag}|||${status}|||${at}`,
    ),
  ];
}

/** A report in words, of radiology. */
export function reportInWords(told: Told, no: string, at: string, lines: readonly string[]): readonly string[] {
  return [
    head('ORU^R01^ORU_R01', 'RIS'),
    pid(told),
    `OBR|1|P${no}|F${no}|24627-2^Scanner thoracique^LN|||${at}|||||||||||||||${at}||RAD|F`,
    ...lines.map((line, place) => `OBX|${place + 1}|TX|18748-4^Compte rendu^LN|${place + 1}|${line}||||||F|||${at}`),
  ];
}
