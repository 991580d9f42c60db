import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { type Text, text } from '@leadglass/kit';
import { clientTlsOptions, fingerprintSha256, listenerTlsOptions, type TlsIdentity } from '@leadglass/wire';
import type { TlsMaterial } from '../messages.ts';
import { authoritiesOf } from './certificate-reader.ts';

const PROBE_MS = 5_000;

/**
 * Tries settings before they are in force: a listener of a moment, on loopback, and real handshakes with it in every version it is to
 * speak, by a client with a certificate of the site. @returns why they would not do; undefined when they do.
 */
export async function probe(material: TlsMaterial, client: TlsIdentity): Promise<Text | undefined> {
  const versions: SecureVersion[] = material.minVersion === 'TLSv1.3' ? ['TLSv1.3'] : ['TLSv1.2', 'TLSv1.3'];
  for (const version of versions) {
    const failed = await meet(material, client, version).catch(codeOf);
    if (failed !== undefined) return notMet(version, failed);
  }
  return undefined;
}

/** One handshake with a listener of `material`; what failed, or undefined. */
async function meet(material: TlsMaterial, client: TlsIdentity, version: SecureVersion): Promise<string | undefined> {
  const server = createServer(optionsOf(material));
  const sockets: Socket[] = [];
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const met = firstOf(server);
    const { port } = server.address() as AddressInfo;
    const socket = connect({
      ...dialling(material, client),
      port,
      host: '127.0.0.1',
      minVersion: version,
      maxVersion: version,
    });
    sockets.push(socket);
    const accepted = await Promise.race([Promise.all([met, secured(socket, material)]), late()]);
    sockets.push(accepted[0]);
    return accepted[0].authorized ? undefined : 'UNAUTHORIZED';
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

function firstOf(server: ReturnType<typeof createServer>): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    server.once('secureConnection', (socket) => resolve(socket.on('error', () => {})));
    server.once('tlsClientError', reject);
  });
}

/**
 * Calls the gateway's own listener, as a device does, and looks whether it shows what it should.
 * @returns why it cannot be reached or what else it showed; undefined when all is well.
 */
export async function probeListener(
  address: { readonly host: string; readonly port: number },
  material: TlsMaterial,
  client: TlsIdentity,
): Promise<Text | undefined> {
  const host = address.host === '0.0.0.0' ? '127.0.0.1' : address.host === '::' ? '::1' : address.host;
  const socket = connect({ ...dialling(material, client), host, port: address.port });
  try {
    await Promise.race([secured(socket, material), late()]);
    return undefined;
  } catch (thrown) {
    return unreachable(codeOf(thrown));
  } finally {
    socket.destroy();
  }
}

function optionsOf(material: TlsMaterial) {
  return listenerTlsOptions({
    identity: { cert: material.certPem, key: material.keyPem },
    ca: authoritiesOf(material),
    clientCertificate: 'asked',
    ...(material.minVersion === undefined ? {} : { minVersion: material.minVersion }),
  });
}

// Who answers is told by the fingerprint; whether devices believe in its authority is theirs to say.
function dialling({ caPem }: TlsMaterial, client: TlsIdentity) {
  return { ...clientTlsOptions({ identity: client, ca: [caPem] }), checkServerIdentity: () => undefined };
}

async function secured(socket: TLSSocket, { certPem }: TlsMaterial): Promise<void> {
  await once(socket, 'secureConnect');
  const shown = fingerprintSha256(socket.getPeerCertificate().raw ?? new Uint8Array());
  if (shown === undefined || shown !== fingerprintSha256(certPem)) throw new Error('OTHER_CERTIFICATE');
  socket.on('error', () => {});
}

function late(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('TIMEOUT')), PROBE_MS).unref());
}

function codeOf(thrown: unknown): string {
  const { code, message } = thrown as { readonly code?: string; readonly message?: string };
  return String(code ?? message ?? 'TLS')
    .replace(/[^A-Za-z0-9_ ]/g, '')
    .slice(0, 60);
}

const notMet = (version: string, code: string): Text =>
  text(
    `avec ces réglages, un essai de connexion en ${version} échoue (${code})`,
    `with these settings a trial connection in ${version} fails (${code})`,
  );
const unreachable = (code: string): Text =>
  text(
    `le port TLS ne répond plus comme il devrait (${code})`,
    `the TLS port no longer answers as it should (${code})`,
  );
