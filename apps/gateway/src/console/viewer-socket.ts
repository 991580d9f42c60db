import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** Under the home's `run`, whose owner alone can enter it. */
const NAME = 'viewer.sock';

/** Where the console's process speaks DICOMweb to the gateway. */
export function viewerSocketIn(run: string): string {
  return join(run, NAME);
}

/** Opens it; its sockets arrive paused, to be handed on unread. */
export async function listenForViewers(run: string, take: (socket: Socket) => void): Promise<Server> {
  const path = viewerSocketIn(run);
  // The control socket was opened before: no living gateway has this home but ours, so this one is left from a killed one.
  await rm(path, { force: true });
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, take);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => resolve());
  });
  await chmod(path, 0o600);
  return server;
}
