import { readFile } from 'node:fs/promises';
import { text } from '@leadglass/kit';
import { DEFAULT_AE_TITLE } from '@leadglass/model';
import type { ScuTls } from '@leadglass/wire';
import type { Given, Options } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { aeTitleOf, hostPortOf, sha256Of } from './values.ts';

/** Options of the commands that call another system themselves. */
export const SCU_OPTIONS: Options = {
  to: { value: 'HOST:PORT', help: text('à qui', 'to whom') },
  called: { value: 'AET', help: text('titre AE appelé', 'called AE title') },
  calling: { value: 'AET', help: text('titre AE appelant (LEADGLASS)', 'calling AE title (LEADGLASS)') },
  tls: { help: text('par TLS', 'over TLS') },
  ca: { value: 'FILE', help: text('autorité qui a signé l’autre (PEM)', 'authority that signed the other side (PEM)') },
  cert: { value: 'FILE', help: text('notre certificat (PEM)', 'our certificate (PEM)') },
  key: { value: 'FILE', help: text('notre clé privée (PEM)', 'our private key (PEM)') },
  'peer-cert-sha256': {
    value: 'HEX',
    help: text('empreinte exigée de l’autre', 'fingerprint the other side must have'),
  },
};

/** Whom to call, as `openAssociation` wants it. */
export interface ScuTarget {
  readonly host: string;
  readonly port: number;
  readonly called: string;
  readonly calling: string;
  readonly tls?: ScuTls;
}

async function pem(name: string): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (thrown) {
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${name}.`, `Cannot read ${name}.`),
      'cli.unreadable-file',
      [(thrown as Error).message],
    );
  }
}

async function tlsOf(given: Given): Promise<ScuTls> {
  const [ca, cert, key, pin] = ['ca', 'cert', 'key', 'peer-cert-sha256'].map((name) => given.value(name));
  if (ca === undefined && pin === undefined) {
    throw usageFailure(text('--tls : donnez --ca ou --peer-cert-sha256.', '--tls: give --ca or --peer-cert-sha256.'));
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw usageFailure(text('--cert et --key vont ensemble.', '--cert and --key go together.'));
  }
  return {
    ca: ca === undefined ? [] : [await pem(ca)],
    ...(cert === undefined || key === undefined ? {} : { identity: { cert: await pem(cert), key: await pem(key) } }),
    ...(pin === undefined ? {} : { certSha256: sha256Of(pin) }),
  };
}

/** Reads the options. `--called` is required, as PS3.8 §9.3.2 requires it. */
export async function scuTargetOf(given: Given): Promise<ScuTarget> {
  return {
    ...hostPortOf(given.required('to')),
    called: aeTitleOf(given.required('called')),
    calling: aeTitleOf(given.value('calling') ?? DEFAULT_AE_TITLE),
    ...(given.flag('tls') ? { tls: await tlsOf(given) } : {}),
  };
}

/** Largest P-DATA-TF we accept as a caller: answers are small. */
export const MAXIMUM_LENGTH_BYTES = 65_536;

/** A DIMSE status as the standard writes it: `A700H`. */
export function statusWords(status: number): string {
  return `${status.toString(16).padStart(4, '0').toUpperCase()}H`;
}
