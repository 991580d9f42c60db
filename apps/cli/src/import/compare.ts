import type { Phi } from '@leadglass/kit';
import { type AskedIdentity, askedText } from '@leadglass/rewrite';
import type { About } from '../scan/about.ts';
import type { MediumObject } from './medium.ts';

/** How what the medium says compares with what was asked. `unknown`: one of the two says nothing. */
export type Agreement = 'same' | 'different' | 'unknown';

/** What is compared. Of the number the two sites have their own: that it differs means nothing. */
export interface Comparison {
  readonly patientName: Agreement;
  readonly birthDate: Agreement;
  readonly sex: Agreement;
  /** Objects that cannot write the name as it was asked, and get it without its accents. */
  readonly withoutAccents: number;
}

/** Compares each object's identity with the one asked: one that differs is enough to differ. */
export function compare(objects: readonly MediumObject[], identity: Phi<AskedIdentity>): Comparison {
  const { patientName, birthDate = '', sex = '' } = identity.reveal();
  const abouts = objects.map(({ about }) => about.reveal());
  const agree = (asked: string, of: (about: About) => string): Agreement => {
    const said = abouts.map(of).filter((one) => one !== '');
    if (asked === '' || said.length === 0) return 'unknown';
    return said.every((one) => one === asked) ? 'same' : 'different';
  };
  return {
    patientName: agree(plainName(patientName), (about) => plainName(about.patientName)),
    birthDate: agree(birthDate, (about) => about.birthDate.replaceAll('.', '')),
    sex: agree(sex, (about) => about.sex.trim().toUpperCase()),
    withoutAccents: abouts.filter(({ charset }) => !isWrittenWhole(patientName, charset)).length,
  };
}

/** Whether a person has to look twice: another birth date or sex is another patient, until somebody says otherwise. */
export function isMismatch({ birthDate, sex }: Comparison): boolean {
  return birthDate === 'different' || sex === 'different';
}

/** Family and given name, without accents, case and signs between. */
function plainName(name: string): string {
  const [family = '', given = ''] = (name.split('=')[0] ?? '').split('^');
  return `${family} ${given}`
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function isWrittenWhole(name: string, charset: string): boolean {
  const written = askedText(name, charset);
  const plain = askedText(name, '');
  const isPlain = plain !== undefined && Buffer.from(plain).toString('latin1') === name;
  return isPlain || (written !== undefined && (plain === undefined || !Buffer.from(written).equals(plain)));
}
