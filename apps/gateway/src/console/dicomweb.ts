import { Agent, request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { ACCESS } from '@leadglass/contract';
import { type Resource, resourceOf, WEB_ROOT } from '@leadglass/dicomweb';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BASE_HEADER } from '../web/base.ts';
import { withRole } from './api.ts';
import { consoleFault } from './faults.ts';
import { originOf } from './guard.ts';
import type { Sessions } from './sessions.ts';
import type { Reading, Studies } from './studies.ts';

export const DICOMWEB = '/dicomweb';
/** To the gateway at once; what comes beyond waits its turn. */
const MOST_SOCKETS = 48;
/** Asked and not answered, of one session: a viewer asks for a series' frames all at once. */
const MOST_OF_A_SESSION = 256;
/** The gateway ends what nobody takes; here, what it does not begin. */
const ANSWER_MS = 120_000;
const REQUESTS_A_MINUTE = 30_000;

const ONWARD = ['accept', 'accept-charset', 'range', 'if-none-match'] as const;
const BACK = [
  'content-type',
  'content-length',
  'content-location',
  'etag',
  'warning',
  'retry-after',
  'accept-ranges',
  'content-range',
] as const;

export interface DicomWebParts {
  readonly sessions: Sessions;
  readonly studies: Studies;
  /** Of the gateway's socket for people who read. */
  readonly socketPath: string;
}

/** Mounts `/dicomweb`: searching and reading over the gateway's own DICOMweb, for whoever is signed in, and of studies that they opened. */
export function mountDicomWeb(app: FastifyInstance, parts: DicomWebParts): void {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS, maxFreeSockets: 8, timeout: ANSWER_MS });
  const underway = new Map<string, number>();
  app.addHook('onClose', async () => agent.destroy());
  const config = { rateLimit: { max: REQUESTS_A_MINUTE, timeWindow: 60_000 } };
  app.get(`${DICOMWEB}/*`, { config }, async (request, reply) => {
    const reading = await readingOf(parts, request);
    const [path = '', query = ''] = request.url.slice(DICOMWEB.length).split('?', 2);
    requireOpened(reading, resourceOf('GET', WEB_ROOT + path), new URLSearchParams(query));
    const count = underway.get(reading.sessionId) ?? 0;
    if (count >= MOST_OF_A_SESSION) throw consoleFault('console.too-many');
    underway.set(reading.sessionId, count + 1);
    reply.raw.once('close', () => {
      const left = (underway.get(reading.sessionId) ?? 1) - 1;
      if (left > 0) underway.set(reading.sessionId, left);
      else underway.delete(reading.sessionId);
    });
    const onward = `${WEB_ROOT}${path}${query === '' ? '' : `?${query}`}`;
    return pass(await forwarded(parts, agent, onward, request, reply, reading), reply);
  });
}

/** Who reads: a session with its cookie, or a program that was started with a pass. */
async function readingOf({ sessions, studies }: DicomWebParts, request: FastifyRequest): Promise<Reading> {
  const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const reading = studies.ofPass(bearer);
    if (reading === undefined) throw consoleFault('console.signed-out');
    return reading;
  }
  return studies.ofSession(await withRole(sessions, request, ACCESS['journey.search']), request.ip);
}

/** Lists of studies are for whoever may read images; everything within a study, for whoever opened it. Throws Fault. */
function requireOpened(
  reading: Reading,
  resource: Resource | { readonly status: number },
  query: URLSearchParams,
): void {
  if ('status' in resource) throw consoleFault(resource.status === 404 ? 'console.not-found' : 'console.bad-request');
  if (!isRead(resource)) throw consoleFault('console.forbidden');
  const isList = resource.kind === 'search' && resource.level === 'STUDY';
  const study = isList ? onlyStudyIn(query) : studyOf(resource);
  const isOpened = study !== undefined && reading.mayRead(study);
  if (!isOpened && !(isList && reading.mayList)) throw consoleFault('console.forbidden', NOT_OPENED);
}

function isRead({ kind }: Resource): boolean {
  return kind !== 'store' && kind !== 'uri' && kind !== 'capabilities';
}

/** The one study that a list is narrowed to; a second one, under whatever name, makes it a list of several. */
function onlyStudyIn(query: URLSearchParams): string | undefined {
  const named = [...query].filter(([name]) => ['studyinstanceuid', '0020000d'].includes(name.toLowerCase()));
  return named.length === 1 ? named[0]?.[1] : undefined;
}

function studyOf(resource: Resource): string | undefined {
  if ('ids' in resource) return resource.ids.study;
  return resource.kind === 'search' ? resource.study : undefined;
}

function forwarded(
  { socketPath }: DicomWebParts,
  agent: Agent,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { token }: Reading,
): Promise<IncomingMessage> {
  const headers = {
    ...kept(request.headers, ONWARD),
    ...{ host: 'console', authorization: `Bearer ${token}`, [BASE_HEADER]: `${originOf(request)}${DICOMWEB}` },
  };
  return new Promise((resolve, reject) => {
    const sent = ask({ socketPath, agent, path, method: request.method, headers, timeout: ANSWER_MS }, resolve);
    sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.once('error', (cause) => reject(consoleFault('console.no-gateway', undefined, { cause })));
    // Whoever goes away is no longer read for.
    reply.raw.once('close', () => sent.destroy());
    sent.end();
  });
}

function pass(answer: IncomingMessage, reply: FastifyReply): FastifyReply {
  answer.on('error', () => reply.raw.destroy());
  return reply
    .code(answer.statusCode ?? 500)
    .headers(kept(answer.headers, BACK))
    .send(answer);
}

function kept(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

const NOT_OPENED = {
  fr: 'Ouvrez d’abord cet examen, page « Images » : chaque ouverture est un acte du registre.',
  en: 'Open this study first, on the page “Images”: each opening is an act in the ledger.',
};
