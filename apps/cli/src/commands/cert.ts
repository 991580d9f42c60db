import { isIP } from 'node:net';
import type { AnswerOf, CertificateAnswer } from '@leadglass/contract';
import { ReasonSchema } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { HAND_OUT, type HandedOut, handOut } from '../cert/hand-out.ts';
import type { Command, Context, Given, Options } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { refuseExisting, writeWhole } from '../files.ts';
import { timeWords } from '../words.ts';
import { aeTitleOf } from './values.ts';

const DAY_MS = 86_400_000;

const NAMES: Options = {
  dns: { value: 'NAME', isMultiple: true, help: text('nom DNS sous lequel on l’appelle', 'DNS name it is called by') },
  address: {
    value: 'IP',
    isMultiple: true,
    help: text('adresse sous laquelle on l’appelle', 'address it is called at'),
  },
  days: { value: 'N', help: text('durée en jours (825 ; 1096 au plus)', 'life in days (825; at most 1096)') },
};

function namesOf(given: Given) {
  const addresses = given.list('address');
  if (addresses.some((address) => isIP(address) === 0))
    throw usageFailure(text('--address : une adresse IP.', '--address: an IP address.'));
  const days = given.number('days', 1, 1096);
  return { dns: [...given.list('dns')], addresses: [...addresses], ...(days === undefined ? {} : { days }) };
}

function say({ output }: Context, { answer, files, password }: HandedOut): void {
  const { certificate } = answer;
  const shown = password?.isMade === true ? { password: password.password.reveal() } : {};
  output.json({ certificate, files, ...shown });
  const until = timeWords(certificate.notAfterMs);
  output.line(
    text(`${certificate.name} : valable jusqu’au ${until}`, `${certificate.name}: good until ${until}`),
    'green',
  );
  output.line(`  sha256 ${certificate.sha256}`, 'grey');
  for (const name of files) output.line(`  ${name}`);
  if (password?.isMade === true)
    output.line(
      text(
        `  mot de passe : ${password.password.reveal()}  (affiché cette seule fois ; portez-le à part du fichier)`,
        `  password: ${password.password.reveal()}  (shown this once; carry it apart from the file)`,
      ),
    );
  if (files.some((name) => /\.(p12|key|enrolment)$/.test(name))) output.line(KEPT_NOWHERE, 'grey');
  if (certificate.peer === '') return;
  output.line(
    text(
      `  pour n’admettre ${certificate.peer} qu’avec lui : peer add ${certificate.peer} --from … --allow … --trust site`,
      `  to admit ${certificate.peer} with it alone: peer add ${certificate.peer} --from … --allow … --trust site`,
    ),
    'grey',
  );
}

const KEPT_NOWHERE = text(
  '  la clé n’est que dans ce fichier : effacez-le une fois l’appareil servi',
  '  the key is in this file alone: delete it once the device has it',
);

const issue: Command = {
  name: 'cert issue',
  usage: 'NAME [--peer AET] [--p12|--pem|--csr FILE|--edge] [--dns …] [--address …] …',
  summary: text('émet un certificat pour un appareil', 'issues a certificate for a device'),
  notes: text(
    'Avec --peer, ce certificat n’ouvre que ce titre AE. La clé privée est faite ici et n’est gardée nulle part ailleurs ; avec --csr elle ne quitte pas l’appareil, et seuls sa clé publique et les noms donnés ici sont pris.',
    'With --peer the certificate opens that AE title alone. The private key is made here and kept nowhere else; with --csr it never leaves the device, and its public key and the names given here alone are taken.',
  ),
  options: {
    peer: { value: 'AET', help: text('titre AE à qui il est réservé', 'AE title it is for, and no other') },
    ...NAMES,
    ...HAND_OUT,
  },
  positionals: [1, 1],
  examples: [
    'cert issue ct1 --peer CT1 --p12',
    'cert issue mr2 --peer MR2 --csr mr2.csr',
    'cert issue edge-ct1 --peer CT1 --edge --to gateway:2762 --device 192.0.2.10',
  ],
  async run(context, given) {
    const peer = given.value('peer');
    const wanted = { name: given.at(0), ...namesOf(given), ...(peer === undefined ? {} : { peer: aeTitleOf(peer) }) };
    say(context, await handOut(context, given, wanted));
    return EXIT.ok;
  },
};

const renew: Command = {
  name: 'cert renew',
  usage: 'NAME|SHA256 [--revoke-old] [--p12|--pem|--csr FILE|--edge] …',
  summary: text(
    'émet le successeur d’un certificat, avec une nouvelle clé',
    'issues a certificate’s successor, with a new key',
  ),
  notes: text(
    'Même nom, même titre AE. L’ancien reste admis jusqu’à sa fin, le temps d’équiper l’appareil, sauf --revoke-old. Redonnez --dns et --address s’il y en avait.',
    'Same name, same AE title. The old one stays good until its end, while the device is being served, unless --revoke-old. Give --dns and --address again where there were any.',
  ),
  options: {
    'revoke-old': { help: text('révoquer aussitôt l’ancien', 'revoke the old one at once') },
    ...NAMES,
    ...HAND_OUT,
  },
  positionals: [1, 1],
  examples: ['cert renew ct1', 'cert renew ct1 --csr ct1.csr'],
  async run(context, given) {
    const { certificate: old } = await context.client.call('cert.show', { id: given.at(0) });
    const peer = old.peer === '' ? {} : { peer: aeTitleOf(old.peer) };
    say(context, await handOut(context, given, { name: old.name, ...namesOf(given), ...peer }));
    if (given.flag('revoke-old')) await context.client.call('cert.revoke', { id: old.sha256, reason: 'superseded' });
    return EXIT.ok;
  },
};

const revoke: Command = {
  name: 'cert revoke',
  usage: 'NAME|SHA256 [--reason WHY]',
  summary: text(
    'révoque un certificat : il n’est plus accepté, aussitôt',
    'revokes a certificate: accepted no longer, at once',
  ),
  options: {
    reason: { value: 'WHY', help: text(`${ReasonSchema.options.join(', ')}`, `${ReasonSchema.options.join(', ')}`) },
  },
  positionals: [1, 1],
  examples: ['cert revoke ct1 --reason key-compromise'],
  async run({ client, output }, given) {
    const reason = ReasonSchema.safeParse(given.value('reason') ?? 'unspecified');
    if (!reason.success) {
      const list = ReasonSchema.options.join(', ');
      throw usageFailure(text(`--reason : ${list}.`, `--reason: ${list}.`));
    }
    const answer = await client.call('cert.revoke', { id: given.at(0), reason: reason.data });
    output.json(answer);
    const { name, sha256 } = answer.certificate;
    output.line(text(`${name} (${sha256.slice(0, 12)}) révoqué`, `${name} (${sha256.slice(0, 12)}) revoked`), 'green');
    if (answer.ended > 0)
      output.line(text(`associations arrêtées : ${answer.ended}`, `associations ended: ${answer.ended}`));
    return EXIT.ok;
  },
};

function stateOf({ revokedAtMs, notAfterMs }: CertificateAnswer, nowMs: number) {
  if (revokedAtMs > 0) return text(`révoqué le ${timeWords(revokedAtMs)}`, `revoked ${timeWords(revokedAtMs)}`);
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  if (days < 0) return text('expiré', 'expired');
  return days <= 90 ? text(`expire dans ${days} jours`, `ends in ${days} days`) : text('en vigueur', 'standing');
}

function table({ output }: Context, { certificates }: AnswerOf<'cert.list'>): void {
  output.table(
    [
      text('nom', 'name'),
      text('pour', 'for'),
      text('état', 'state'),
      text('jusqu’au', 'until'),
      text('empreinte', 'fingerprint'),
    ],
    certificates.map((certificate) => [
      certificate.name,
      certificate.peer === '' ? '–' : certificate.peer,
      output.of(stateOf(certificate, Date.now())),
      timeWords(certificate.notAfterMs),
      certificate.sha256.slice(0, 16),
    ]),
  );
}

const list: Command = {
  name: 'cert list',
  usage: '[--all]',
  summary: text('les certificats émis par l’autorité du site', 'the certificates the site’s authority issued'),
  options: { all: { help: text('aussi les révoqués et les expirés', 'revoked and expired ones too') } },
  positionals: [0, 0],
  examples: ['cert list'],
  async run(context, given) {
    const answer = await context.client.call('cert.list', {});
    const isShown = ({ revokedAtMs, notAfterMs }: CertificateAnswer) => revokedAtMs === 0 && notAfterMs > Date.now();
    const certificates = answer.certificates.filter((each) => given.flag('all') || isShown(each));
    context.output.json({ certificates });
    table(context, { certificates });
    return EXIT.ok;
  },
};

/** Writes what everybody may have: to a file, or to the standard output. */
async function publish(context: Context, given: Given, pem: string, what: object): Promise<number> {
  const out = given.value('out');
  if (out !== undefined) {
    if (!given.flag('force')) await refuseExisting(out);
    await writeWhole(out, Buffer.from(pem));
  }
  context.output.json(what);
  context.output.line(out ?? pem.trimEnd());
  return EXIT.ok;
}

const OUT: Options = {
  out: { value: 'FILE', help: text('vers FILE plutôt qu’à l’écran', 'to FILE instead of the screen') },
  force: { help: text('remplacer le fichier', 'replace the file') },
};

const crl: Command = {
  name: 'cert crl',
  usage: '[--out FILE]',
  summary: text('la liste des certificats révoqués du site (CRL)', 'the site’s list of revoked certificates (CRL)'),
  notes: text(
    'La même est dans le dossier de la passerelle, pki/site.crl, refaite à chaque révocation et chaque jour.',
    'The same lies in the gateway’s home, pki/site.crl, made anew at every revocation and every day.',
  ),
  options: OUT,
  positionals: [0, 0],
  examples: ['cert crl --out site.crl'],
  async run(context, given) {
    const { crlPem } = await context.client.call('cert.crl', {});
    return publish(context, given, crlPem, { crlPem });
  },
};

const ca: Command = {
  name: 'cert ca',
  usage: '[--out FILE]',
  summary: text(
    'le certificat de l’autorité du site, à mettre dans les appareils',
    'the site authority’s certificate, to put into devices',
  ),
  options: OUT,
  positionals: [0, 0],
  examples: ['cert ca --out ca.pem'],
  async run(context, given) {
    const { authorityPem } = await context.client.call('cert.crl', {});
    return publish(context, given, authorityPem, { authorityPem });
  },
};

export const COMMANDS: readonly Command[] = [issue, renew, revoke, list, ca, crl];
