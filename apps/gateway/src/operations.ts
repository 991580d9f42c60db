import { Fault, isFault, type Logger, text } from '@leadglass/kit';
import fastify, { type FastifyInstance } from 'fastify';
import { EXPOSITION_TYPE, exposition, type Metric } from './exposition.ts';

/** One part of the gateway that must work for images to be accepted: `records`, `ledger`, `vault`, `intake`. */
export interface PartState {
  readonly part: string;
  readonly isUp: boolean;
  /** Code of the Fault when it is not. */
  readonly fault?: string;
}

/** What the operations port asks of the gateway. */
export interface OperationsServices {
  readonly logger: Logger;
  /** Looks at every part now. */
  parts(): Promise<readonly PartState[]>;
  /** The figures of this moment. No patient data, no word of a peer. */
  metrics(): Promise<readonly Metric[]>;
}

export interface OperationsServer {
  /** Where it listens, the port chosen by the system when 0 was asked: `127.0.0.1:9464`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Parts answer within this or count as down: a probe must not hang on a dead disk. */
const PARTS_TIMEOUT_MS = 5_000;

async function partsOf(services: OperationsServices): Promise<readonly PartState[]> {
  const { promise, resolve } = Promise.withResolvers<readonly PartState[]>();
  const timer = setTimeout(
    () => resolve([{ part: 'gateway', isUp: false, fault: 'gateway.probe-timeout' }]),
    PARTS_TIMEOUT_MS,
  );
  try {
    return await Promise.race([services.parts(), promise]);
  } catch (thrown) {
    return [{ part: 'gateway', isUp: false, fault: isFault(thrown) ? thrown.code : 'gateway.defect' }];
  } finally {
    clearTimeout(timer);
  }
}

function build(services: OperationsServices): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true, bodyLimit: 1024 });
  app.setErrorHandler((thrown, _request, reply) => {
    services.logger.error('operations.failed', { error: thrown });
    return reply.code(500).type('text/plain').send('failed\n');
  });
  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('alive\n'));
  app.get('/readyz', async (_request, reply) => {
    const parts = await partsOf(services);
    const isReady = parts.every((each) => each.isUp);
    return reply.code(isReady ? 200 : 503).send({ isReady, parts });
  });
  app.get('/metrics', async (_request, reply) => {
    return reply.type(EXPOSITION_TYPE).send(exposition(await services.metrics()));
  });
  return app;
}

/**
 * Serves `/healthz` (the process answers), `/readyz` (images can be accepted; 503 with what is down otherwise) and `/metrics`.
 * Throws Fault `operations.listen` when the address cannot be had.
 */
export async function startOperations(
  services: OperationsServices,
  host: string,
  port: number,
): Promise<OperationsServer> {
  const app = build(services);
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    const fr = `Impossible d’écouter sur ${host}:${port} pour les mesures : l’adresse est-elle libre ?`;
    const en = `Cannot listen on ${host}:${port} for metrics: is the address free?`;
    throw new Fault('operations.listen', 'permanent', text(fr, en), { cause: thrown });
  }
  const bound = app.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { address: `${shownHost}:${boundPort}`, close: () => app.close() };
}
