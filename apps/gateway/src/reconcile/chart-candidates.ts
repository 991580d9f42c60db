import { type ChartReader, isMatchable, type PersonFacts, plainWords } from '@leadglass/continuity';
import { type PatientAnswer, ReconciledIdentitySchema } from '@leadglass/contract';
import type { CandidateSource, Found } from './candidates.ts';

/** Words of a name that are looked for, and charts that are looked at for each. */
const MOST_WORDS = 4;
const MOST_OF_A_WORD = 100;
const SHORTEST_WORD = 2;
/** Names of one patient that are compared: of birth, of use. */
const MOST_NAMES = 3;

export interface ChartCandidateTools {
  readonly reader: Pick<ChartReader, 'search'>;
  /** What was acknowledged is entered first. */
  catchUp(): Promise<void>;
  /** Charts were looked through for somebody: what kind of words they were looked for by, and how many were found. */
  searched(keys: readonly string[], found: number): void;
}

type Identifier = PatientAnswer['identifiers'][number];

/** Who laboratories and information systems have told of by HL7: a patient may be known by that alone. */
export class ChartCandidates implements CandidateSource {
  readonly #tools: ChartCandidateTools;

  constructor(tools: ChartCandidateTools) {
    this.#tools = tools;
  }

  async *find(here: PersonFacts): AsyncGenerator<Found> {
    await this.#tools.catchUp();
    const patients = new Map<number, PatientAnswer>();
    const questions = questionsOf(here);
    for (const { words, bornOn } of questions) {
      const asked = { words, limit: MOST_OF_A_WORD, ...(bornOn === undefined ? {} : { bornOn }) };
      const { found } = await this.#tools.reader.search(asked);
      for (const { patient } of found) patients.set(patient.chart, patient);
    }
    if (questions.length > 0) this.#tools.searched([...new Set(questions.map(({ key }) => key))], patients.size);
    for (const patient of patients.values()) yield* foundIn(patient, here);
  }
}

interface Question {
  readonly key: 'name' | 'number' | 'birth date';
  readonly words: string;
  readonly bornOn?: string;
}

// One word at a time: a maiden name, names in each other's place, and a word misheard leave the others to find somebody by.
function questionsOf({ familyName, givenName = '', birthDate, localId, ins }: PersonFacts): readonly Question[] {
  const words = new Set(plainWords(`${familyName} ${givenName}`).split(' '));
  const named = [...words].filter((word) => word.length >= SHORTEST_WORD).slice(0, MOST_WORDS);
  const numbers = [localId, ins].filter((number) => number !== undefined && /\d/.test(number)) as string[];
  return [
    ...numbers.map((words): Question => ({ key: 'number', words })),
    ...(birthDate === undefined ? [] : [{ key: 'birth date', words: '', bornOn: birthDate } as const]),
    ...named.map((words): Question => ({ key: 'name', words })),
  ];
}

function* foundIn(patient: PatientAnswer, here: PersonFacts): Generator<Found> {
  const number = numberOf(patient.identifiers, here);
  if (number === undefined) return;
  const numbers = patient.identifiers.filter(isMatchable).map(({ value }) => value.trim());
  const ins = patient.identifiers.find((each) => each.ins === 'valid')?.value;
  for (const { family, given } of patient.names.slice(0, MOST_NAMES)) {
    const identity = ReconciledIdentitySchema.safeParse({
      ...{ patientId: number.value, familyName: family },
      ...told('issuer', number.authority === '' ? number.oid : number.authority),
      ...told('givenName', given),
      ...told('birthDate', /^(19|20)\d{6}/.exec(patient.birthDate)?.[0] ?? ''),
      ...told('sex', /^[FMO]$/.exec(patient.sex)?.[0] ?? ''),
    });
    // A name or a number that cannot be given to images as it stands.
    if (!identity.success) continue;
    const { patientId: localId, familyName, givenName, birthDate, sex } = identity.data;
    const person = { familyName, localId, givenName, birthDate, sex, ins };
    const known = Object.entries(person).filter(([, value]) => value !== undefined);
    const facts = Object.fromEntries(known) as unknown as PersonFacts;
    yield { source: 'chart', identity: identity.data, person: facts, numbers };
  }
}

/** The number a patient goes by in the house, the one that was registered before any other; the national one where there is none. */
function numberOf(identifiers: readonly Identifier[], { localId }: PersonFacts): Identifier | undefined {
  const usable = identifiers.filter(isMatchable);
  const ofTheHouse = usable.filter(({ ins }) => ins === 'none');
  const registered = ofTheHouse.find(({ value }) => value.trim() === localId);
  const inHouse = registered ?? ofTheHouse.find(({ type }) => type === 'PI') ?? ofTheHouse[0];
  return inHouse ?? usable.find(({ ins }) => ins === 'valid');
}

const told = (name: string, value: string): Record<string, string> => (value.trim() === '' ? {} : { [name]: value });
