import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway } from '../gateway.ts';
import { startOrthanc, startStorescp } from '../peers.ts';

/** Key and certificate that every receiver and sender of a run uses for TLS. PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
}

/** Something that takes C-STOREs. */
export interface Receiver {
  readonly name: 'leadglass' | 'orthanc' | 'storescp';
  readonly port: number;
  readonly called: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The title every sender calls itself. */
export const SENDER = 'BLAST';

async function leadglass(tls: TlsFiles | undefined): Promise<Receiver> {
  const gateway = await Gateway.start({ withTls: tls !== undefined });
  const pinned = tls === undefined ? [] : ['--cert-sha256', tls.fingerprint];
  await gateway.cli('peer', 'add', SENDER, '--from', '127.0.0.1/32', '--allow', 'echo,store', ...pinned);
  const port = tls === undefined ? gateway.dimse : gateway.dimseTls;
  return { name: 'leadglass', port, called: 'LEADGLASS', pid: gateway.pid, stop: () => gateway.dispose() };
}

async function orthanc(tls: TlsFiles | undefined): Promise<Receiver> {
  const extra =
    tls === undefined
      ? {}
      : {
          DicomTlsEnabled: true,
          DicomTlsCertificate: tls.cert,
          DicomTlsPrivateKey: tls.key,
          DicomTlsTrustedCertificates: tls.cert,
        };
  const peer = await startOrthanc({ extra });
  return { name: 'orthanc', port: peer.port, called: peer.aet, pid: peer.process.pid ?? 0, stop: peer.stop };
}

async function storescp(tls: TlsFiles | undefined): Promise<Receiver> {
  const secure = tls === undefined ? [] : ['+tls', tls.key, tls.cert, '+cf', tls.cert];
  // One process an association, as it must be to serve four at once.
  const peer = await startStorescp({ extra: ['+xa', '--fork', '-pdu', '131072', ...secure], noDelay: true });
  mkdirSync(join(peer.directory), { recursive: true });
  return { name: 'storescp', port: peer.port, called: peer.aet, pid: peer.process.pid ?? 0, stop: peer.stop };
}

export const RECEIVERS = { leadglass, orthanc, storescp } as const;
export type ReceiverName = keyof typeof RECEIVERS;
