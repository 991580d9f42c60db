import { text as textOf } from 'node:stream/consumers';
import {
  type CandidateAnswer,
  knownFrom,
  type ReconciledIdentity,
  ReconciledIdentitySchema,
  type ReportedExam,
  SECOND_LOOKS,
  type TemporaryAnswer,
} from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';
import { sourceOf } from './config.ts';
import { sayTold } from './hl7-words.ts';

/** What may be written in the file. */
const FIELDS = Object.keys(ReconciledIdentitySchema.shape).join(', ');

/** `name: value` lines, or one JSON object. Throws a usage failure that names fields and no value. */
export function identityOf(source: string): ReconciledIdentity {
  const parsed = ReconciledIdentitySchema.safeParse(
    source.trimStart().startsWith('{') ? jsonOf(source) : linesOf(source),
  );
  if (parsed.success) return parsed.data;
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.') || '?'))].join(', ');
  throw usageFailure(
    text(`À corriger : ${wrong}. Champs : ${FIELDS}.`, `To be corrected: ${wrong}. Fields: ${FIELDS}.`),
  );
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

const STATES: Readonly<Record<TemporaryAnswer['state'], Text>> = {
  open: text('à rattacher', 'to be reconciled'),
  asked: text('seconde lecture', 'second look'),
  accepted: text('rattaché', 'reconciled'),
  released: text('parti tel quel', 'gone as it was'),
};

const ENDS: Readonly<Record<ReportedExam['end'], Text>> = {
  delivered: text('livré', 'delivered'),
  'on-its-way': text('en route', 'on its way'),
  failed: text('échec', 'failed'),
  waiting: text('en attente d’identité', 'waiting for identity'),
  kept: text('gardé ici', 'kept here'),
  destroyed: text('détruit', 'destroyed'),
  'no-images': text('sans image', 'no images'),
  cancelled: text('annulé', 'cancelled'),
};

function waits({ output }: Context, identities: readonly TemporaryAnswer[]): void {
  output.table(
    [
      ...[text('numéro', 'number'), text('depuis', 'since'), text('objets', 'objects'), text('en attente', 'waiting')],
      ...[text('part tel quel le', 'goes as it is on'), text('état', 'state')],
    ],
    identities.map((one) => [
      ...[one.number, timeWords(one.sinceMs), `${one.objects}`, `${one.waiting + one.held + one.impossible}`],
      one.untilMs === undefined ? '' : timeWords(one.untilMs).slice(0, 10),
      { value: output.of(STATES[one.state]), colour: one.state === 'accepted' ? 'green' : 'yellow' },
    ]),
  );
}

const list: Command = {
  name: 'reconcile list',
  usage: '[--all]',
  summary: text('les identités temporaires dont les images attendent', 'temporary identities whose images wait'),
  options: { all: { help: text('aussi celles qui sont réglées', 'those that are settled too') } },
  positionals: [0, 0],
  examples: ['reconcile list'],
  async run(context, given) {
    const answer = await context.client.call('reconcile.list', { all: given.flag('all') });
    context.output.json(answer);
    waits(context, answer.identities);
    return EXIT.ok;
  },
};

const show: Command = {
  name: 'reconcile show',
  usage: 'NUMBER',
  summary: text(
    'une identité temporaire et qui ce peut être, différences côte à côte',
    'a temporary identity and who it may be, differences side by side',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['reconcile show TQ7K263310001C'],
  async run(context, given) {
    const { output, client } = context;
    const answer = await client.call('reconcile.show', { number: given.at(0) });
    output.json(answer);
    waits(context, [answer.temporary]);
    for (const [name, value] of Object.entries(answer.here)) output.line(`  ${name}: ${value}`);
    for (const candidate of answer.candidates) sayCandidate(context, candidate);
    if (answer.told.length > 0) sayTold(output, answer.told);
    return EXIT.ok;
  },
};

function sayCandidate(
  { output }: Context,
  { id, source, also, score, grade, identity, comparisons }: CandidateAnswer,
): void {
  const { patientId, accession = '' } = identity;
  const known = [source, ...also].map((each) => output.of(knownFrom(each))).join(' + ');
  output.line(
    `${id}  ${score}/100  ${grade}  ${known}  ${patientId} ${accession}`,
    grade === 'sure' ? 'green' : 'yellow',
  );
  output.table(
    [text('', ''), text('ici', 'here'), text('là', 'there'), text('', '')],
    comparisons
      .filter(({ here, there }) => here !== '' || there !== '')
      .map(({ field, here, there, likeness, how }) => [
        ...[field, here, there],
        {
          value: how === undefined ? likeness : `${likeness} (${how})`,
          colour: likeness === 'same' ? 'green' : likeness === 'differs' ? 'red' : 'yellow',
        },
      ]),
  );
}

const accept: Command = {
  name: 'reconcile accept',
  usage: 'NUMBER CANDIDATE | NUMBER --new FILE',
  summary: text('dit qui c’est : les images partent sous cette identité', 'says who it is: the images go on as them'),
  notes: text(
    `FILE, ou - pour l’entrée standard : une ligne « champ: valeur » par champ (${FIELDS}), ou un objet JSON. Jamais d’identité dans les arguments. Si un doute subsiste, une autre personne doit dire la même chose.`,
    `FILE, or - for standard input: one line "field: value" a field (${FIELDS}), or one JSON object. Never an identity in the arguments. Where there is doubt another person has to say the same.`,
  ),
  options: {
    new: { value: 'FILE', help: text('une identité qui n’est pas proposée', 'an identity that is not proposed') },
  },
  positionals: [1, 2],
  examples: ['reconcile accept TQ7K263310001C 3f9a01c2b7de', 'reconcile accept TQ7K263310001C --new patient.txt'],
  async run(context, given) {
    const [number, file] = [given.at(0), given.value('new')];
    const chosen =
      file === undefined
        ? { candidate: given.at(1) }
        : { identity: identityOf(file === '-' ? await textOf(process.stdin) : await sourceOf(file)) };
    const answer = await context.client.call('reconcile.accept', { number, ...chosen });
    context.output.json(answer);
    waits(context, [answer.temporary]);
    return EXIT.ok;
  },
};

const undo: Command = {
  name: 'reconcile undo',
  usage: 'NUMBER --reason WORDS [--correct]',
  summary: text('reprend ce qui a été accepté', 'takes back what was accepted'),
  options: {
    reason: { value: 'WORDS', help: text('pourquoi, sans identité', 'why, without an identity') },
    correct: {
      help: text('même si une partie est déjà livrée', 'even where some of it has been delivered'),
    },
  },
  positionals: [1, 1],
  examples: ['reconcile undo TQ7K263310001C --reason "wrong patient"'],
  async run(context, given) {
    const asked = { number: given.at(0), reason: given.required('reason'), correct: given.flag('correct') };
    const answer = await context.client.call('reconcile.undo', asked);
    context.output.json(answer);
    waits(context, [answer.temporary]);
    return EXIT.ok;
  },
};

const release: Command = {
  name: 'reconcile release',
  usage: 'NUMBER --reason WORDS',
  summary: text(
    'laisse partir tel quel ce qui attend, sous le numéro temporaire',
    'lets what waits go out as it is, under the temporary number',
  ),
  options: { reason: { value: 'WORDS', help: text('pourquoi, sans identité', 'why, without an identity') } },
  positionals: [1, 1],
  examples: ['reconcile release TQ7K263310001C --reason "read in the PACS now"'],
  async run(context, given) {
    const asked = { number: given.at(0), reason: given.required('reason') };
    const answer = await context.client.call('reconcile.release', asked);
    context.output.json(answer);
    waits(context, [answer.temporary]);
    return EXIT.ok;
  },
};

const report: Command = {
  name: 'reconcile report',
  usage: '[--from YYYYMMDD] [--to YYYYMMDD]',
  summary: text(
    'chaque examen de la panne et où il a abouti ; aucune donnée de patient',
    'every exam of the downtime and where it ended; no patient data',
  ),
  options: {
    from: { value: 'YYYYMMDD', help: text('premier jour', 'first day') },
    to: { value: 'YYYYMMDD', help: text('dernier jour', 'last day') },
  },
  positionals: [0, 0],
  examples: ['reconcile report --from 20260105', 'reconcile report --json'],
  async run({ client, output }, given) {
    const [from, to] = [given.value('from'), given.value('to')];
    const answer = await client.call('reconcile.report', {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    output.json(answer);
    output.table(
      [
        ...[text('numéro', 'number'), text('étude', 'study'), text('objets', 'objects'), text('issue', 'end')],
        ...[text('sous', 'as'), text('remis à', 'handed to'), text('quand', 'when'), text('registre', 'ledger')],
      ],
      answer.exams.flatMap((exam) => linesOfExam(exam, (words) => output.of(words))),
    );
    toldLines(answer.exams, (words) => output.line(words));
    const { exams, ends, objects, twice } = answer.totals;
    const words = Object.entries(ends).map(([end, count]) => `${output.of(ENDS[end as ReportedExam['end']])} ${count}`);
    output.line(
      output.of(
        text(
          `${exams} examens, ${objects} objets : ${words.join(', ')} ; ${twice} livrés deux fois`,
          `${exams} exams, ${objects} objects: ${words.join(', ')}; ${twice} delivered twice`,
        ),
      ),
    );
    return twice === 0 ? EXIT.ok : EXIT.unsound;
  },
};

/** What information systems were told by HL7, once a registration. */
function toldLines(exams: readonly ReportedExam[], say: (words: string) => void): void {
  const byNumber = new Map(exams.map(({ number, told }) => [number, told]));
  for (const [number, told] of byNumber)
    for (const { destination, message, controlId, state, code } of told)
      say(`  ${number}  ${destination}  ${message}  ${controlId}  ${state}${code === '' ? '' : ` (${code})`}`);
}

function linesOfExam(exam: ReportedExam, say: (words: Text) => string): string[][] {
  const { number, studyInstanceUid, objects, end, deliveries } = exam;
  const head = [number, studyInstanceUid, `${objects}`, say(ENDS[end])];
  if (deliveries.length === 0) return [[...head, '', '', '', '']];
  return deliveries.map(({ destination, as, delivered, atMs, ledgerIndex }) => [
    ...[...head, as, `${destination} (${delivered})`, atMs === undefined ? '' : timeWords(atMs)],
    ledgerIndex === undefined ? '' : `#${ledgerIndex}`,
  ]);
}

const set: Command = {
  name: 'reconcile set',
  usage: '--wait-days N --second-look always|doubtful|never',
  summary: text(
    'combien de temps une identité est attendue, et quand il faut deux personnes',
    'how long an identity is waited for, and when it takes two persons',
  ),
  options: {
    'wait-days': { value: 'N', help: text('0 : rien n’attend jamais', '0: nothing ever waits') },
    'second-look': { value: 'WHEN', help: text('always, doubtful ou never', 'always, doubtful or never') },
  },
  positionals: [0, 0],
  examples: ['reconcile set --wait-days 14 --second-look doubtful'],
  async run(context, given) {
    const secondLook = SECOND_LOOKS.find((one) => one === given.required('second-look'));
    const waitDays = Number(given.required('wait-days'));
    if (secondLook === undefined || !Number.isInteger(waitDays) || waitDays < 0 || waitDays > 365)
      throw usageFailure(
        text('--wait-days 0 à 365 ; always, doubtful ou never', '--wait-days 0 to 365; always, doubtful or never'),
      );
    context.output.json(await context.client.call('reconcile.set', { waitDays, secondLook }));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, show, accept, undo, release, report, set];
