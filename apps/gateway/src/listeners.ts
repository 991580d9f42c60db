import { createServer, type Server, type Socket } from 'node:net';
import { Fault, text } from '@leadglass/kit';

/** HOST:PORT as given on the command line. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT`, `[::1]:PORT` or `PORT`; undefined when it is none. Port 0 asks the system for a free one. */
export function parseHostPort(value: string): Address | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65535) return undefined;
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A listening TCP server whose sockets arrive paused, to be handed on unread. */
export async function listen(
  address: Address,
  take: (socket: Socket) => void,
): Promise<{ server: Server; address: Address }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, take);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(address, error)));
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return { server, address: { host: address.host, port } };
}

function cannotListen(address: Address, error: NodeJS.ErrnoException): Fault {
  const where = formatAddress(address);
  const why: Record<string, [string, string]> = {
    EADDRINUSE: ['le port est déjà utilisé', 'the port is already in use'],
    EACCES: ['ce port demande des droits d’administrateur', 'this port needs administrator rights'],
    EADDRNOTAVAIL: ['cette adresse n’est pas celle de cette machine', 'this address does not belong to this machine'],
  };
  const [fr, en] = why[error.code ?? ''] ?? [`erreur ${error.code}`, `error ${error.code}`];
  return new Fault(
    'gateway.cannot-listen',
    'permanent',
    text(
      `Impossible d’écouter sur ${where} : ${fr}. Choisissez-en un autre, par exemple --dimse 127.0.0.1:11113.`,
      `Cannot listen on ${where}: ${en}. Choose another, for example --dimse 127.0.0.1:11113.`,
    ),
    { cause: error },
  );
}
