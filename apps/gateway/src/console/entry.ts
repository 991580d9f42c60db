import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { SOCKET_PATH } from '@leadglass/contract';
import { isFault, jsonLogger, systemClock } from '@leadglass/kit';
import { consoleFault } from './faults.ts';
import { GatewayClient } from './gateway-client.ts';
import type { ConsoleConfiguration, FromConsole, ToConsole } from './messages.ts';
import { openConsole, type RunningConsole } from './server.ts';
import type { SessionsTools } from './sessions.ts';
import { openSessions } from './sign-in/index.ts';
import { viewerSocketIn } from './viewer-socket.ts';

/**
 * The console's process: HTTPS for people. It is a client of the control socket, keeps accounts and sessions in the home's `people`, and
 * holds no key that opens anything sealed. It lives as long as the keeper's channel.
 */
const log = jsonLogger((line) => process.stderr.write(line), systemClock);
const keyAsks = new Map<number, (key: string | null) => void>();
let nextAsk = 1;
let running: RunningConsole | undefined;

function tell(message: FromConsole): void {
  process.send?.(message);
}

function setUpOf(setUpSha256: string | undefined): SessionsTools['setUp'] {
  let digest = setUpSha256 === undefined ? undefined : Buffer.from(setUpSha256, 'hex');
  return {
    isGood: (token) => digest !== undefined && timingSafeEqual(createHash('sha256').update(token).digest(), digest),
    recoveryKey: (token) =>
      new Promise((resolve) => {
        const ask = nextAsk++;
        keyAsks.set(ask, resolve);
        tell({ t: 'recovery-key', ask, token });
      }),
    used: () => {
      digest = undefined;
      tell({ t: 'set-up-used' });
    },
  };
}

async function start(configuration: ConsoleConfiguration): Promise<void> {
  const { home, setUpSha256, siteName, isDemo } = configuration;
  const gateway = new GatewayClient(join(home, SOCKET_PATH));
  const setUp = setUpOf(setUpSha256);
  running = await openConsole({
    ...configuration,
    ...{ gateway, clock: systemClock, log, viewerSocket: viewerSocketIn(join(home, 'run')) },
    isSetUpToken: setUp.isGood,
    viewers: {
      add: (sha256, account, address) => tell({ t: 'viewer', sha256, account, address }),
      remove: (sha256) => tell({ t: 'viewer-over', sha256 }),
    },
    sessions: (origins) =>
      openSessions({
        ...{ folder: join(home, 'people'), origins, clock: systemClock, log, siteName, isDemo },
        tell: async (event) => void (await gateway.call('person.told', event)),
        setUp,
      }),
  });
  tell({ t: 'ready', port: running.port, isSetUp: await running.sessions.isSetUp(), isBuilt: running.isBuilt });
}

function failed(thrown: unknown): void {
  const errno = (thrown as NodeJS.ErrnoException).code;
  const isAddress = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(errno ?? '') && !isFault(thrown);
  if (isAddress) tell({ t: 'cannot-listen', errno: errno ?? '' });
  else tell({ t: 'failed', detail: String((thrown as Error).stack ?? thrown).slice(0, 2000) });
  // Once what was said is out.
  setTimeout(() => process.exit(1), 100);
}

async function answerOwner({ ask, name, request }: Extract<ToConsole, { t: 'owner' }>): Promise<void> {
  try {
    if (running === undefined) throw consoleFault('console.no-gateway');
    tell({ t: 'owner-answer', ask, answer: await running.sessions.asOwner(name, request) });
  } catch (thrown) {
    if (!isFault(thrown)) log.error('console.owner', { name, error: thrown });
    const { code, text } = isFault(thrown) ? thrown : consoleFault('console.defect');
    tell({ t: 'owner-answer', ask, answer: null, fault: { code, text } });
  }
}

async function end(): Promise<void> {
  await running?.close().catch(() => {});
  process.exit(0);
}

process.on('message', (raw) => {
  const message = raw as ToConsole;
  if (message.t === 'configure') start(message).catch(failed);
  else if (message.t === 'tls') running?.useTls(message.tls, message.names);
  else if (message.t === 'owner') void answerOwner(message);
  else {
    keyAsks.get(message.ask)?.(message.key);
    keyAsks.delete(message.ask);
  }
});
process.on('disconnect', () => void end());
// Asked only to be compiled (compiled-code.ts).
if (process.argv[2] === 'warm') process.exit(0);
// The keeper ends us when it has ended itself: a Ctrl-C at a terminal reaches the whole group.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
