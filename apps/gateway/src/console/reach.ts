import { createServer } from 'node:net';

const EVERYWHERE = new Set(['0.0.0.0', '::']);
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * Every `https://HOST:PORT` under which the console is reached. The first is for links: a name, because passkeys are bound to one.
 * @param names of the certificate: host names and addresses of this machine
 */
export function originsOf(host: string, names: readonly string[], port: number): readonly string[] {
  const isLoopback = LOOPBACK.includes(host);
  const hosts = isLoopback
    ? LOOPBACK
    : EVERYWHERE.has(host)
      ? [...inOrder(names), ...LOOPBACK]
      : [host, ...inOrder(names)];
  const suffix = port === 443 ? '' : `:${port}`;
  return [...new Set(hosts)].map((each) => `https://${each.includes(':') ? `[${each}]` : each.toLowerCase()}${suffix}`);
}

/** Real names first, then addresses. */
function inOrder(names: readonly string[]): readonly string[] {
  const isAddress = (name: string): boolean => name.includes(':') || /^[0-9.]+$/.test(name);
  const own = names.filter((name) => !LOOPBACK.includes(name));
  return [...own.filter((name) => !isAddress(name)), ...own.filter(isAddress)];
}

/** The first of `ports` that is free on `host`; 0: any. Rejects with the error of the last. */
export async function freePortOf(host: string, ports: readonly number[]): Promise<number> {
  let last: unknown = new Error('no port');
  for (const port of ports) {
    try {
      return await tried(host, port);
    } catch (thrown) {
      last = thrown;
    }
  }
  throw last;
}

function tried(host: string, port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : port));
    });
  });
}
