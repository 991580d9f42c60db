import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { ElementToEncode } from '@leadglass/dicom';
import {
  commonElements,
  el,
  fileOf,
  type Image,
  imageElements,
  pixelsOf,
  TRANSFER,
} from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const IMAGE: Image = {
  ...{ rows: 64, columns: 64, samples: 1, allocated: 16, stored: 12, frames: 1, photometric: 'MONOCHROME2', planar: 0 },
};
/** What a medium's deflate bomb unpacks to. */
const BOMB_BYTES = 256 * 2 ** 20;

/** One object written to a medium. */
export interface OnMedium {
  /** Below the medium, as `IMAGES/IM0001`. */
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly file: Buffer;
  readonly pixels: Buffer;
}

/** A patient's CD as another hospital burns it, and things that ought not to be there. */
export interface Medium {
  readonly folder: string;
  readonly clean: readonly OnMedium[];
  /** Markup in a text: a copy without it can be made. */
  readonly doubtful: OnMedium;
  /** A program in front of an image. */
  readonly polyglot: OnMedium;
  readonly bomb: OnMedium;
  readonly otherPatient: OnMedium;
  /** Made by the script on the medium, were it ever run. */
  readonly marker: string;
}

/** Who the medium says the patient is. */
export const FOREIGN = { patientId: 'EXT-77', patientName: 'DUPRE^LEA', birthDate: '19800102', sex: 'F' } as const;

interface Wanted {
  readonly path: string;
  readonly patient?: typeof FOREIGN | typeof OTHER;
  readonly extra?: readonly ElementToEncode[];
  readonly preamble?: Uint8Array;
  readonly transferSyntaxUid?: string;
  readonly pixels?: Buffer;
}

const OTHER = { patientId: 'EXT-99', patientName: 'MARTIN^PAUL', birthDate: '19550607', sex: 'M' } as const;

/** Makes one object after the other, all of one study a patient. */
class Maker {
  readonly #random: Seeded;
  readonly #folder: string;
  readonly #study: Readonly<Record<string, string>>;
  #number = 0;

  constructor(folder: string, seed: string) {
    this.#random = new Seeded(seed);
    this.#folder = folder;
    this.#study = { [FOREIGN.patientId]: this.#random.uid(), [OTHER.patientId]: this.#random.uid() };
  }

  write(wanted: Wanted): OnMedium {
    const { path, patient = FOREIGN, extra = [], transferSyntaxUid = TRANSFER.explicit } = wanted;
    this.#number += 1;
    const sopInstanceUid = this.#random.uid();
    const study = this.#study[patient.patientId] ?? '';
    const pixels = wanted.pixels ?? pixelsOf(this.#random, IMAGE);
    const file = fileOf({
      ...{ sopClassUid: CT, sopInstanceUid, transferSyntaxUid, pixels },
      elements: [
        ...commonElements(this.#random, CT, sopInstanceUid, 'CT'),
        ...[el(0x00081030, 'TDM thorax'), el(0x0008103e, 'Thin 1.0'), el(0x00080005, 'ISO_IR 100')],
        ...[el(0x00100010, patient.patientName), el(0x00100020, patient.patientId)],
        ...[el(0x00100030, patient.birthDate), el(0x00100040, patient.sex)],
        ...[el(0x0020000d, study), el(0x0020000e, `${study}.1`), el(0x00200013, String(this.#number))],
        ...imageElements(IMAGE),
        ...extra,
      ],
      ...(wanted.preamble === undefined ? {} : { preamble: wanted.preamble }),
    });
    const target = join(this.#folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file);
    return { path, sopInstanceUid, file, pixels };
  }
}

/** Inert beginnings of a Windows program: its mark, and where its header would be. */
function programHead(): Buffer {
  const head = Buffer.alloc(128);
  head.write('MZ', 'latin1');
  head.writeUInt32LE(0x40, 0x3c);
  head.write('PE\0\0', 0x40, 'latin1');
  return head;
}

/** An object of a few hundred kilobytes that unpacks to a quarter of a gigabyte. */
function bombOf(maker: Maker): OnMedium {
  const made = maker.write({ path: 'IMAGES2/IM0004', transferSyntaxUid: TRANSFER.deflated });
  const end = 132 + 12 + made.file.readUInt32LE(140);
  const head = Buffer.from('0900100e4f420000000000', 'hex');
  const element = Buffer.alloc(12);
  head.copy(element);
  element.writeUInt32LE(BOMB_BYTES, 8);
  const packed = deflateRawSync(Buffer.concat([element, Buffer.alloc(BOMB_BYTES)]));
  return { ...made, file: Buffer.concat([made.file.subarray(0, end), packed]) };
}

/**
 * Writes a medium below `folder`: a DICOMDIR made by DCMTK over three innocent images, and beside them what a medium should not hold.
 * @param marker a path that the medium's script would write to.
 */
export function makeMedium(folder: string, marker: string, images = 3): Medium {
  mkdirSync(folder, { recursive: true });
  const maker = new Maker(folder, 'medium');
  const clean = Array.from({ length: images }, (_, at) =>
    maker.write({ path: `IMAGES/IM${String(at + 1).padStart(4, '0')}` }),
  );
  execFileSync('dcmmkdir', ['-q', '+D', 'DICOMDIR', '+r', '-Pfl', 'IMAGES'], { cwd: folder, stdio: 'pipe' });
  const doubtful = maker.write({ path: 'IMAGES2/IM0001', extra: [el(0x0008103e, '<img src=x onerror=alert(1)>')] });
  const polyglot = maker.write({ path: 'IMAGES2/IM0002', preamble: programHead() });
  const otherPatient = maker.write({ path: 'IMAGES2/IM0003', patient: OTHER });
  const bomb = bombOf(maker);
  writeFileSync(join(folder, bomb.path), bomb.file);
  writeFileSync(join(folder, 'AUTORUN.INF'), '[autorun]\r\nopen=VIEWER.EXE\r\n');
  writeFileSync(join(folder, 'VIEWER.EXE'), Buffer.concat([programHead(), Buffer.alloc(4096, 'inert')]));
  writeFileSync(join(folder, 'START.SH'), `#!/bin/sh\ntouch ${marker}\n`);
  chmodSync(join(folder, 'START.SH'), 0o755);
  writeFileSync(join(folder, 'LISEZMOI.TXT'), 'Double-cliquez sur VIEWER.EXE.\r\n');
  return { folder, clean, doubtful, polyglot, bomb, otherPatient, marker };
}
