import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isFault, jsonLogger, type Logger, systemClock, text } from '@leadglass/kit';
import { Edge, type EdgeAddress, type EdgeEvent, type EdgeOptions, type TlsIdentity } from '@leadglass/wire';
import { z } from 'zod';
import { MOST_ENROLMENT_BYTES, readEnrolment } from '../cert/enrolment.ts';
import { readInput } from '../cert/hand-out.ts';
import { knownPassword, PASSWORD } from '../cert/password.ts';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { writeWhole } from '../files.ts';
import { timeWords } from '../words.ts';
import { hostPortOf } from './values.ts';

/** What an edge keeps in its home, its owner's alone. */
const keptSchema = z.strictObject({
  name: z.string(),
  to: z.string(),
  device: z.string(),
  siteName: z.string(),
  authorityPem: z.string(),
  certPem: z.string(),
  keyPem: z.string(),
});
type Kept = z.infer<typeof keptSchema>;

const KEPT = 'edge.json';

/** What it was enrolled with: from the file carried here, or kept from then on. */
async function keptOf(context: Context, given: Given): Promise<Kept> {
  const path = join(context.home, KEPT);
  const [file, cert] = [given.value('enrolment'), given.value('cert')];
  if (file !== undefined) return takeIn(context, given, file, path);
  if (cert !== undefined) return fromFiles(given, cert);
  try {
    return keptSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    throw new CliFailure(EXIT.notFound, NOT_ENROLLED, 'cli.not-enrolled', [(thrown as Error).message.slice(0, 200)]);
  }
}

async function takeIn(context: Context, given: Given, file: string, path: string): Promise<Kept> {
  const bytes = await readInput(file);
  if (bytes.byteLength > MOST_ENROLMENT_BYTES) throw usageFailure(text('Fichier trop grand.', 'File too large.'));
  const { identity, ...enrolment } = readEnrolment(bytes, await knownPassword(context, given));
  const kept = { ...enrolment, keyPem: identity.key };
  await mkdir(context.home, { recursive: true, mode: 0o700 });
  await writeWhole(path, Buffer.from(JSON.stringify(kept)));
  context.output.line(
    text(
      `${enrolment.name} est inscrit ici (${path}) ; le fichier ${file} ne sert plus : effacez-le.`,
      `${enrolment.name} is enrolled here (${path}); the file ${file} is of no more use: delete it.`,
    ),
  );
  return kept;
}

async function fromFiles(given: Given, cert: string): Promise<Kept> {
  const key = given.required('key');
  if (process.platform !== 'win32' && ((await stat(key)).mode & 0o077) !== 0)
    throw new CliFailure(EXIT.failed, KEY_OPEN, 'cli.key-readable');
  const [certPem, keyPem, authorityPem] = await Promise.all(
    [cert, key, given.required('ca')].map(async (name) => (await readInput(name)).toString('latin1')),
  );
  const kept = {
    certPem: certPem ?? '',
    keyPem: keyPem ?? '',
    authorityPem: authorityPem ?? '',
    name: '',
    to: '',
    device: '',
  };
  return { ...kept, siteName: given.value('site-name') ?? '' };
}

/** The one direction, or the two. */
function waysOf(given: Given, kept: Kept, told: (event: EdgeEvent) => void): EdgeOptions[] {
  const identity: TlsIdentity = { cert: kept.certPem, key: kept.keyPem };
  const common = { identity, authorityPem: kept.authorityPem, siteName: kept.siteName, clock: systemClock, told };
  const device = given.value('device') ?? kept.device;
  if (isIP(device) === 0) throw usageFailure(NO_DEVICE);
  const out = hostPortOf(given.required('listen'), 0);
  const to = hostPortOf(given.value('to') ?? kept.to);
  const ways: EdgeOptions[] = [{ ...common, way: 'tls-out', allowed: [device], listen: out, to }];
  const [back, port] = [given.value('listen-tls'), given.number('device-port', 1, 65_535)];
  if (back === undefined && port === undefined) return ways;
  if (back === undefined || port === undefined) throw usageFailure(BOTH_BACK);
  const plain: EdgeAddress = { host: device, port };
  return [...ways, { ...common, way: 'tls-in', allowed: [], listen: hostPortOf(back, 0), to: plain }];
}

function checkCertificate(kept: Kept, log: Logger): X509Certificate {
  try {
    const certificate = new X509Certificate(kept.certPem);
    if (!certificate.checkPrivateKey(createPrivateKey(kept.keyPem))) throw new Error('the key is another’s');
    const daysLeft = Math.floor((certificate.validToDate.getTime() - Date.now()) / 86_400_000);
    if (daysLeft <= 90) log.warn('edge.certificate-ends', { daysLeft });
    return certificate;
  } catch (thrown) {
    throw new CliFailure(EXIT.failed, BAD_CERTIFICATE, 'cli.edge-certificate', [(thrown as Error).message]);
  }
}

async function startAll(ways: readonly EdgeOptions[], log: Logger): Promise<{ edges: Edge[]; at: EdgeAddress[] }> {
  const edges = ways.map((way) => new Edge(way));
  const at: EdgeAddress[] = [];
  for (const [index, edge] of edges.entries()) {
    const listen = ways[index]?.listen;
    try {
      at.push(await edge.start());
    } catch (thrown) {
      log.error('edge.cannot-listen', { fault: isFault(thrown) ? thrown : String(thrown) });
      await Promise.all(edges.map((each) => each.stop()));
      const where = `${listen?.host}:${listen?.port}`;
      throw new CliFailure(
        EXIT.failed,
        text(`Impossible d’écouter sur ${where}.`, `Cannot listen on ${where}.`),
        'cli.edge-listen',
        [(thrown as Error).message],
      );
    }
  }
  return { edges, at };
}

const edge: Command = {
  name: 'edge',
  usage: '--listen HOST:PORT [--enrolment FILE] [--to HOST:PORT] [--device ADDRESS] …',
  summary: text(
    'le TLS d’un appareil qui n’en a pas, sur un mini-PC à côté de lui',
    'TLS for a device that has none, on a mini-PC beside it',
  ),
  notes: text(
    'Prend le DICOM en clair du seul appareil, et le passe en TLS à la passerelle sous son propre certificat (cert issue … --edge). Ne lit ni ne garde rien de ce qui passe. La première fois avec --enrolment ; ensuite --listen suffit.',
    'Takes plain DICOM from the one device and passes it over TLS to the gateway under its own certificate (cert issue … --edge). Reads and keeps nothing of what passes. The first time with --enrolment; then --listen is enough.',
  ),
  options: {
    listen: { value: 'HOST:PORT', help: text('où l’appareil appelle, en clair', 'where the device calls, in plain') },
    to: {
      value: 'HOST:PORT',
      help: text('port TLS de la passerelle (sinon celui du fichier)', 'the gateway’s TLS port (else the file’s)'),
    },
    device: {
      value: 'ADDRESS',
      help: text('la seule adresse admise (sinon celle du fichier)', 'the one address let in (else the file’s)'),
    },
    enrolment: { value: 'FILE', help: text('le fichier de cert issue --edge', 'the file of cert issue --edge') },
    ...PASSWORD,
    'listen-tls': {
      value: 'HOST:PORT',
      help: text(
        'dans l’autre sens : où la passerelle appelle, en TLS',
        'the other way: where the gateway calls, over TLS',
      ),
    },
    'device-port': { value: 'PORT', help: text('et le port de l’appareil', 'and the device’s port') },
    cert: {
      value: 'FILE',
      help: text('sans --enrolment : certificat (PEM)', 'without --enrolment: certificate (PEM)'),
    },
    key: {
      value: 'FILE',
      help: text('sa clé (PEM), lisible de son propriétaire seul', 'its key (PEM), readable by its owner alone'),
    },
    ca: { value: 'FILE', help: text('autorité du site (PEM)', 'the site’s authority (PEM)') },
    'site-name': {
      value: 'NAME',
      help: text('nom dans le certificat de la passerelle', 'name in the gateway’s certificate'),
    },
  },
  positionals: [0, 0],
  examples: ['edge --listen 0.0.0.0:104 --enrolment edge-ct1.enrolment', 'edge --listen 0.0.0.0:104'],
  async run(context, given) {
    const log = jsonLogger((line) => process.stderr.write(line), systemClock);
    const kept = await keptOf(context, given);
    const ways = waysOf(given, kept, ({ kind, ...facts }) => log.info(`edge.${kind}`, facts));
    const certificate = checkCertificate(kept, log);
    const { edges, at } = await startAll(ways, log);
    const until = timeWords(certificate.validToDate.getTime());
    const [first] = ways;
    const from = at.map(({ host, port }) => `${host}:${port}`).join(', ');
    context.output.line(
      text(
        `De ${first?.allowed.join()} (${from}) vers ${first?.to.host}:${first?.to.port} ; certificat valable jusqu’au ${until}.`,
        `From ${first?.allowed.join()} (${from}) to ${first?.to.host}:${first?.to.port}; certificate good until ${until}.`,
      ),
      'green',
    );
    log.info('edge.ready', { listen: from });
    await untilTold(context.signal);
    await Promise.all(edges.map((each) => each.stop()));
    return EXIT.ok;
  },
};

/** Until somebody stops it. Held by a timer: a listener whose work is done by others does not keep a process alive. */
function untilTold(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000);
    const done = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) return done();
    signal.addEventListener('abort', done, { once: true });
    process.once('SIGTERM', done);
  });
}

const NOT_ENROLLED = text(
  'Cette machine n’est pas encore inscrite : donnez le fichier de « leadglass cert issue NOM --edge » avec --enrolment.',
  'This machine is not enrolled yet: give the file of "leadglass cert issue NAME --edge" with --enrolment.',
);
const NO_DEVICE = text(
  '--device : l’adresse IP du seul appareil admis (ou donnez-la à cert issue --edge).',
  '--device: the IP address of the one device let in (or give it to cert issue --edge).',
);
const BOTH_BACK = text('--listen-tls et --device-port vont ensemble.', '--listen-tls and --device-port go together.');
const KEY_OPEN = text(
  'D’autres que son propriétaire peuvent lire cette clé : chmod 600.',
  'Others than its owner can read this key: chmod 600.',
);
const BAD_CERTIFICATE = text(
  'Le certificat et la clé de cet edge ne vont pas ensemble.',
  'This edge’s certificate and key do not go together.',
);

export const COMMANDS: readonly Command[] = [edge];
