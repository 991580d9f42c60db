import { Hl7DestinationSchema, type Hl7StateAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Given, Options } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';
import { sayTold } from './hl7-words.ts';
import {
  destinationNameOf,
  hostPortOf,
  OUTSIDE_OPTIONS,
  outsideOf,
  sayChange,
  sayRemoved,
  sha256Of,
} from './values.ts';

const OPTIONS: Options = {
  to: { value: 'HOST:PORT', help: text('où il écoute (MLLP)', 'where it listens (MLLP)') },
  tls: { help: text('par TLS', 'over TLS') },
  'cert-sha256': {
    value: 'HEX',
    help: text('empreinte exigée de son certificat', 'fingerprint its certificate must have'),
  },
  application: { value: 'NAME', help: text('MSH-3 : nous (LEADGLASS)', 'MSH-3: us (LEADGLASS)') },
  facility: { value: 'NAME', help: text('MSH-4', 'MSH-4') },
  'receiving-application': { value: 'NAME', help: text('MSH-5 : lui', 'MSH-5: it') },
  'receiving-facility': { value: 'NAME', help: text('MSH-6', 'MSH-6') },
  version: { value: '2.3.1|2.4|2.5|2.5.1', help: text('version (2.5)', 'version (2.5)') },
  charset: { value: '8859/1|8859/15|UNICODE UTF-8', help: text('MSH-18 (8859/1)', 'MSH-18 (8859/1)') },
  enhanced: { help: text('il dit seulement qu’il garde (CA, CE, CR)', 'it only says that it keeps (CA, CE, CR)') },
  test: { help: text('messages marqués comme essais (MSH-11 = T)', 'messages marked as trials (MSH-11 = T)') },
  messages: {
    value: 'LIST',
    help: text(
      'ce qu’il reçoit : registrations,orders,merges (tout)',
      'what it takes: registrations,orders,merges (all)',
    ),
  },
  'patient-authority': {
    value: 'NAME[&OID&ISO]',
    help: text('qui donne les numéros de patients (PID-3.4)', 'who gives the numbers of patients (PID-3.4)'),
  },
  system: {
    value: 'NAME',
    help: text('la destination qui est le même système', 'the destination that is the same system'),
  },
  ...OUTSIDE_OPTIONS,
  'give-back-per-minute': { value: 'N', help: text('messages par minute, au plus', 'messages a minute, at most') },
};

const CHOICES: Readonly<Record<string, string>> = {
  ...{ application: 'application', facility: 'facility', version: 'version', charset: 'charset', system: 'system' },
  ...{ 'receiving-application': 'receivingApplication', 'receiving-facility': 'receivingFacility' },
  'patient-authority': 'patientAuthority',
};

function destinationOf(given: Given) {
  const [sha256, messages] = [given.value('cert-sha256'), given.value('messages')];
  const perMinute = given.number('give-back-per-minute', 1, 60_000);
  const chosen = Object.entries(CHOICES).map(([option, field]) => [field, given.value(option)] as const);
  const parsed = Hl7DestinationSchema.safeParse({
    ...{ name: destinationNameOf(given.at(0)), ...hostPortOf(given.required('to')), tls: given.flag('tls') },
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
    ...(sha256 === undefined ? {} : { certSha256: sha256Of(sha256) }),
    ...(given.flag('enhanced') ? { acknowledgement: 'enhanced' } : {}),
    ...(given.flag('test') ? { processing: 'test' } : {}),
    ...(messages === undefined ? {} : { messages: messages.split(',').map((one) => one.trim()) }),
    ...outsideOf(given),
    ...(perMinute === undefined ? {} : { giveBackPerMinute: perMinute }),
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw usageFailure(text(`À corriger : ${fields}.`, `To correct: ${fields}.`));
}

const add: Command = {
  name: 'hl7-destination add',
  usage: 'NAME --to HOST:PORT [--tls] [--system NAME] …',
  summary: text(
    'dit en HL7 à un système d’information ce qui est enregistré ici',
    'tells an information system by HL7 what is registered here',
  ),
  notes: text(
    'Il reçoit, dans l’ordre et un à la fois : ADT^A04 et ORM^O01 de chaque enregistrement, ADT^A40 une fois le patient rapproché, et leurs corrections. Tant que la destination nommée par --system est en panne, rien n’est tenté. Le même nom de nouveau le modifie. S’essaie avec hl7-destination test.',
    'It is told, in order and one at a time: ADT^A04 and ORM^O01 of each registration, ADT^A40 once the patient is reconciled, and their corrections. While the destination that --system names is down nothing is tried. The same name again changes it. Try it with hl7-destination test.',
  ),
  options: OPTIONS,
  positionals: [1, 1],
  examples: ['hl7-destination add ris-hl7 --to 10.1.2.4:2575 --receiving-application RIS --system ris'],
  async run({ client, output }, given) {
    const destination = destinationOf(given);
    sayChange(output, destination.name, await client.call('hl7.add', destination));
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'hl7-destination list',
  usage: '',
  summary: text('qui est informé en HL7, et ce qui l’attend', 'who is told by HL7, and what waits for it'),
  options: {},
  positionals: [0, 0],
  examples: ['hl7-destination list'],
  async run({ client, output }) {
    const answer = await client.call('hl7.list', {});
    output.json(answer);
    output.table(
      [
        ...[text('nom', 'name'), text('adresse', 'address'), text('version', 'version'), text('TLS', 'TLS')],
        ...[text('en attente', 'waiting'), text('depuis', 'since'), text('remis', 'handed on')],
        ...[text('à décider', 'to decide'), text('état', 'state')],
      ],
      answer.destinations.map((state) => {
        const { destination, waiting, waitingSinceMs, delivered, needsPerson } = state;
        const { name, host, port, version, tls } = destination;
        return [
          ...[name, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, version, tls ? '✓' : '–'],
          ...[`${waiting}`, waitingSinceMs === undefined ? '' : timeWords(waitingSinceMs), `${delivered}`],
          { value: `${needsPerson}`, colour: needsPerson === 0 ? ('grey' as const) : ('red' as const) },
          output.of(stateWords(state)),
        ];
      }),
    );
    return EXIT.ok;
  },
};

function stateWords({ isDown, trouble }: Hl7StateAnswer) {
  if (isDown) return text('en panne ou isolé : rien n’est tenté', 'down or cut off: nothing is tried');
  return trouble?.why ?? text('prêt', 'ready');
}

const remove: Command = {
  name: 'hl7-destination remove',
  usage: 'NAME',
  summary: text('n’informe plus ce système', 'tells that system no more'),
  notes: text(
    'Ce qui l’attend reste, et se voit avec hl7-destination messages : remettez-le, ou dites de chaque message qu’il est réglé.',
    'What waits for it stays, and shows with hl7-destination messages: put it back, or say of each message that it is settled.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['hl7-destination remove ris-hl7'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    sayRemoved(output, name, await client.call('hl7.remove', { name }));
    return EXIT.ok;
  },
};

const test: Command = {
  name: 'hl7-destination test',
  usage: 'NAME',
  summary: text('essaie la connexion, sans rien envoyer', 'tries the connection, and sends nothing'),
  options: {},
  positionals: [1, 1],
  examples: ['hl7-destination test ris-hl7'],
  async run({ client, output }, given) {
    const answer = await client.call('hl7.test', { name: destinationNameOf(given.at(0)) });
    output.json(answer);
    output.line(output.of(answer.text), answer.isGood ? 'green' : 'red');
    for (const advice of answer.advice) output.line(`  ${output.of(advice)}`);
    return answer.isGood ? EXIT.ok : EXIT.failed;
  },
};

const messages: Command = {
  name: 'hl7-destination messages',
  usage: '[--number N] [--state STATE] [--answer NO]',
  summary: text('ce qui a été dit en HL7, ou attend de l’être', 'what was told by HL7, or waits to be'),
  notes: text(
    'Sans choix : ce qui attend, ce qui a été refusé, ce qui est à faire à la main. --number : tout d’un enregistrement. --answer : ce qu’un destinataire a répondu à un message ; ses mots peuvent nommer un patient.',
    'Without a choice: what waits, what was refused, what is to be done by hand. --number: all of one registration. --answer: what a receiver answered to one message; its words may name a patient.',
  ),
  options: {
    number: { value: 'N', help: text('d’un enregistrement', 'of one registration') },
    state: {
      value: 'STATE',
      help: text(
        'waiting, delivered, refused, skipped, withdrawn ou by-hand',
        'waiting, delivered, refused, skipped, withdrawn or by-hand',
      ),
    },
    answer: { value: 'NO', help: text('la réponse à ce message', 'the answer to that message') },
  },
  positionals: [0, 0],
  examples: ['hl7-destination messages', 'hl7-destination messages --answer 12'],
  async run({ client, output }, given) {
    const [number, answered] = [given.value('number'), given.value('answer')];
    if (answered !== undefined) {
      const one = await client.call('hl7.message', { no: noOf(answered) });
      output.json(one);
      sayTold(output, [one.message]);
      output.line(one.answer === '' ? output.of(text('(rien en clair)', '(nothing in words)')) : one.answer);
      return EXIT.ok;
    }
    const state = stateOf(given.value('state'));
    const answer = await client.call('hl7.messages', {
      ...(number === undefined ? {} : { number }),
      ...(state === undefined ? {} : { state }),
    });
    output.json(answer);
    sayTold(output, answer.messages);
    return EXIT.ok;
  },
};

const STATES = ['waiting', 'delivered', 'refused', 'skipped', 'withdrawn', 'by-hand'] as const;

function stateOf(value: string | undefined) {
  if (value === undefined) return undefined;
  const state = STATES.find((one) => one === value);
  if (state === undefined)
    throw usageFailure(text(`--state : ${STATES.join(', ')}.`, `--state: ${STATES.join(', ')}.`));
  return state;
}

function noOf(value: string): number {
  if (!/^[1-9]\d{0,14}$/.test(value)) throw usageFailure(text('Un numéro de message.', 'A number of a message.'));
  return Number(value);
}

const tell: Command = {
  name: 'hl7-destination tell',
  usage: '[--from YYYYMMDD] [--to YYYYMMDD]',
  summary: text(
    'dit ce qui a été enregistré avant qu’un destinataire soit déclaré',
    'tells what was registered before a receiver was declared',
  ),
  notes: text(
    'Chaque enregistrement qui tient, dont un destinataire ne sait encore rien, et qui il est s’il est rapproché. Ce qui a été dit ne l’est pas deux fois. Sans choix : aujourd’hui.',
    'Each registration that stands and a receiver knows nothing of yet, and whose it is where it is reconciled. What was told is not told twice. Without a choice: today.',
  ),
  options: {
    from: { value: 'YYYYMMDD', help: text('premier jour', 'first day') },
    to: { value: 'YYYYMMDD', help: text('dernier jour', 'last day') },
  },
  positionals: [0, 0],
  examples: ['hl7-destination tell --from 20260105'],
  async run({ client, output }, given) {
    const [from, to] = [given.value('from'), given.value('to')];
    const answer = await client.call('hl7.tell', {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    output.json(answer);
    const { registrations, messages: count } = answer;
    output.line(
      output.of(
        text(
          `${registrations} enregistrements, ${count} messages à dire`,
          `${registrations} registrations, ${count} messages to be told`,
        ),
      ),
    );
    return EXIT.ok;
  },
};

const retry: Command = {
  name: 'hl7-destination retry',
  usage: 'NO',
  summary: text('renvoie un message refusé, le même (MSH-10)', 'sends a refused message again, the same (MSH-10)'),
  options: {},
  positionals: [1, 1],
  examples: ['hl7-destination retry 12'],
  async run({ client, output }, given) {
    const answer = await client.call('hl7.retry', { no: noOf(given.at(0)) });
    output.json(answer);
    sayTold(output, [answer.message]);
    return EXIT.ok;
  },
};

const skip: Command = {
  name: 'hl7-destination skip',
  usage: 'NO --reason WORDS',
  summary: text(
    'dit qu’un message est réglé à la main ; la suite part',
    'says that a message is settled by hand; what follows goes on',
  ),
  options: {
    reason: { value: 'WORDS', help: text('ce qui a été fait, sans identité', 'what was done, without an identity') },
  },
  positionals: [1, 1],
  examples: ['hl7-destination skip 12 --reason "typed in by hand"'],
  async run({ client, output }, given) {
    const answer = await client.call('hl7.skip', { no: noOf(given.at(0)), reason: given.required('reason') });
    output.json(answer);
    sayTold(output, [answer.message]);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove, test, messages, tell, retry, skip];
