import { PREAMBLE_BYTES } from '@leadglass/dicom';
import { type Text, text } from '@leadglass/kit';
import type { BugClass } from './classes.ts';
import type { Maker } from './identity.ts';
import { objectOf } from './made.ts';
import { fileOf } from './object.ts';
import { PAYLOADS } from './payloads.ts';

/** An attack that only a file can carry: C-STORE has no preamble. Looked at by the same inspection, on this machine, as `scan` does. */
export interface FileAttack {
  readonly kind: 'file';
  readonly class: BugClass;
  readonly name: Text;
  make(maker: Maker): Buffer;
}

function polyglot(name: string, fr: string, en: string): FileAttack {
  const payload = PAYLOADS.find((each) => each.name === name);
  if (payload === undefined) throw new Error(name);
  return {
    kind: 'file',
    class: 'B19',
    name: text(`fichier : ${fr} dans le préambule`, `file: ${en} in the preamble`),
    make: (maker) =>
      fileOf({ ...objectOf(maker, {}), preamble: payload.make(maker.random).subarray(0, PREAMBLE_BYTES) }),
  };
}

/** Polyglots (CVE-2019-11687). */
export const FILE_ATTACKS: readonly FileAttack[] = [
  polyglot('pe', 'un programme Windows (PEDICOM)', 'a Windows program (PEDICOM)'),
  polyglot('elf', 'un programme Linux (ELFDICOM)', 'a Linux program (ELFDICOM)'),
  polyglot('mach-o', 'un programme macOS', 'a macOS program'),
  polyglot('shell', 'un script', 'a shell script'),
  polyglot('zip', 'une archive', 'an archive'),
  polyglot('html', 'une page avec du code', 'a page with code'),
];
