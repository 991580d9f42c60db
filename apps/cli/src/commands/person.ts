import { type PersonAnswer, ROLES, type Role, RoleSchema } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

// Accounts of the console, for whoever owns the machine: what its page "People" does. A passkey is made in a browser, by its person alone.

const ROLE_HELP = text(ROLES.join(', '), ROLES.join(', '));
const ACCOUNT = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

function accountOf(given: Given): string {
  const account = given.at(0);
  if (ACCOUNT.test(account)) return account;
  throw usageFailure(
    text(
      'Un compte a des lettres, des chiffres, . _ - @ ; 64 au plus.',
      'An account has letters, digits, . _ - @; at most 64.',
    ),
  );
}

function roleOf(value: string): Role {
  const role = RoleSchema.safeParse(value).data;
  if (role !== undefined) return role;
  throw usageFailure(text(`Un rôle est l’un de : ${ROLES.join(', ')}.`, `A role is one of: ${ROLES.join(', ')}.`));
}

function languageOf(given: Given): { language?: 'fr' | 'en' } {
  const value = given.value('language');
  if (value === undefined) return {};
  if (value === 'fr' || value === 'en') return { language: value };
  throw usageFailure(text('--language : fr ou en.', '--language: fr or en.'));
}

const ways = ({ passkeys, hasTotp, isFromDirectory }: PersonAnswer) =>
  text(
    [
      ...(passkeys > 0 ? [`clé d’accès ×${passkeys}`] : []),
      ...(hasTotp ? ['mot de passe et code'] : []),
      ...(isFromDirectory ? ['annuaire'] : []),
    ].join(', ') || 'aucun',
    [
      ...(passkeys > 0 ? [`passkey ×${passkeys}`] : []),
      ...(hasTotp ? ['password and code'] : []),
      ...(isFromDirectory ? ['directory'] : []),
    ].join(', ') || 'none',
  );

const list: Command = {
  name: 'person list',
  usage: '',
  summary: text('les comptes de la console', 'the accounts of the console'),
  options: {},
  positionals: [0, 0],
  examples: ['person list'],
  async run({ client, output }) {
    const answer = await client.call('person.list', {});
    output.json(answer);
    output.table(
      [
        ...[
          text('compte', 'account'),
          text('nom', 'name'),
          text('rôle', 'role'),
          text('identification', 'signs in by'),
        ],
        ...[text('codes de secours', 'emergency codes'), text('vu', 'seen')],
      ],
      answer.people.map((person) => [
        person.account,
        person.displayName,
        person.isDisabled ? { value: `${person.role} ✗`, colour: 'yellow' } : person.role,
        output.of(ways(person)),
        String(person.emergencyCodes),
        person.lastSeenAtMs === undefined ? '–' : timeWords(person.lastSeenAtMs),
      ]),
    );
    return EXIT.ok;
  },
};

function tellLink({ output }: Context, account: string, link: string): void {
  output.line(link);
  const said = text(
    `Pour ${account}, une seule fois et pendant un jour : à donner de la main à la main. Une clé d’accès ou un mot de passe avec code s’y enrôle.`,
    `For ${account}, once and for a day: to be handed over in person. A passkey, or a password with codes, is enrolled there.`,
  );
  output.line(said, 'yellow');
}

const invite: Command = {
  name: 'person invite',
  usage: 'ACCOUNT [--role ROLE] [--name NAME] [--language fr|en]',
  summary: text('ajoute un compte, ou donne un nouveau lien', 'adds an account, or gives a new link'),
  notes: text(
    'Un compte nouveau demande --role. À un compte qui existe, un nouveau lien reprend ce qui était enrôlé, sauf au dernier administrateur : la console reste à quelqu’un. C’est le chemin de qui a tout perdu, et un premier administrateur peut se faire ainsi.',
    'A new account takes --role. To an account that exists, a new link takes away what was enrolled, except of the last administrator: the console stays somebody’s. It is the way back of whoever lost everything, and a first administrator may be made like this.',
  ),
  options: {
    role: { value: 'ROLE', help: ROLE_HELP },
    name: { value: 'NAME', help: text('nom affiché', 'name shown') },
    language: { value: 'fr|en', help: text('langue des pages', 'language of the pages') },
  },
  positionals: [1, 1],
  examples: ['person invite a.martin --name "Alice Martin" --role administrator', 'person invite b.petit'],
  async run(context, given) {
    const account = accountOf(given);
    const [role, displayName] = [given.value('role'), given.value('name')];
    const answer = await context.client.call('person.invite', {
      account,
      ...(role === undefined ? {} : { role: roleOf(role) }),
      ...(displayName === undefined ? {} : { displayName }),
      ...languageOf(given),
    });
    context.output.json(answer);
    tellLink(context, account, answer.link);
    return EXIT.ok;
  },
};

function tellPerson({ output }: Context, { account, role, isDisabled }: PersonAnswer): void {
  const state = isDisabled ? text('désactivé', 'disabled') : text('actif', 'active');
  output.line(text(`${account} : ${role}, ${state.fr}.`, `${account}: ${role}, ${state.en}.`), 'green');
}

const role: Command = {
  name: 'person role',
  usage: 'ACCOUNT ROLE',
  summary: text('change le rôle ; ses sessions se terminent', 'changes the role; their sessions end'),
  options: {},
  positionals: [2, 2],
  examples: ['person role b.petit security-officer'],
  async run(context, given) {
    const asked = { account: accountOf(given), role: roleOf(given.at(1)) };
    const answer = await context.client.call('person.change', asked);
    context.output.json(answer);
    tellPerson(context, answer.person);
    return EXIT.ok;
  },
};

/** Two commands that differ in one word. */
function switching(word: 'disable' | 'enable', summary: ReturnType<typeof text>): Command {
  return {
    ...{ name: `person ${word}`, usage: 'ACCOUNT', summary, options: {}, positionals: [1, 1] },
    examples: [`person ${word} b.petit`],
    async run(context, given) {
      const asked = { account: accountOf(given), isDisabled: word === 'disable' };
      const answer = await context.client.call('person.change', asked);
      context.output.json(answer);
      tellPerson(context, answer.person);
      return EXIT.ok;
    },
  };
}

const disable = switching('disable', text('ferme un compte sans l’effacer', 'closes an account without deleting it'));
const enable = switching('enable', text('rouvre un compte', 'opens an account again'));

const remove: Command = {
  name: 'person remove',
  usage: 'ACCOUNT',
  summary: text('efface un compte et ses moyens d’identification', 'deletes an account and its ways to sign in'),
  options: {},
  positionals: [1, 1],
  examples: ['person remove b.petit'],
  async run({ client, output }, given) {
    const account = accountOf(given);
    output.json(await client.call('person.remove', { account }));
    output.line(text(`Compte ${account} effacé.`, `Account ${account} deleted.`), 'green');
    return EXIT.ok;
  },
};

const sessions: Command = {
  name: 'person sessions',
  usage: '[ACCOUNT]',
  summary: text('qui est connecté à la console', 'who is signed in to the console'),
  options: {},
  positionals: [0, 1],
  examples: ['person sessions', 'person sessions b.petit'],
  async run({ client, output }, given) {
    const answer = await client.call('person.sessions', given.at(0) === '' ? {} : { account: accountOf(given) });
    output.json(answer);
    output.table(
      [
        ...[text('compte', 'account'), text('rôle', 'role'), text('par', 'by'), text('depuis', 'since')],
        ...[text('vu', 'seen'), text('adresse', 'address'), text('navigateur', 'browser')],
      ],
      answer.sessions.map((each) => [
        ...[each.account, each.role, each.how, timeWords(each.beganAtMs), timeWords(each.lastSeenAtMs)],
        ...[each.address, each.agent],
      ]),
    );
    return EXIT.ok;
  },
};

const endSessions: Command = {
  name: 'person end-sessions',
  usage: 'ACCOUNT',
  summary: text('déconnecte un compte partout', 'signs an account out everywhere'),
  options: {},
  positionals: [1, 1],
  examples: ['person end-sessions b.petit'],
  async run({ client, output }, given) {
    const answer = await client.call('person.end-sessions', { account: accountOf(given) });
    output.json(answer);
    output.line(text(`Sessions terminées : ${answer.ended}.`, `Sessions ended: ${answer.ended}.`), 'green');
    return EXIT.ok;
  },
};

const emergencyCodes: Command = {
  name: 'person emergency-codes',
  usage: 'ACCOUNT',
  summary: text('dix nouveaux codes de secours, à imprimer', 'ten new emergency codes, to print'),
  notes: text(
    'Chacun ouvre une session une fois, même sans annuaire ni réseau. Ceux d’avant ne valent plus. Affichés cette seule fois.',
    'Each opens a session once, even without directory or network. Those before are no longer good. Shown this once.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['person emergency-codes urgences'],
  async run({ client, output }, given) {
    const answer = await client.call('person.emergency-codes', { account: accountOf(given) });
    output.json(answer);
    for (const code of answer.codes) output.line(code);
    output.line(text('Affichés cette seule fois.', 'Shown this once only.'), 'yellow');
    return EXIT.ok;
  },
};

const siteName: Command = {
  name: 'site name',
  usage: 'NAME',
  summary: text('le nom du site, en haut de chaque page', 'the name of the site, at the top of every page'),
  options: {},
  positionals: [1, 1],
  examples: ['site name "Imagerie du Parc"'],
  async run({ client, output }, given) {
    const name = given.at(0).trim();
    if (name === '' || name.length > 100) throw usageFailure(text('De 1 à 100 caractères.', '1 to 100 characters.'));
    output.json(await client.call('site.name', { name }));
    output.line(text(`Le site s’appelle ${name}.`, `The site is called ${name}.`), 'green');
    return EXIT.ok;
  },
};

const recoveryKept: Command = {
  name: 'site recovery-kept',
  usage: '',
  summary: text('confirme que la clé de secours est au coffre', 'confirms that the recovery key is in the safe'),
  notes: text(
    'Demande ses huit derniers caractères, sans les afficher : la preuve que quelqu’un l’a. La clé elle-même s’affiche au premier démarrage, ou par leadglass init.',
    'Asks for its last eight characters, without showing them: the proof that somebody has it. The key itself is shown at the first start, or by leadglass init.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['site recovery-kept'],
  async run({ client, output, ask }) {
    const question = output.of(
      text('Huit derniers caractères de la clé de secours : ', 'Last eight characters of the recovery key: '),
    );
    const lastCharacters = ((await ask(question, true)) ?? '').trim();
    if (lastCharacters.length !== 8) throw usageFailure(text('Huit caractères.', 'Eight characters.'));
    const answer = await client.call('site.recovery-kept', { lastCharacters });
    output.json(answer);
    if (!answer.isRight) throw new CliFailure(EXIT.failed, NOT_RIGHT, 'cli.recovery-end');
    output.line(text('Confirmé.', 'Confirmed.'), 'green');
    return EXIT.ok;
  },
};

const NOT_RIGHT = text(
  'Ce ne sont pas les huit derniers caractères, ou cela a déjà été confirmé.',
  'Those are not the last eight characters, or it has been confirmed already.',
);

export const COMMANDS: readonly Command[] = [
  ...[list, invite, role, disable, enable, remove, sessions, endSessions, emergencyCodes],
];
/** What the guided set-up asks about the site. */
export const SITE_COMMANDS: readonly Command[] = [siteName, recoveryKept];
