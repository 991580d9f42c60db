import { access } from 'node:fs/promises';
import { type OperatorAnswer, type Passkey, type RequestOf, readPasskeyCode } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { keyPathOf, loadKey, makeKey, newPassphrase, publicKeyOf } from '../operator-key.ts';
import { timeWords } from '../words.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function nameOf(given: Given): string {
  const name = given.at(0);
  if (NAME.test(name)) return name;
  throw usageFailure(
    text(
      'Un nom d’opérateur a des lettres, des chiffres, - _ . ; 64 au plus.',
      'An operator’s name has letters, digits, - _ . ; at most 64.',
    ),
  );
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The public key to register: given, of the key that is there, or of one made now. */
async function publicKeyFor(context: Context, given: Given, name: string): Promise<string> {
  const asked = given.value('public-key');
  if (asked !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(asked)) return asked.toLowerCase();
    throw usageFailure(text('--public-key : 64 chiffres hexadécimaux.', '--public-key: 64 hexadecimal digits.'));
  }
  const path = keyPathOf(given, context.environment, name);
  if (path === '-' || (await exists(path))) return publicKeyOf(await loadKey(context, path));
  return publicKeyOf(await newKey(context, path));
}

/** The passkey of an account of the console, as its owner handed it over. */
function passkeyIn(code: string): Passkey {
  const passkey = readPasskeyCode(code);
  if (passkey !== undefined) return passkey;
  throw usageFailure(
    text(
      '--passkey : le mot entier que la page « Mon compte » a donné (il commence par lgpk1:).',
      '--passkey: the whole word that the page “My account” gave (it begins with lgpk1:).',
    ),
  );
}

async function keyFor(context: Context, given: Given, name: string): Promise<RequestOf<'operator.add'>> {
  const code = given.value('passkey');
  if (code === undefined) return { name, publicKey: await publicKeyFor(context, given, name) };
  if (given.value('key') === undefined && given.value('public-key') === undefined)
    return { name, passkey: passkeyIn(code) };
  throw usageFailure(text('--passkey va seul.', '--passkey goes alone.'));
}

async function newKey(context: Context, path: string) {
  const passphrase = await newPassphrase(context);
  const key = await makeKey(path, passphrase);
  context.output.line(text(`Clé faite : ${path} (à vous seul)`, `Key made: ${path} (yours alone)`));
  if (passphrase === '') {
    const said = text(
      'Sans phrase secrète : qui lit ce fichier décide à votre place.',
      'Without a passphrase: whoever reads this file decides in your place.',
    );
    context.output.line(said, 'yellow');
  }
  return key;
}

function tell({ output }: Context, operator: OperatorAnswer): void {
  const { name, fingerprint, isInForce, inForceAtMs, passkey } = operator;
  output.line(
    text(`Opérateur ${name} inscrit, clé ${fingerprint}`, `Operator ${name} registered, key ${fingerprint}`),
    'green',
  );
  if (passkey !== undefined) {
    const { account, rpId } = passkey;
    output.line(
      text(
        `Clé d’accès du compte ${account}, pour la console à l’adresse ${rpId}. Comparez l’empreinte avec celle que sa page montre.`,
        `Passkey of the account ${account}, for the console at ${rpId}. Compare the fingerprint with the one shown on their page.`,
      ),
    );
  }
  if (isInForce) return;
  const at = timeWords(inForceAtMs);
  output.line(
    text(
      `Sa parole comptera à partir du ${at} : d’ici là, les autres le voient dans status.`,
      `Their word will count from ${at}: until then the others see them in status.`,
    ),
    'yellow',
  );
}

const add: Command = {
  name: 'operator add',
  usage: 'NAME [--key FILE | --public-key HEX | --passkey WORD]',
  summary: text(
    'inscrit une personne qui décide des objets retenus',
    'registers a person who decides about held objects',
  ),
  notes: text(
    'Fait une clé dans votre dossier personnel s’il n’y en a pas ; seule sa moitié publique est confiée à la passerelle. Avec --passkey : la clé d’accès d’un compte de la console, qui décide alors dans la page ; la même personne peut avoir les deux, et n’est qu’une personne. Là où deux personnes décident, la parole d’un nouvel opérateur ne compte qu’après 24 heures : inscrivez-les avant de le demander.',
    'Makes a key in your own home where there is none; only its public half is given to the gateway. With --passkey: the passkey of an account of the console, who then decides in the page; the same person may have both, and is one person. Where two persons decide, the word of a new operator counts after 24 hours only: register them before you ask for it.',
  ),
  options: {
    key: { value: 'FILE', help: text('où est la clé, ou la mettre', 'where the key is, or is to be put') },
    'public-key': {
      value: 'HEX',
      help: text('clé publique faite ailleurs (operator key)', 'public key made elsewhere (operator key)'),
    },
    passkey: {
      value: 'WORD',
      help: text('clé d’accès d’un compte, donnée par sa page', 'passkey of an account, given by its page'),
    },
  },
  positionals: [1, 1],
  examples: ['operator add anne', 'operator add ben --public-key 5f1c…', 'operator add anne --passkey lgpk1:anne:…'],
  async run(context, given) {
    const name = nameOf(given);
    const answer = await context.client.call('operator.add', await keyFor(context, given, name));
    context.output.json(answer);
    tell(context, answer.operator);
    return EXIT.ok;
  },
};

const key: Command = {
  name: 'operator key',
  usage: 'NAME [--key FILE]',
  summary: text('fait une clé d’opérateur, sans l’inscrire', 'makes an operator’s key, without registering it'),
  notes: text(
    'Pour qui n’a pas accès à la passerelle : donnez la ligne affichée à qui l’administre. La clé ne vous quitte pas.',
    'For whoever has no access to the gateway: give the line shown to whoever runs it. The key never leaves you.',
  ),
  options: { key: { value: 'FILE', help: text('où la mettre', 'where to put it') } },
  positionals: [1, 1],
  examples: ['operator key anne'],
  async run(context, given) {
    const name = nameOf(given);
    const path = keyPathOf(given, context.environment, name);
    const publicKey = publicKeyOf(await newKey(context, path));
    context.output.json({ name, file: path, publicKey });
    context.output.line(`./leadglass operator add ${name} --public-key ${publicKey}`);
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'operator list',
  usage: '',
  summary: text('les personnes qui décident des objets retenus', 'the people who decide about held objects'),
  options: {},
  positionals: [0, 0],
  examples: ['operator list'],
  async run({ client, output }) {
    const answer = await client.call('operator.list', {});
    output.json(answer);
    output.table(
      [
        ...[text('nom', 'name'), text('décide', 'decides'), text('clé', 'key')],
        ...[text('inscrit le', 'registered'), text('compte depuis', 'counts from')],
      ],
      answer.operators.map((each) => [
        each.name,
        output.of(each.passkey === undefined ? BY_KEY : BY_PASSKEY(each.passkey.account)),
        each.fingerprint,
        timeWords(each.addedAtMs),
        { value: timeWords(each.inForceAtMs), colour: each.isInForce ? 'green' : 'yellow' },
      ]),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'operator remove',
  usage: 'NAME',
  summary: text(
    'radie une personne ; ses demandes ne peuvent plus être approuvées',
    'strikes off a person; their requests can no longer be approved',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['operator remove ben'],
  async run({ client, output }, given) {
    const name = nameOf(given);
    const answer = await client.call('operator.remove', { name });
    output.json(answer);
    output.line(text(`Opérateur ${name} radié.`, `Operator ${name} struck off.`), 'green');
    return EXIT.ok;
  },
};

const BY_KEY = text('en ligne de commande', 'on the command line');
const BY_PASSKEY = (account: string) => text(`console, compte ${account}`, `console, account ${account}`);

export const COMMANDS: readonly Command[] = [add, key, list, remove];
