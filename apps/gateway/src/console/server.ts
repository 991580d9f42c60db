import rateLimit from '@fastify/rate-limit';
import type { ErrorAnswer } from '@leadglass/contract';
import { type Clock, type Fault, isFault, type Logger } from '@leadglass/kit';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { mountApi } from './api.ts';
import { mountDicomWeb } from './dicomweb.ts';
import { Endings } from './endings.ts';
import { type ConsoleFaultCode, consoleFault, consoleStatusOf } from './faults.ts';
import { type GatewayClient, GatewayRefusal } from './gateway-client.ts';
import { guard } from './guard.ts';
import { LiveHub, mountLive } from './live.ts';
import type { ConsoleConfiguration, ConsoleTls } from './messages.ts';
import { mountOhif } from './ohif.ts';
import { mountPages } from './pages.ts';
import { Patients } from './patients.ts';
import { freePortOf, originsOf } from './reach.ts';
import type { Sessions } from './sessions.ts';
import { Studies, type ViewerTellers } from './studies.ts';

/** Of one address, a minute. A page asks some ten things when it opens; a hospital may sit behind one address. */
const REQUESTS_A_MINUTE = 6_000;
/** Addresses remembered by the limiter; the oldest go first. */
const ADDRESSES_KEPT = 10_000;
const BODY_BYTES = 64 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
const HEADER_MS = 10_000;
const REQUEST_MS = 60_000;
const KEEP_ALIVE_MS = 20_000;
const MOST_CONNECTIONS = 1_024;

/** What the console is made of; the process gives it, and tests. */
export interface ConsoleParts
  extends Pick<ConsoleConfiguration, 'host' | 'ports' | 'names' | 'tls' | 'version' | 'dist' | 'viewer'> {
  readonly gateway: GatewayClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Path of the socket on which the gateway speaks DICOMweb to us. */
  readonly viewerSocket: string;
  readonly viewers: ViewerTellers;
  isSetUpToken(token: string): boolean;
  sessions(origins: () => readonly string[]): Promise<Sessions>;
}

export interface RunningConsole {
  readonly port: number;
  readonly sessions: Sessions;
  /** Whether there are pages to serve. */
  readonly isBuilt: boolean;
  /** Pages that listen to what is live. */
  listening(): number;
  useTls(tls: ConsoleTls, names: readonly string[]): void;
  close(): Promise<void>;
}

/** Opens the console: HTTPS on the first of its ports that is free. Rejects with the error of the last. */
export async function openConsole(parts: ConsoleParts): Promise<RunningConsole> {
  let { names, tls } = parts;
  const port = await freePortOf(parts.host, parts.ports);
  const origins = (): readonly string[] => originsOf(parts.host, names, port);
  const app = newApp(tls);
  const sessions = await parts.sessions(origins);
  const mounted = await mount(app, parts, sessions, origins, () => tls.caPem);
  await app.listen({ host: parts.host, port }).catch(async (thrown) => {
    await Promise.allSettled([app.close(), sessions.close()]);
    throw thrown;
  });
  return {
    ...{ port, sessions, isBuilt: mounted.isBuilt, listening: mounted.listening },
    useTls: (material, under) => {
      [tls, names] = [material, under];
      app.server.setSecureContext(tlsOptions(material));
    },
    close: async () => {
      mounted.close();
      await app.close();
      await sessions.close();
    },
  };
}

type App = ReturnType<typeof newApp>;

function newApp(tls: ConsoleTls) {
  return fastify({
    https: { ...tlsOptions(tls), maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADER_MS },
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    trustProxy: false,
    logger: false,
    // Names of operations have dots; a path has no other form that would be taken for the same.
    routerOptions: { maxParamLength: 512 },
  });
}

function tlsOptions({ certPem, keyPem }: ConsoleTls): { cert: string; key: string; minVersion: 'TLSv1.2' } {
  return { cert: certPem, key: keyPem, minVersion: 'TLSv1.2' };
}

async function mount(
  app: App,
  parts: ConsoleParts,
  sessions: Sessions,
  origins: () => readonly string[],
  caPem: () => string,
): Promise<{ readonly isBuilt: boolean; listening(): number; close(): void }> {
  const { gateway, clock, log } = parts;
  app.server.maxConnections = MOST_CONNECTIONS;
  answerFaults(app as unknown as FastifyInstance, log);
  guard(app as unknown as FastifyInstance, origins);
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    cache: ADDRESSES_KEPT,
    errorResponseBuilder: () => consoleFault('console.too-many'),
  });
  const endings = new Endings(sessions);
  const studies = new Studies({ clock, endings, viewers: parts.viewers });
  const patients = new Patients({ clock, endings, gateway, studies });
  const live = new LiveHub({ gateway, clock, log });
  const plain = app as unknown as FastifyInstance;
  await plain.register((scope) => sessions.routes(scope));
  mountApi(plain, {
    ...{ gateway, sessions, endings, studies, patients, version: parts.version },
    isSetUpToken: parts.isSetUpToken,
  });
  mountLive(plain, { live, sessions, endings, clock });
  mountDicomWeb(plain, { sessions, studies, socketPath: parts.viewerSocket });
  mountOhif(plain, { sessions, folder: parts.viewer });
  const isBuilt = mountPages(plain, { folder: parts.dist, caPem });
  return {
    isBuilt,
    listening: () => live.clients,
    close: () => {
      live.close();
      endings.close();
      studies.close();
    },
  };
}

function answerFaults(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((thrown, request, reply) => {
    if (thrown instanceof GatewayRefusal) return sendError(reply, thrown.status, thrown.body);
    const fault = faultOf(thrown);
    if (fault.code === 'console.defect')
      log.error('console.defect', { route: request.routeOptions.url ?? '', error: thrown });
    return sendError(reply, consoleStatusOf(fault), answerOf(fault));
  });
}

function sendError(reply: FastifyReply, status: number, body: ErrorAnswer): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function answerOf(fault: Fault): ErrorAnswer {
  const { problems } = fault as Fault & { problems?: ErrorAnswer['problems'] };
  return { code: fault.code, text: fault.text, ...(problems === undefined ? {} : { problems }) };
}

/** A Fault as it is; what fastify refuses by its status; anything else is our defect. */
function faultOf(thrown: unknown): Fault {
  if (isFault(thrown)) return thrown;
  const { statusCode = 500 } = thrown as { statusCode?: number };
  const code: ConsoleFaultCode | undefined = statusCode >= 500 ? 'console.defect' : BY_STATUS[statusCode];
  return consoleFault(code ?? 'console.bad-request', undefined, { cause: thrown });
}

const BY_STATUS: Readonly<Record<number, ConsoleFaultCode>> = {
  404: 'console.not-found',
  413: 'console.too-long',
  429: 'console.too-many',
};
