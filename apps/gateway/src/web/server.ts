import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { parseParameters, type Resource, resourceName, resourceOf, WEB_ROOT } from '@leadglass/dicomweb';
import { systemClock } from '@leadglass/kit';
import { FhirEndpoint, isFhir } from '../feeds/fhir-endpoint.ts';
import type { FhirAnswer } from '../feeds/fhir-messages.ts';
import type { CertificateReader } from '../identity/certificate-reader.ts';
import type { IntakeServices } from '../intake-session.ts';
import { Answer } from './answer.ts';
import { BASE_HEADER } from './base.ts';
import { bodyOf } from './body.ts';
import { Call, CallBroken } from './call.ts';
import { type ContinuityResource, continuityResource } from './continuity.ts';
import { dispatch } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import { MapCache } from './map-cache.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import type { WebToIntake, WebWho } from './web-messages.ts';

/** Request line and header fields, bytes. */
const MOST_HEADER_BYTES = 16_384;
/** From a connection, or the end of an answer, to the end of the next request's header fields; the TLS handshake too. */
const HEADER_MS = 20_000;
/** Requests of one connection that wait for their turn. */
const MOST_WAITING = 16;
const TOKEN = /^Bearer ([A-Za-z0-9_~.+/=-]{16,200})$/i;
const HOST = /^[A-Za-z0-9.:[\]-]{1,255}$/;
const BASE = /^https:\/\/[A-Za-z0-9.:[\]-]{1,255}\/[a-z-]{1,32}$/;

/** One connection of a web client. */
interface Client {
  readonly id: number;
  readonly socket: Socket;
  readonly isTls: boolean;
  certificate: WebWho['certificate'];
  readonly calls: Map<number, Call>;
  nextRequest: number;
  waiting: number;
  turn: Promise<void>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * DICOMweb in the sandboxed process: HTTP on sockets that the keeper hands over. Requests of a connection are answered one after the other;
 * who may do what, and every byte that was sealed, comes from the keeper.
 */
export class WebServer {
  readonly #services: IntakeServices;
  readonly #http: Server;
  readonly #clients = new Map<object, Client>();
  readonly #byId = new Map<number, Client>();
  readonly #sessions = new Map<number, (seq: number, status: number) => void>();
  readonly #maps = new MapCache();
  readonly #fhir: FhirEndpoint;
  #tls: TlsServer | undefined;
  #certificates: CertificateReader | undefined;
  #isDraining = false;

  constructor(services: IntakeServices) {
    this.#services = services;
    this.#fhir = new FhirEndpoint((message) => services.tell(message));
    this.#http = createServer(
      { maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: HEADER_MS, noDelay: true },
      (request, response) => this.#request(request, response),
    );
    this.#http.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Takes a socket that the keeper accepted. */
  take(id: number, isTls: boolean, socket: Socket): void {
    const client: Client = {
      ...{ id, socket, isTls, certificate: undefined, calls: new Map(), nextRequest: 0, waiting: 0, timer: undefined },
      turn: Promise.resolve(),
    };
    this.#clients.set(socket, client);
    this.#byId.set(id, client);
    socket.once('close', () => this.#closed(client));
    socket.on('error', () => {});
    this.#awaitHeader(client);
    if (!isTls) this.#http.emit('connection', socket);
    else if (this.#tls === undefined) socket.destroy();
    else this.#tls.emit('connection', socket);
  }

  /** The listeners' certificate, and who reads those of clients: other connections from now on. */
  useTls(options: TlsOptions, certificates: CertificateReader): void {
    this.#certificates = certificates;
    const settings = { ...options, ALPNProtocols: ['http/1.1'], allowHalfOpen: false };
    if (this.#tls !== undefined) return this.#tls.setSecureContext(settings);
    this.#tls = createTlsServer(settings);
    this.#tls.on('secureConnection', (socket) => this.#secured(socket));
    this.#tls.on('tlsClientError', (error: Error & { code?: string }, socket) => this.#notSecured(error, socket));
  }

  hear(message: WebToIntake, socket: Socket | undefined): void {
    const call = this.#byId.get(message.connection)?.calls.get(message.request);
    if (call === undefined) socket?.destroy();
    else call.hear(message, socket);
  }

  /** The keeper's word on an object of a STOW session. */
  answered(session: number, seq: number, status: number): void {
    this.#sessions.get(session)?.(seq, status);
  }

  /** The keeper's word on FHIR that was sent. */
  fhirAnswered(answer: FhirAnswer): void {
    this.#fhir.answered(answer);
  }

  /** The keeper ends a connection: its certificate opens nothing any more. */
  drop(id: number): void {
    this.#byId.get(id)?.socket.destroy();
  }

  /** The gateway stops: what was begun is answered. */
  drain(): void {
    this.#isDraining = true;
    for (const client of this.#clients.values()) if (client.waiting === 0) client.socket.destroy();
  }

  #secured(socket: TLSSocket): void {
    const client = this.#clients.get(rawOf(socket) ?? socket);
    if (client === undefined) return void socket.destroy();
    this.#clients.set(socket, client);
    client.certificate = this.#certificates?.read(socket, systemClock.now());
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#clients.delete(socket);
      client.socket.destroy();
    });
    this.#http.emit('connection', socket);
  }

  #notSecured(error: Error & { code?: string }, socket: TLSSocket): void {
    const raw = rawOf(socket);
    const client = raw === undefined ? undefined : this.#clients.get(raw);
    socket.destroy();
    client?.socket.destroy();
    const why = String(error.code ?? 'TLS')
      .replace(/[^A-Z0-9_]/g, '')
      .slice(0, 60);
    if (client !== undefined) this.#closed(client, why);
  }

  #closed(client: Client, why = ''): void {
    if (!this.#byId.delete(client.id)) return;
    this.#clients.delete(client.socket);
    clearTimeout(client.timer);
    for (const call of client.calls.values()) call.end(499, 0, 0);
    this.#fhir.closed(client.id);
    this.#services.tell({ t: 'web-closed', connection: client.id, why });
  }

  #awaitHeader(client: Client): void {
    clearTimeout(client.timer);
    client.timer = setTimeout(() => client.socket.destroy(), HEADER_MS);
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const client = this.#clients.get(request.socket);
    if (client === undefined || client.waiting >= MOST_WAITING) return void request.socket.destroy();
    clearTimeout(client.timer);
    client.waiting += 1;
    client.turn = client.turn.then(() => this.#answer(client, request, response));
    response.once('close', () => {
      client.waiting -= 1;
      if (this.#isDraining && client.waiting === 0) client.socket.destroy();
      else if (client.waiting === 0 && this.#byId.has(client.id)) this.#awaitHeader(client);
    });
  }

  async #answer(client: Client, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = new Answer(response, request.method === 'HEAD');
    const number = client.nextRequest++;
    if (isFhir(request)) return this.#answerFhir(client, number, request, answer);
    const call = new Call((message) => this.#services.tell(message), client.id, number);
    client.calls.set(number, call);
    let exchange: Exchange | undefined;
    const gone = (): void => call.end(499, exchange?.given ?? 0, answer.bytes, exchange?.failed ?? 0);
    response.once('close', gone);
    try {
      const resource = resourceIn(request);
      exchange = this.#exchange(client, request, resource, call, answer);
      await dispatch(exchange, resource, bodyOf(request), this.#services, this.#storeSessions());
    } catch (thrown) {
      this.#failed(thrown, request, answer);
    }
    response.off('close', gone);
    call.end(answer.status, exchange?.given ?? 0, answer.bytes, exchange?.failed ?? 0);
    client.calls.delete(number);
    // What was not read of a refused body is not the next request.
    if (hasBodyLeft(request)) request.socket.destroySoon();
  }

  async #answerFhir(client: Client, number: number, request: IncomingMessage, answer: Answer): Promise<void> {
    try {
      await this.#fhir.answer(client.id, number, whoOf(client, request.headers.authorization), request, answer);
    } catch (thrown) {
      this.#failed(thrown, request, answer);
    }
    if (hasBodyLeft(request)) request.socket.destroySoon();
  }

  #failed(thrown: unknown, request: IncomingMessage, answer: Answer): void {
    if (answer.isBegun || request.socket.destroyed) answer.cut();
    else if (thrown instanceof WebRefusal) {
      const isBodyLeft: Record<string, string> = hasBodyLeft(request) ? { connection: 'close' } : {};
      answer.refuse(thrown.problem, { ...thrown.headers, ...isBodyLeft });
    } else {
      answer.refuse(thrown instanceof CallBroken ? PROBLEMS.unavailable : PROBLEMS.defect);
      if (!(thrown instanceof CallBroken))
        this.#services.tell({ t: 'fault', event: 'web.defect', detail: describe(thrown) });
    }
  }

  #exchange(
    client: Client,
    request: IncomingMessage,
    resource: Resource | ContinuityResource,
    call: Call,
    answer: Answer,
  ): Exchange {
    const { headers } = request;
    const parameters = parseParameters((request.url ?? '').split('?', 2)[1] ?? '');
    if (parameters === undefined) throw new WebRefusal(PROBLEMS.badRequest);
    return {
      ...{ call, answer, parameters, maps: this.#maps, given: 0, failed: 0, route: routeOf(resource) },
      who: whoOf(client, headers.authorization),
      headers: headers as Exchange['headers'],
      base: baseOf(client, headers),
    };
  }

  #storeSessions() {
    return {
      open: (id: number, answered: (seq: number, status: number) => void) => void this.#sessions.set(id, answered),
      close: (id: number) => void this.#sessions.delete(id),
    };
  }
}

function routeOf(resource: Resource | ContinuityResource): string {
  return resource.kind === 'continuity' ? `continuity ${resource.ask.op}` : resourceName(resource);
}

/** What the addresses in answers begin with. The console tells under which address it serves us. */
function baseOf({ isTls, socket }: Client, { host = '', [BASE_HEADER]: told }: IncomingHttpHeaders): string {
  // A socket of this machine without an address is the keeper's own, which the console alone can reach.
  if (socket.remoteAddress === undefined && typeof told === 'string' && BASE.test(told)) return told;
  return HOST.test(host) ? `${isTls ? 'https' : 'http'}://${host}${WEB_ROOT}` : WEB_ROOT;
}

function rawOf(socket: TLSSocket): object | undefined {
  return (socket as unknown as { readonly _parent?: object | null })._parent ?? undefined;
}

/** A certificate is told beside a token too: when it is revoked the connection ends. */
function whoOf({ certificate }: Client, authorization: string | undefined): WebWho {
  const secret = TOKEN.exec(authorization ?? '')?.[1];
  return {
    ...(secret === undefined ? {} : { token: createHash('sha256').update(secret).digest('hex') }),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function resourceIn({ method = '', url = '' }: IncomingMessage): Resource | ContinuityResource {
  const path = url.split('?', 1)[0] ?? '';
  const resource = continuityResource(method, path) ?? resourceOf(method, path);
  if (!('status' in resource)) return resource;
  if (resource.status === 405) throw new WebRefusal(PROBLEMS.notAllowed, { allow: resource.allow ?? '' });
  throw new WebRefusal(resource.status === 400 ? PROBLEMS.badUid : PROBLEMS.notFound);
}

function hasBodyLeft({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);
}

function describe(thrown: unknown): string {
  return (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)).slice(0, 1000);
}
