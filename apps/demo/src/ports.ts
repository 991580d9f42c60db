import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Whether `host` is an address of this machine that can be bound: all of 127/8 is on Linux and Windows, its first alone elsewhere. */
export function canBind(host: string, port = 0): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** `wanted` when it is free, else one that the system gives. */
export async function freePort(wanted: number): Promise<number> {
  if (wanted > 0 && (await canBind(LOOPBACK, wanted))) return wanted;
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
