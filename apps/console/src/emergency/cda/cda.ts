import type { PatientAnswer } from '@leadglass/contract';
import { type Block, blocksOf } from './narrative.ts';
import { childrenOf, decodeXml, readXml, within, wordsIn, type XmlElement, type XmlRefusal } from './xml.ts';

/** A section with its title, its text, and sections within it. */
export interface CdaSection {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** There is coded data and no text to be read. */
  readonly isCodedOnly: boolean;
  readonly sections: readonly CdaSection[];
}

/** A file that stands in the place of sections. */
export interface CdaFile {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface CdaPatient {
  readonly identifiers: readonly string[];
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

/** A clinical document (CDA R2) as a person reads it. Times as sent. */
export interface Cda {
  readonly title: string;
  readonly type: string;
  readonly at: string;
  readonly version: string;
  readonly authors: readonly string[];
  readonly custodian: string;
  readonly patient: CdaPatient;
  readonly sections: readonly CdaSection[];
  readonly file: CdaFile | undefined;
}

export type CdaRefusal = XmlRefusal | 'encoding' | 'not-cda';

/** Reads a document; why it is not. Nothing outside it is looked at, and its stylesheet least of all. */
export function readCda(bytes: Uint8Array): Cda | CdaRefusal {
  const text = decodeXml(bytes);
  if (text === undefined) return 'encoding';
  const root = readXml(text);
  if (typeof root === 'string') return root;
  return root.name === 'ClinicalDocument' ? documentOf(root) : 'not-cda';
}

function documentOf(root: XmlElement): Cda {
  const body = within(root, 'component', 'structuredBody');
  return {
    title: wordsIn(within(root, 'title')),
    type: codeOf(within(root, 'code')),
    at: attributeOf(within(root, 'effectiveTime')),
    version: attributeOf(within(root, 'versionNumber')),
    authors: childrenOf(root, 'author')
      .map(authorOf)
      .filter((author) => author !== ''),
    custodian: wordsIn(within(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name')),
    patient: patientOf(within(root, 'recordTarget', 'patientRole')),
    sections: sectionsOf(body),
    file: fileOf(within(root, 'component', 'nonXMLBody', 'text')),
  };
}

function sectionsOf(parent: XmlElement | undefined): readonly CdaSection[] {
  return childrenOf(parent, 'component').flatMap((component) => childrenOf(component, 'section').map(sectionOf));
}

function sectionOf(section: XmlElement): CdaSection {
  const text = within(section, 'text');
  const blocks = text === undefined ? [] : blocksOf(text);
  return {
    title: wordsIn(within(section, 'title')) || codeOf(within(section, 'code')),
    blocks,
    isCodedOnly: blocks.length === 0 && childrenOf(section, 'entry').length > 0,
    sections: sectionsOf(section),
  };
}

function codeOf(code: XmlElement | undefined): string {
  return code?.attributes.get('displayName') ?? code?.attributes.get('code') ?? '';
}

function attributeOf(element: XmlElement | undefined): string {
  return element?.attributes.get('value') ?? '';
}

function authorOf(author: XmlElement): string {
  const assigned = within(author, 'assignedAuthor');
  const person = wordsIn(within(assigned, 'assignedPerson', 'name'));
  const organization = wordsIn(within(assigned, 'representedOrganization', 'name'));
  return [person, organization].filter((each) => each !== '').join(', ');
}

function patientOf(role: XmlElement | undefined): CdaPatient {
  const names = childrenOf(within(role, 'patient'), 'name');
  const families = names.flatMap((name) => childrenOf(name, 'family')).map(wordsIn);
  return {
    identifiers: childrenOf(role, 'id').map(({ attributes }) => attributes.get('extension') ?? ''),
    family: [...new Set(families)].filter((each) => each !== '').join(' '),
    given: wordsIn(within(names[0], 'given')),
    birthDate: attributeOf(within(role, 'patient', 'birthTime')),
  };
}

function fileOf(text: XmlElement | undefined): CdaFile | undefined {
  if (text === undefined || text.attributes.get('representation') !== 'B64') return undefined;
  try {
    const binary = atob(wordsIn(text).replaceAll(' ', ''));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return { mediaType: text.attributes.get('mediaType') ?? '', bytes };
  } catch {
    return undefined;
  }
}

/**
 * Whether a document names somebody else than the chart it is on: none of its numbers is the chart's, and birth date or name is another. Whoever reads it has
 * to be told before the first line.
 */
export function namesAnother({ identifiers, family, birthDate }: CdaPatient, patient: PatientAnswer): boolean {
  const known = new Set(patient.identifiers.map(({ value }) => value));
  if (identifiers.some((each) => each !== '' && known.has(each))) return false;
  const [told, born] = [birthDate.slice(0, 8), patient.birthDate.slice(0, 8)];
  if (told !== '' && born !== '' && told !== born) return true;
  const words = new Set(patient.names.flatMap((name) => lettersOf(`${name.family} ${name.given}`)));
  return family !== '' && words.size > 0 && !lettersOf(family).some((word) => words.has(word));
}

function lettersOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toUpperCase()
      .match(/\p{L}{2,}/gu) ?? []
  );
}
