import type { Random } from './random.ts';

// Every name here is invented: family and first names are drawn by chance from lists, and nobody is meant.

const FAMILY = [
  ...['Abelard', 'Bellecombe', 'Benhaddou', 'Bréval', 'Carvalho', 'Chantemerle', 'Coulibaly', 'Dervaux', 'Diallo'],
  ...['Estève', 'Faucheret', 'Garrigue', 'Guenneau', 'Haddad', 'Hautecloque', 'Jaouen', 'Kermarec', 'Kowalski'],
  ...['Lanoix', 'Le Bihan', 'Maisonneuve', 'Mercadal', 'Moreira', 'N’Diaye', 'Nguyen', 'Ouedraogo', 'Pelissou'],
  ...['Quéméner', 'Ravaud', 'Rossignol', 'Saint-Aubin', 'Sanchez', 'Tessier', 'Traoré', 'Vasseur', 'Yilmaz'],
] as const;
const FIRST = {
  F: [
    'Amina',
    'Bérénice',
    'Camille',
    'Chloé',
    'Élodie',
    'Fatou',
    'Hélène',
    'Inès',
    'Jeanne',
    'Léa',
    'Maëlle',
    'Noémie',
  ],
  M: ['Adrien', 'Bastien', 'Côme', 'Étienne', 'Gaël', 'Hugo', 'Ibrahim', 'Joël', 'Karim', 'Loïc', 'Mathis', 'Youssef'],
} as const;
const DOCTORS = ['Delcourt^Anne', 'Fournel^Paul', 'Mansouri^Leïla', 'Prigent^Yann', 'Vidal^Marc'] as const;

/** Somebody who was never there. */
export interface Patient {
  /** As PN: family, caret, first name. */
  readonly name: string;
  readonly id: string;
  readonly sex: 'F' | 'M';
  /** Whole years. */
  readonly age: number;
  /** YYYYMMDD. */
  readonly birthDate: string;
}

/** @param number behind `DEMO-` in the identifier; @param todayMs the day the age is counted on. */
export function inventPatient(random: Random, number: string, todayMs: number): Patient {
  const sex = random.next() < 0.5 ? 'F' : 'M';
  const age = random.int(19, 92);
  const born = new Date(todayMs - (age * 365.25 + random.int(5, 355)) * 86_400_000);
  return {
    name: `${random.pick(FAMILY).replace('’', "'")}^${random.pick(FIRST[sex])}`,
    id: `DEMO-${number}`,
    sex,
    age,
    birthDate: dayOf(born.getTime()),
  };
}

export function inventDoctor(random: Random): string {
  return random.pick(DOCTORS);
}

/** YYYYMMDD, by the clock on the wall. */
export function dayOf(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
}

/** HHMMSS, by the clock on the wall. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
