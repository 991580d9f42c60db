import { type AnswerOf, FeedSchema, type FeedStateAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context, Given, Options } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import type { Output } from '../output.ts';
import { timeWords } from '../words.ts';
import { destinationNameOf, sayChange, sayRemoved, sha256Of } from './values.ts';

const OPTIONS: Options = {
  from: { value: 'CIDR', help: text('adresse ou plage d’où il appelle', 'address or range it calls from') },
  kind: {
    value: 'lab|ris|adt',
    help: text('laboratoire, radiologie, mouvements', 'laboratory, radiology, comings and goings'),
  },
  'cert-sha256': {
    value: 'HEX',
    help: text('empreinte de son certificat (TLS)', 'its certificate’s fingerprint (TLS)'),
  },
  'trust-anchor': {
    ...{ value: 'NAME', isMultiple: true },
    help: text('autorité admise (site, ou cert trust add)', 'accepted authority (site, or cert trust add)'),
  },
  'cert-name': { value: 'NAME', help: text('nom que porte son certificat', 'name its certificate bears') },
  application: { value: 'NAME', help: text('MSH-3 attendu', 'MSH-3 expected') },
  facility: { value: 'NAME', help: text('MSH-4 attendu', 'MSH-4 expected') },
  charset: { value: 'windows-1252|iso-8859-15', help: text('quand rien n’est déclaré', 'where nothing is declared') },
  test: { help: text('flux d’essai : les messages d’essai y sont lus', 'a feed of tests: messages of tests are read') },
  'most-per-second': {
    value: 'N',
    help: text('messages par seconde au plus (1000)', 'messages a second, at most (1000)'),
  },
  'silent-after': {
    value: 'MINUTES',
    help: text(
      'minutes sans message avant de signaler son silence (0 : jamais ; sans choix, d’après ses habitudes)',
      'minutes without a message before its silence is told (0: never; without a choice, by its habits)',
    ),
  },
  'quiet-hours': {
    value: 'HH:MM-HH:MM',
    help: text('heures où rien n’est attendu de lui', 'hours in which nothing is expected of it'),
  },
};

const CHOICES: Readonly<Record<string, string>> = {
  'cert-name': 'certName',
  application: 'application',
  facility: 'facility',
  charset: 'charset',
  'quiet-hours': 'quietHours',
};

function feedOf(given: Given) {
  const sha256 = given.value('cert-sha256');
  const anchors = given.list('trust-anchor');
  const most = given.value('most-per-second');
  const silent = given.value('silent-after');
  const chosen = Object.entries(CHOICES).map(([option, field]) => [field, given.value(option)] as const);
  const parsed = FeedSchema.safeParse({
    ...{ name: destinationNameOf(given.at(0)), kind: given.value('kind') ?? 'lab', from: given.required('from') },
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
    ...(sha256 === undefined ? {} : { certSha256: sha256Of(sha256) }),
    ...(anchors.length === 0 ? {} : { trustAnchors: anchors }),
    ...(given.flag('test') ? { processing: 'test' } : {}),
    ...(most === undefined ? {} : { mostPerSecond: Number(most) }),
    ...(silent === undefined ? {} : { silentAfterMinutes: Number(silent) }),
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw usageFailure(text(`À corriger : ${fields}.`, `To correct: ${fields}.`));
}

const add: Command = {
  name: 'feed add',
  usage: 'NAME --from CIDR [--kind lab|ris|adt] …',
  summary: text(
    'admet un laboratoire ou un système qui envoie en HL7',
    'admits a laboratory or a system that sends HL7',
  ),
  notes: text(
    'La passerelle écoute avec up --hl7 HÔTE:PORT ou --hl7-tls HÔTE:PORT. Un flux avec --cert-sha256 ou --trust-anchor n’est admis qu’en TLS. Ajouter de nouveau le même nom le modifie.',
    'The gateway listens with up --hl7 HOST:PORT or --hl7-tls HOST:PORT. A feed with --cert-sha256 or --trust-anchor is admitted over TLS alone. Adding the same name again changes it.',
  ),
  options: OPTIONS,
  positionals: [1, 1],
  examples: ['feed add labo --from 192.0.2.30 --kind lab --application LABO'],
  async run({ client, output }, given) {
    const feed = feedOf(given);
    sayChange(output, `${feed.name} (${feed.from})`, await client.call('feed.add', feed));
    return EXIT.ok;
  },
};

function lastWords({ lastMs }: FeedStateAnswer, none: string): string {
  return lastMs === null ? none : timeWords(lastMs);
}

type Retention = AnswerOf<'feed.list'>['retention'];

/** How long all of it is kept, who chose that, and what is gone for it. */
function sayRetention(output: Output, { messageDays, chartDays, isChosen, forgotten }: Retention): void {
  const by = isChosen ? text('choisi par le site', 'chosen by the site') : text('par défaut', 'by default');
  const { messages, charts } = forgotten;
  output.line(
    text(
      `Gardés (${by.fr}) : messages ${messageDays} jours, dossiers ${chartDays} jours sans nouvelle. Oubliés jusqu’ici : messages ${messages}, dossiers ${charts}. Pour changer : retention, dans ./leadglass config apply.`,
      `Kept (${by.en}): messages ${messageDays} days, charts ${chartDays} days without news. Forgotten so far: messages ${messages}, charts ${charts}. To change: retention, in ./leadglass config apply.`,
    ),
    'grey',
  );
}

/** A sentence for each feed that usually sends and does not. */
function saySilence({ output }: Pick<Context, 'output'>, { feed, silentSinceMs, lastMs }: FeedStateAnswer): void {
  if (silentSinceMs === null) return;
  const [since, asOf] = [timeWords(silentSinceMs), lastMs === null ? '–' : timeWords(lastMs)];
  output.line(
    text(
      `${feed.name} se tait depuis ${since} : ce qu’il a envoyé est connu jusqu’à ${asOf}.`,
      `${feed.name} has been silent since ${since}: what it sent is known as of ${asOf}.`,
    ),
    'red',
  );
}

const list: Command = {
  name: 'feed list',
  usage: '',
  summary: text('les flux HL7 et où ils en sont', 'the HL7 feeds and how they are'),
  options: {},
  positionals: [0, 0],
  examples: ['feed list'],
  async run({ client, output }) {
    const answer = await client.call('feed.list', {});
    output.json(answer);
    const never = output.of(text('jamais', 'never'));
    const heads: Text[] = [
      text('flux', 'feed'),
      text('depuis', 'from'),
      text('liaisons', 'links'),
      text('reçus', 'received'),
      text('dernier', 'last'),
      text('en attente', 'waiting'),
      text('non compris', 'not understood'),
      text('à l’écart', 'set apart'),
    ];
    output.table(
      heads,
      answer.feeds.map((state) => [
        ...[`${state.feed.name} (${state.feed.kind})`, state.feed.from, state.connections, state.received],
        ...[lastWords(state, never), state.waiting, state.notUnderstood, state.quarantined],
      ]),
    );
    for (const state of answer.feeds) saySilence({ output }, state);
    sayRetention(output, answer.retention);
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'feed remove',
  usage: 'NAME',
  summary: text('retire un flux ; ce qu’il a envoyé reste', 'removes a feed; what it sent stays'),
  options: {},
  positionals: [1, 1],
  examples: ['feed remove labo'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    sayRemoved(output, name, await client.call('feed.remove', { name }));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove];
