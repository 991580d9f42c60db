import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { CliFailure, EXIT } from '../exits.ts';

const fingerprint: Command = {
  name: 'tls fingerprint',
  usage: 'FILE',
  summary: text('l’empreinte SHA-256 d’un certificat', 'the SHA-256 fingerprint of a certificate'),
  notes: text(
    'FILE : certificat PEM ou DER. La valeur va à peer add --cert-sha256.',
    'FILE: PEM or DER certificate. The value goes to peer add --cert-sha256.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['tls fingerprint ct1.pem'],
  async run({ output }, given) {
    const name = given.at(0);
    const certificate = await readCertificate(name);
    const sha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    output.json({ sha256, subject: certificate.subject, validTo: certificate.validTo });
    output.line(sha256);
    // Beside the answer, not in it: `--cert-sha256 "$(leadglass tls fingerprint …)"` takes what stdout says.
    output.error(`${certificate.subject.replaceAll('\n', ', ')}, ${certificate.validTo}`, 'grey');
    return EXIT.ok;
  },
};

async function readCertificate(name: string): Promise<X509Certificate> {
  const bytes = await readFile(name).catch((thrown: Error) => {
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${name}.`, `Cannot read ${name}.`),
      'cli.unreadable-file',
      [thrown.message],
    );
  });
  try {
    return new X509Certificate(bytes);
  } catch {
    throw new CliFailure(
      EXIT.failed,
      text(`${name} n’est pas un certificat.`, `${name} is not a certificate.`),
      'cli.not-a-certificate',
    );
  }
}

export const COMMANDS: readonly Command[] = [fingerprint];
