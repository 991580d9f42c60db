import type { ElementToEncode } from '@leadglass/dicom';
import { dayOf, inventDoctor, inventPatient, timeOf } from './people.ts';
import { Random } from './random.ts';
import { el, KINDS, type Kind, uidOf } from './studies/made.ts';

const WORDS: Readonly<Record<Kind, string>> = {
  CT: 'Scanner du thorax',
  MR: 'IRM cérébrale',
  US: 'Échographie abdominale',
  DX: 'Radiographie du thorax',
};

/** What is planned for the next hours: one examination a device (PS3.4 §K.6). Nobody in it exists. */
export function worklist(seed: number, nowMs: number): readonly (readonly ElementToEncode[])[] {
  return KINDS.map((kind, at) => {
    const random = new Random(`${seed} worklist ${kind}`);
    const patient = inventPatient(random, `W-${at + 1}`, nowMs);
    const whenMs = nowMs + (at + 1) * 1_200_000;
    const step = [
      el(0x00080060, kind),
      el(0x00400001, `${kind}1`),
      el(0x00400002, dayOf(whenMs)),
      el(0x00400003, timeOf(whenMs)),
      el(0x00400006, inventDoctor(random)),
      el(0x00400007, WORDS[kind]),
      el(0x00400009, `P${at + 1}`),
    ];
    return [
      el(0x00080005, 'ISO_IR 192'),
      el(0x00080050, `D${dayOf(nowMs).slice(2)}W${at + 1}`),
      el(0x00080090, inventDoctor(random)),
      el(0x00100010, patient.name),
      el(0x00100020, patient.id),
      el(0x00100030, patient.birthDate),
      el(0x00100040, patient.sex),
      el(0x0020000d, uidOf(seed, 'worklist', kind, dayOf(nowMs))),
      el(0x00321060, WORDS[kind]),
      el(0x00400100, [step]),
      el(0x00401001, `R${at + 1}`),
    ];
  });
}
