import { NO_ALLERGY } from './allergy.ts';
import { INS_OIDS, insKeyOf } from './ins.ts';
import type { SeededRandom } from './random.testkit.ts';
import type {
  AllergyReading,
  Coded,
  DocumentReading,
  Identifier,
  MergeReading,
  ObservationReading,
  OrderReading,
  PatientPart,
  PatientReading,
  PersonName,
  ReportReading,
  VisitReading,
} from './readings.ts';

/*
 * What a French hospital's systems tell, made up at random: the nouns as a reading has them. Names, numbers and values are nobody's.
 */

const FAMILIES = ['MARTIN', 'Lefèvre', 'GÜNEŞ-Öztürk', 'de La Fontaine', 'NGUYỄN', "O'Connor", 'Fœtzlé', 'BERNARD'];
const LATIN_FAMILIES = ['MARTIN', 'Lefèvre', 'Müller', 'de La Fontaine', 'ÇELIK', "O'Connor", 'BERNARD', 'Bœuf'];
const GIVEN = ['Zoé', 'Chloé', 'Jean-François', 'Aïcha', 'Noël', 'Maëlle', 'Paul', 'Anne'];
const WORDS = [
  'patient à jeun',
  'contrôle à 48 h',
  'résultat téléphoné',
  'prélèvement hémolysé',
  'suspicion d’embolie',
  'A|B',
  'x^y',
  'a & b',
  'c~d',
  'e\\f',
  'coût 12 €',
  '< seuil #1',
];
const LINES = [
  'Conclusion : pas d’anomalie décelée.',
  'Épanchement pleural gauche',
  '  en retrait',
  'Taille 12 x 8 mm',
  'Signé : Dr Noël',
];

/** Code, and how it is called in an alphabet of its sender. */
const ALLERGENS: readonly (readonly [id: string, words: readonly string[]])[] = [
  ['7980', ['Pénicilline G', 'Penicilline']],
  ['ARA', ['Cacahuète', 'Arachide']],
  ['716186003', ['Aucune allergie connue']],
];

/** Analyte, LOINC code, unit, range, values that one finds. */
const ANALYTES: readonly (readonly [
  name: string,
  loinc: string,
  unit: string,
  range: string,
  values: readonly string[],
])[] = [
  ['Potassium', '2823-3', 'mmol/L', '3,5 - 5,1', ['4,1', '6.8', '2,9']],
  ['Sodium', '2951-2', 'mmol/L', '136 - 145', ['140', '118']],
  ['Créatinine', '14682-9', 'µmol/L', '45 - 84', ['71', '512,0']],
  ['Glycémie', '14749-6', 'mmol/L', '3,9 - 5,5', ['5,10', '31']],
  ['Hémoglobine', '718-7', 'g/dL', '12,0 - 16,0', ['13,2', '6,4']],
  ['Plaquettes', '777-3', '10*9/L', '150 - 400', ['251', '9']],
  ['CRP', '1988-5', 'mg/L', '< 5', ['<0,6', '212']],
  ['Troponine T hs', '67151-1', 'ng/L', '< 14', ['<3', '>10000', '88']],
  ['Lactate', '2524-7', 'mmol/L', '0,5 - 2,2', ['1.1', '12,7']],
  ['D-dimères', '48065-7', 'ng/mL', '< 500', ['<=220', '4310']],
];
const PANELS: readonly (readonly [id: string, text: string])[] = [
  ['IONO', 'Ionogramme sanguin'],
  ['NFS', 'Numération formule'],
  ['GDS', 'Gaz du sang'],
  ['ECBU', 'Examen cytobactériologique des urines'],
];

/** What texts may be made of. */
export interface Alphabet {
  /** Whether a character of `text` can be sent. */
  has(text: string): boolean;
}

/** Makes facts whose texts an alphabet has. */
export class Facts {
  readonly random: SeededRandom;
  readonly #alphabet: Alphabet;
  #number = 0;

  constructor(random: SeededRandom, alphabet: Alphabet) {
    this.random = random;
    this.#alphabet = alphabet;
  }

  /** One of the texts that can be sent; '' where there is none. */
  one(texts: readonly string[]): string {
    const can = texts.filter((text) => this.#alphabet.has(text));
    return can.length === 0 ? '' : this.random.pick(can);
  }

  perhaps(value: string): string {
    return this.random.chance(3) ? '' : value;
  }

  number(prefix: string): string {
    this.#number += 1;
    return `${prefix}${this.random.digits(6)}${this.#number}`;
  }

  moment(): string {
    const day = `20${10 + this.random.below(16)}0${1 + this.random.below(9)}${10 + this.random.below(18)}`;
    return this.random.pick([day, `${day}0815`, `${day}235959`, `${day}120000.123+0100`]);
  }

  person(): string {
    const family = this.one(['Dupond', 'Lefèvre', 'Öz']) || 'Dupond';
    return `${this.one(['Zoé', 'Paul']) || 'Paul'} ${family}`;
  }

  coded(id: string, text: string): Coded {
    const has = this.random.chance(2);
    return {
      id,
      text: this.one([text]),
      system: 'LN',
      otherId: has ? `L${id}` : '',
      otherText: has ? this.one([text]) : '',
      otherSystem: has ? 'L' : '',
    };
  }

  identifier(type: string): Identifier {
    return { value: this.number('P'), authority: 'CHU', oid: this.perhaps('1.2.250.1.999.1'), type };
  }

  ins(): Identifier {
    const corsican = this.random.chance(4);
    const number = `${1 + this.random.below(2)}${this.random.digits(4)}${corsican ? '2A' : this.random.digits(2)}${this.random.digits(6)}`;
    const key = String(insKeyOf(number)).padStart(2, '0');
    return { value: number + key, authority: 'ASIP-SANTE-INS-NIR', oid: INS_OIDS.nir, type: 'INS' };
  }

  name(type: string): PersonName {
    return {
      family: this.one(this.random.chance(2) ? FAMILIES : LATIN_FAMILIES) || 'MARTIN',
      given: this.one(GIVEN),
      further: this.perhaps(this.one(GIVEN)),
      prefix: this.perhaps('M.'),
      type,
    };
  }

  patient(): PatientReading {
    const { random } = this;
    return {
      identifiers: [this.identifier('PI'), ...(random.chance(2) ? [this.ins()] : [])],
      names: [this.name('L'), ...(random.chance(3) ? [this.name('D')] : [])],
      birthDate: `19${random.digits(2)}0101`,
      sex: random.pick(['F', 'M', 'U', '']),
      birthPlace: this.perhaps(this.one(['Orléans', 'AJACCIO'])),
      birthPlaceCode: this.perhaps(random.pick(['45234', '2A004'])),
      account: this.perhaps(this.number('D')),
      diedAt: random.chance(8) ? this.moment() : '',
      reliability: random.chance(2) ? [random.pick(['VALI', 'PROV'])] : [],
    };
  }

  visit(): VisitReading {
    return {
      number: this.number('V'),
      class: this.random.pick(['E', 'I', 'O']),
      location: this.perhaps('URG, B12, 3, SAU') || 'URG',
      doctors: [...new Set(this.random.list(0, 3, () => this.person()))],
      admittedAt: this.perhaps(this.moment()),
      dischargedAt: this.random.chance(5) ? this.moment() : '',
    };
  }

  notes(most = 2): string[] {
    return this.random.list(0, most, () => this.one(WORDS) || 'note');
  }

  observation(index: number): ObservationReading {
    const { random } = this;
    const [name, loinc, unit, range, values] = random.pick(ANALYTES);
    const value = random.pick(values);
    return {
      valueType: /^[<>]/.test(value) ? 'SN' : 'NM',
      code: this.coded(loinc, name),
      subId: random.chance(4) ? String(index + 1) : '',
      values: [value],
      unit: this.one([unit]),
      range: this.perhaps(range),
      flags: random.pick([[], ['H'], ['LL'], ['HH', 'D'], ['N']]),
      status: random.pick(['F', 'P', 'C', 'X', 'F', 'F']),
      observedAt: this.perhaps(this.moment()),
      laboratory: this.perhaps(this.one(['Laboratoire central', 'Biologie délocalisée'])),
      responsible: this.perhaps(this.person()),
      method: this.perhaps(this.one(['Électrode sélective', 'Turbidimétrie'])),
      notes: random.chance(4) ? this.notes() : [],
      document: undefined,
    };
  }

  /** A text in lines, as values or with line breaks in one. */
  prose(index: number): ObservationReading {
    const lines = this.random.list(1, 6, () => this.one(LINES) || 'line');
    const values = this.random.chance(2) ? lines : [lines.join('\n')];
    return {
      ...this.observation(index),
      ...TEXT,
      valueType: this.random.pick(['TX', 'FT']),
      values,
      subId: `t${index}`,
    };
  }

  culture(index: number): ObservationReading {
    const found = this.random.list(1, 3, () => this.one(['Escherichia coli', 'Entérocoque']) || 'E');
    return { ...this.observation(index), ...TEXT, valueType: this.random.pick(['CE', 'CWE', 'ST']), values: found };
  }

  encapsulated(index: number): ObservationReading {
    const code = this.coded('11502-2', 'CR d’examens biologiques');
    const document = { ...this.document(), title: code.text || code.id };
    return { ...this.observation(index), ...TEXT, code, valueType: 'ED', values: [], document };
  }

  document(): DocumentReading {
    const bytes = this.random.chance(3) ? Buffer.from('<ClinicalDocument/>') : Buffer.from('%PDF-1.4\n%âãÏÓ', 'latin1');
    return {
      ...NO_TXA,
      mediaType: this.random.pick(['application/pdf', 'AP/PDF', 'text/xml']),
      title: '',
      bytes: new Uint8Array([...bytes, ...this.random.bytes(600)]),
      reference: '',
    };
  }

  anyObservation(index: number): ObservationReading {
    const dice = this.random.below(10);
    if (dice === 0) return this.prose(index);
    if (dice === 1) return this.culture(index);
    return dice === 2 ? this.encapsulated(index) : this.observation(index);
  }

  report(): ReportReading {
    const [id, text] = this.random.pick(PANELS);
    return {
      placer: this.perhaps(this.number('C')),
      filler: this.number('L'),
      panel: this.coded(id, text),
      collectedAt: this.moment(),
      receivedAt: this.perhaps(this.moment()),
      issuedAt: this.perhaps(this.moment()),
      section: this.random.pick(['LAB', 'HM', 'CH', 'MB']),
      status: this.random.pick(['F', 'P', 'R', 'C', 'X']),
      requester: this.perhaps(this.person()),
      specimen: this.perhaps(this.one(['Sang veineux', 'Prélèvement artériel'])),
      parent: this.perhaps(this.number('L')),
      notes: this.notes(),
      observations: this.random.list(0, 8, (index) => this.anyObservation(index)),
    };
  }

  order(): OrderReading {
    const { random } = this;
    return {
      control: random.pick(['NW', 'CA', 'XO', 'SC', 'OC']),
      placer: this.number('C'),
      filler: this.perhaps(this.number('F')),
      status: random.pick(['', 'SC', 'IP', 'CM']),
      priority: random.pick(['S', 'R', 'A', '']),
      procedure: this.coded('ZBQK002', 'Radiographie du thorax'),
      accession: this.perhaps(this.number('A')),
      requestedProcedureId: this.perhaps(this.number('R')),
      stepId: this.perhaps(this.number('S')),
      studyInstanceUid: this.perhaps(`1.2.250.${random.digits(5)}1`),
      section: random.pick(['CT', 'MR', 'DX']),
      stationAeTitle: '',
      scheduledAt: this.perhaps(this.moment()),
      reason: this.perhaps(this.one(WORDS)),
      clinicalInformation: this.perhaps(this.one(WORDS)),
      requester: this.perhaps(this.person()),
      requesterPhone: this.perhaps('02 38 00 00 00'),
      notes: this.notes(),
    };
  }

  merge(): MergeReading {
    return { from: [this.identifier('PI')], fromAccount: this.perhaps(this.number('D')) };
  }

  allergy(): AllergyReading {
    const [id, words] = this.random.pick(ALLERGENS);
    const told = {
      ...{ kind: this.coded(this.random.pick(['DA', 'FA', 'MA']), ''), code: this.coded(id, this.one(words)) },
      severity: this.coded(this.random.pick(['SV', 'MO', 'MI', 'U', '']), ''),
      reactions: this.random.list(0, 2, () => this.one(['œdème de Quincke', 'urticaire'])),
      identifiedAt: this.perhaps('20190412'),
    };
    if (this.random.chance(2)) return { ...NO_ALLERGY, ...told };
    return {
      ...{ ...NO_ALLERGY, ...told, source: 'IAM', action: this.random.pick(['A', 'U', 'D', 'X']) },
      ...{ number: this.number('AL'), sensitivity: this.random.pick(['AL', 'IN', '']) },
      status: this.random.pick([['C'], ['U'], []]),
      notes: this.notes(1),
    };
  }

  /** What is told of one patient, with nothing but the patient and perhaps a visit and notes. */
  part(isVisitSent: boolean): PatientPart {
    return {
      patient: this.patient(),
      visit: isVisitSent ? this.visit() : undefined,
      merge: undefined,
      orders: [],
      reports: [],
      documents: [],
      allergies: [],
      notes: this.notes(1),
    };
  }
}

const NO_TXA = { id: '', parent: '', type: '', status: '', availability: '', writtenAt: '', author: '' };
/** What a text has not. */
const TEXT = { unit: '', range: '', flags: [], observedAt: '', status: 'F', notes: [] };
