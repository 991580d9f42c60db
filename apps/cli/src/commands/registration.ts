import { text as textOf } from 'node:stream/consumers';
import { type RegistrationAnswer, RegistrationRequestSchema, type RequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';
import { sourceOf } from './config.ts';
import { sayTold } from './hl7-words.ts';

type Asked = RequestOf<'registration.add'>;

/** What may be written in the file, in the order in which a form asks for it. */
const FIELDS = Object.keys(RegistrationRequestSchema.shape);

/** The text of FILE, or of standard input for `-`: what patients are called stands in no list of processes and in no history. */
function given(name: string): Promise<string> {
  return name === '-' ? textOf(process.stdin) : sourceOf(name);
}

/** `name: value` lines, or one JSON object. Throws a usage failure that names fields and no value. */
export function registrationOf(source: string): Asked {
  const parsed = RegistrationRequestSchema.safeParse(
    source.trimStart().startsWith('{') ? jsonOf(source) : linesOf(source),
  );
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.flatMap((issue) => fieldsOf(issue)))].join(', ');
  throw usageFailure(
    text(
      `À corriger : ${fields}. Champs : ${FIELDS.join(', ')}.`,
      `To be corrected: ${fields}. Fields: ${FIELDS.join(', ')}.`,
    ),
  );
}

function fieldsOf(issue: { readonly code: string; readonly path: readonly PropertyKey[] }): readonly string[] {
  if (issue.code === 'unrecognized_keys') return ['?'];
  return [issue.path.map(String).join('.') || '?'];
}

function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function linesOf(source: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of source.split(/\r?\n/)) {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at > 0 && !name.startsWith('#') && value !== '') fields[name] = value;
  }
  return fields;
}

const NOTES: Text = text(
  `FILE, ou - pour l’entrée standard : une ligne « champ: valeur » par champ (${FIELDS.join(', ')}), ou un objet JSON. Jamais d’identité dans les arguments : d’autres utilisateurs de la machine les voient. priority : STAT, HIGH ou ROUTINE ; sex : F, M ou O ; birthDate : AAAAMMJJ.`,
  `FILE, or - for standard input: one line "field: value" a field (${FIELDS.join(', ')}), or one JSON object. Never an identity in the arguments: other users of the machine see them. priority: STAT, HIGH or ROUTINE; sex: F, M or O; birthDate: YYYYMMDD.`,
);

function say({ output }: Context, { number, accession, studyInstanceUid, state }: RegistrationAnswer): void {
  output.line(`${number}  ${accession}  ${studyInstanceUid}`, state === 'open' ? 'green' : 'yellow');
}

const add: Command = {
  name: 'registration add',
  usage: 'FILE',
  summary: text(
    'enregistre un patient et un examen quand le RIS ne répond plus',
    'registers a patient and an order when the RIS does not answer',
  ),
  notes: NOTES,
  options: {},
  positionals: [1, 1],
  examples: ['registration add patient.txt', 'registration add - < patient.txt'],
  async run(context, givenTo) {
    const answer = await context.client.call('registration.add', registrationOf(await given(givenTo.at(0))));
    context.output.json(answer);
    say(context, answer.registration);
    return EXIT.ok;
  },
};

const correct: Command = {
  name: 'registration correct',
  usage: 'NUMBER FILE',
  summary: text('corrige un enregistrement ; ses numéros restent', 'corrects a registration; its numbers stay'),
  notes: NOTES,
  options: {},
  positionals: [2, 2],
  examples: ['registration correct TQ7K263310001C patient.txt'],
  async run(context, givenTo) {
    const asked = registrationOf(await given(givenTo.at(1)));
    const answer = await context.client.call('registration.correct', { number: givenTo.at(0), ...asked });
    context.output.json(answer);
    say(context, answer.registration);
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'registration list',
  usage: '[--day YYYYMMDD]',
  summary: text('les enregistrements du jour', 'the registrations of the day'),
  options: { day: { value: 'YYYYMMDD', help: text('un autre jour', 'another day') } },
  positionals: [0, 0],
  examples: ['registration list'],
  async run({ client, output }, givenTo) {
    const day = givenTo.value('day');
    const answer = await client.call('registration.list', day === undefined ? {} : { day });
    output.json(answer);
    output.table(
      [
        ...[text('numéro', 'number'), text('examen nº', 'accession'), text('à', 'at'), text('nom', 'name')],
        ...[text('né(e) le', 'born'), text('examen', 'exam'), text('appareil', 'device'), text('état', 'state')],
      ],
      answer.registrations.map((one) => [
        ...[one.number, one.accession, timeWords(one.atMs).slice(11, 16), nameOf(one), one.birthDate ?? ''],
        ...[`${one.modality} ${one.procedure}`, one.station],
        { value: one.state, colour: one.state === 'open' ? 'green' : 'yellow' },
      ]),
    );
    return EXIT.ok;
  },
};

const show: Command = {
  name: 'registration show',
  usage: 'NUMBER',
  summary: text(
    'un enregistrement, et ce que les systèmes d’information en savent',
    'a registration, and what information systems were told of it',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['registration show TQ7K263310001C'],
  async run(context, givenTo) {
    const { client, output } = context;
    const answer = await client.call('registration.show', { number: givenTo.at(0) });
    output.json(answer);
    say(context, answer.registration);
    const { number, accession, studyInstanceUid, ...rest } = answer.registration;
    for (const [name, value] of Object.entries(rest))
      output.line(`  ${name}: ${name === 'atMs' ? timeWords(rest.atMs) : value}`);
    sayTold(output, answer.told);
    return EXIT.ok;
  },
};

function nameOf({ familyName, givenName }: RegistrationAnswer): string {
  return givenName === undefined ? familyName : `${familyName} ${givenName}`;
}

const cancel: Command = {
  name: 'registration cancel',
  usage: 'NUMBER --reason WORDS',
  summary: text('annule un enregistrement', 'cancels a registration'),
  options: { reason: { value: 'WORDS', help: text('pourquoi, sans identité', 'why, without an identity') } },
  positionals: [1, 1],
  examples: ['registration cancel TQ7K263310001C --reason duplicate'],
  async run(context, givenTo) {
    const asked = { number: givenTo.at(0), reason: givenTo.required('reason') };
    const answer = await context.client.call('registration.cancel', asked);
    context.output.json(answer);
    say(context, answer.registration);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, correct, list, show, cancel];
