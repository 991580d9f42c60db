import type { Socket } from 'node:net';
import { type Fault, type Logger, type Text, text } from '@leadglass/kit';
import type { Event, Peer, Sha256, WebToken } from '@leadglass/model';
import { type CertificateShown, mayUse } from '@leadglass/policy';
import type { Retrievable, Retrieval } from '@leadglass/records';
import type { Identity, ObjectStore } from '@leadglass/vault';
import type { Viewers } from '../console/viewers.ts';
import type { ContinuityDesk, SealedForBox } from '../continuity/desk.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import type { IntakeName } from '../intake-pool.ts';
import type { ShownCertificate, ToIntake } from '../messages.ts';
import { maySeeObject } from '../sighted-search.ts';
import { keyWords, type Searched, searched } from './catalogue-search.ts';
import { hintToSee, TOO_MANY, UNSEEN, whyNobody } from './desk-words.ts';
import { identify } from './identify.ts';
import { PERSON_PERMIT, type PermitTools, WebPermits } from './permit.ts';
import type { PipeMaker } from './pour.ts';
import { Pourer } from './pourer.ts';
import { PROBLEMS, type WebProblem } from './problems.ts';
import { Readings } from './readings.ts';
import { rendered } from './rendering.ts';
import { given } from './served.ts';
import type {
  ContinuityAsk,
  WebAsk,
  WebClosed,
  WebDone,
  WebFromIntake,
  WebGrant,
  WebRead,
  WebRender,
} from './web-messages.ts';

/** Connections of web clients at once, of all and of one address. */
const MOST_CONNECTIONS = 256;
const MOST_OF_AN_ADDRESS = 128;
/** Requests of one connection at once: a client that does not wait for answers gets a few ahead. */
const MOST_REQUESTS = 8;
/** Objects of one retrieval. */
const MOST_OBJECTS = 20_000;

type Told = DistributiveOmit<Event, 'id' | 'atMs'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What the web desk needs of the keeper. */
export interface WebDeskOptions extends PermitTools {
  readonly store: ObjectStore;
  readonly site: Identity;
  readonly retrieval: Retrieval;
  readonly catalogue: () => Searched;
  readonly decoders: DecoderPool;
  readonly pipes: PipeMaker;
  /** What a continuity box is granted. */
  readonly continuity: Pick<ContinuityDesk, 'granted'>;
  readonly log: Logger;
  /** People who read through the console. */
  readonly viewers: Pick<Viewers, 'of'>;
  /** What is known of a certificate. */
  shown(certificate: ShownCertificate): CertificateShown;
  tokens(): readonly WebToken[];
  /** Why nothing may be taken in now. */
  gate(): Fault | undefined;
  nextConnection(): number;
  /** Hands a socket to an intake; undefined when none is ready. */
  hand(connection: number, isTls: boolean, socket: Socket): IntakeName | undefined;
  say(intake: IntakeName, message: ToIntake, socket?: Socket): void;
  /** A web connection or the session of a request is over. */
  forget(connection: number): void;
  /** Opens what objects are announced under; @returns its number and the id of its events. */
  openSession(
    intake: IntakeName,
    peer: Peer,
    remoteAddress: string,
  ): { readonly id: number; readonly requestId: string };
  closeSession(id: number): void;
  /** Records an event; resolves when it is durable. */
  tell(event: Told): Promise<void>;
  /** Somebody unknown came: told within bounds. */
  stranger(remoteAddress: string, why: Text): void;
  /** An intake said what none of ours says. */
  lies(intake: IntakeName, event: string): void;
}

interface Connection {
  readonly intake: IntakeName;
  /** Of the console's connections: where the person of the latest request sits. */
  remoteAddress: string;
  readonly requests: Map<number, Request>;
  /** The console's own process speaks on it: people ask, and nobody else. */
  readonly isConsole: boolean;
  /** What it showed over TLS, once something was asked on it. */
  certificate: ShownCertificate | undefined;
}

/** A request that was granted, and what it may touch. */
interface Request {
  readonly peer: Peer;
  readonly ask: WebAsk;
  readonly objects: ReadonlyMap<string, Retrievable>;
  readonly session?: { readonly id: number; readonly requestId: string };
  pourer?: Promise<Pourer | undefined>;
  /** Of a continuity box: the one thing it may read; of an object, its study. */
  readonly sealed?: { readonly sha256: string; readonly study?: string; readonly object: SealedForBox };
}

/** The keeper's side of DICOMweb: says who is let in, what may be read, gives the bytes out and tells the ledger. It parses nothing of an object. */
export class WebDesk {
  readonly #options: WebDeskOptions;
  readonly #connections = new Map<number, Connection>();
  readonly #readings: Readings;
  readonly #permits: WebPermits;

  constructor(options: WebDeskOptions) {
    this.#options = options;
    this.#permits = new WebPermits(options);
    this.#readings = new Readings(
      options.clock,
      (event) => options.tell(event),
      (thrown) => options.log.error('event.not-recorded', { kind: 'web.retrieved', fault: thrown }),
    );
  }

  /** A connection was accepted. @param isConsole on the socket that the console alone can reach */
  take(isTls: boolean, socket: Socket, remoteAddress: string, isConsole = false): void {
    const { nextConnection, hand, stranger } = this.#options;
    const ofAddress = [...this.#connections.values()].filter((one) => one.remoteAddress === remoteAddress).length;
    const isRoom = this.#connections.size < MOST_CONNECTIONS && ofAddress < MOST_OF_AN_ADDRESS;
    const id = nextConnection();
    const intake = isRoom ? hand(id, isTls, socket) : undefined;
    if (intake !== undefined) {
      this.#connections.set(id, { intake, remoteAddress, isConsole, requests: new Map(), certificate: undefined });
      return;
    }
    socket.destroy();
    stranger(remoteAddress, TOO_MANY);
  }

  /** Where a connection of `intake` comes from; undefined for the console's, and for what is none. */
  addressOf(intake: IntakeName, id: number): string | undefined {
    const connection = this.#connections.get(id);
    if (connection === undefined || connection.intake.id !== intake.id || connection.isConsole) return undefined;
    return connection.remoteAddress;
  }

  heard(intake: IntakeName, message: WebFromIntake): void {
    const connection = this.#connections.get(message.connection);
    if (connection === undefined || connection.intake.id !== intake.id) return;
    switch (message.t) {
      case 'web-ask':
        return void this.#ask(connection, message);
      case 'web-read':
        return this.#read(connection, message);
      case 'web-render':
        return this.#render(connection, message);
      case 'web-done':
        return this.#done(connection, message);
      case 'web-closed':
        return this.#closed(connection, message);
    }
  }

  /** An intake died with these connections. */
  lost(connections: readonly number[]): void {
    for (const id of connections) {
      const connection = this.#connections.get(id);
      this.#connections.delete(id);
      for (const number of connection?.requests.keys() ?? []) this.#over(connection as Connection, number);
    }
  }

  /** Ends the connections whose certificate `isRevoked`. @returns how many. */
  endRevoked(isRevoked: (certificate: ShownCertificate) => boolean): number {
    const revoked = [...this.#connections].filter(([, { certificate }]) => certificate && isRevoked(certificate));
    for (const [id, { intake }] of revoked) this.#options.say(intake, { t: 'drop', connection: id });
    return revoked.length;
  }

  /** Ends the connections from addresses that are cut off; how many those were. */
  endFrom(isCut: (remoteAddress: string) => boolean): number {
    const cut = [...this.#connections].filter(([, { remoteAddress, isConsole }]) => !isConsole && isCut(remoteAddress));
    for (const [id, { intake }] of cut) this.#options.say(intake, { t: 'drop', connection: id });
    return cut.length;
  }

  /** Tells what was not told yet. */
  stop(): Promise<void> {
    this.#options.pipes.close();
    this.#options.decoders.stop();
    return this.#readings.flush();
  }

  async #ask(connection: Connection, ask: WebAsk): Promise<void> {
    const { lies, log } = this.#options;
    if (connection.requests.size >= MOST_REQUESTS || connection.requests.has(ask.request))
      return lies(connection.intake, 'intake.web-requests');
    try {
      const problem = await this.#grant(connection, ask);
      if (problem !== undefined) this.#refuse(connection, ask, problem);
    } catch (thrown) {
      log.error('web.not-granted', { fault: thrown, route: ask.route });
      this.#refuse(connection, ask, PROBLEMS.unavailable);
    }
  }

  async #grant(connection: Connection, ask: WebAsk): Promise<WebProblem | undefined> {
    if (connection.isConsole) return this.#grantPerson(connection, ask);
    const { remoteAddress } = connection;
    const { clock, rules, tokens, stranger, shown } = this.#options;
    connection.certificate = ask.who.certificate;
    const known = { peers: rules().peers, tokens: tokens(), nowMs: clock.now(), remoteAddress, shown };
    const peer = identify(ask.who, known);
    if (peer === undefined) {
      stranger(remoteAddress, whyNobody(ask, known));
      return PROBLEMS.unauthorized;
    }
    return this.#grantPeer(connection, ask, peer);
  }

  /** Which study a person may read, the console has judged; the ledger names the person and where they sit. */
  async #grantPerson(connection: Connection, ask: WebAsk): Promise<WebProblem | undefined> {
    const viewer = this.#options.viewers.of(ask.who.token);
    if (viewer === undefined) return PROBLEMS.unauthorized;
    connection.remoteAddress = viewer.remoteAddress;
    return this.#grantPeer(connection, ask, viewer.peer);
  }

  async #grantPeer(connection: Connection, ask: WebAsk, peer: Peer): Promise<WebProblem | undefined> {
    const service = SERVICES[ask.what.kind];
    if (!mayUse(peer, service)) return this.#forbid(connection, peer, service);
    switch (ask.what.kind) {
      case 'objects':
        return this.#grantObjects(connection, ask, peer, ask.what);
      case 'search':
        return this.#grantSearch(connection, ask, peer, ask.what);
      case 'store':
        return this.#grantStore(connection, ask, peer);
      case 'continuity':
        return this.#grantContinuity(connection, ask, peer, ask.what.ask);
    }
  }

  async #forbid(connection: Connection, peer: Peer, service: string): Promise<WebProblem> {
    const why = text(`il n’a pas le droit « ${service} »`, `it does not have the “${service}” right`);
    const hint = `./leadglass peer add ${peer.aeTitle} --from ${peer.from} --allow ${[...new Set([...peer.allow, service])].join(',')}`;
    return this.#refused(connection, peer, service, { ...PROBLEMS.forbidden, text: why }, hint, PROBLEMS.forbidden);
  }

  /** Tells of a refusal. @param answer what the client is told, when that is less. */
  async #refused(
    { remoteAddress }: Connection,
    { aeTitle }: Peer,
    service: string,
    problem: WebProblem,
    hint: string,
    answer = problem,
  ): Promise<WebProblem> {
    const { status, text: why } = problem;
    await this.#options.tell({ kind: 'web.refused', peer: aeTitle, remoteAddress, service, status, why, hint });
    return answer;
  }

  async #grantObjects(
    connection: Connection,
    ask: WebAsk,
    peer: Peer,
    what: Extract<WebAsk['what'], { kind: 'objects' }>,
  ): Promise<WebProblem | undefined> {
    const { remoteAddress } = connection;
    const permit = connection.isConsole ? PERSON_PERMIT : this.#permits.asked(peer, remoteAddress, what);
    if (!permit.allowed) return this.#refused(connection, peer, 'wado', permit.problem, permit.hint);
    const { sight } = permit.verdict;
    const asked = await this.#found(what.ids);
    const seen = asked.filter(({ modality }) => maySeeObject(sight, modality));
    if (seen.length > MOST_OBJECTS) return PROBLEMS.tooMany;
    const objects = given(seen, connection.isConsole);
    const [first] = objects;
    if (first === undefined) {
      if (sight === undefined || given(asked, connection.isConsole).length === 0) return PROBLEMS.notFound;
      // To the client it is as if there were nothing.
      const problem = { ...PROBLEMS.notFound, text: UNSEEN };
      return this.#refused(connection, peer, 'wado', problem, hintToSee(peer, sight, asked), PROBLEMS.notFound);
    }
    const of = { peer: peer.aeTitle, remoteAddress, studyInstanceUid: what.ids.study, patient: first.patient };
    await this.#readings.began(of, ask.route, objects.length, asked.length - seen.length);
    this.#open(connection, ask, { peer, ask, objects: new Map(objects.map((one) => [one.sha256, one])) });
    this.#say(connection, ask, { kind: 'objects', instances: objects.map(instanceOf) });
    return undefined;
  }

  async #found({ study, series, instance }: WebIds): Promise<readonly Retrievable[]> {
    const { retrieval } = this.#options;
    const found = instance === undefined ? await retrieval.ofStudy(study) : await retrieval.ofInstance(instance);
    return found.filter(
      (one) => one.studyInstanceUid === study && (series === undefined || one.seriesInstanceUid === series),
    );
  }

  async #grantSearch(
    connection: Connection,
    ask: WebAsk,
    peer: Peer,
    what: Extract<WebAsk['what'], { kind: 'search' }>,
  ): Promise<WebProblem | undefined> {
    const { remoteAddress } = connection;
    const { level, keys } = what.search.query;
    const permit = connection.isConsole ? PERSON_PERMIT : this.#permits.asked(peer, remoteAddress, what);
    if (!permit.allowed) return this.#refused(connection, peer, 'qido', permit.problem, permit.hint);
    const { mostResults, sight } = permit.verdict;
    const { matches, isMore, withheld } = await searched(this.#options.catalogue(), what.search, {
      sight,
      mostResults,
    });
    const facts = { peer: peer.aeTitle, remoteAddress, level, keys: keyWords(keys), results: matches.length };
    await this.#options.tell({ kind: 'web.queried', ...facts, ...(withheld === 0 ? {} : { withheld }) });
    this.#open(connection, ask, { peer, ask, objects: new Map() });
    this.#say(connection, ask, { kind: 'search', matches, isMore });
    return undefined;
  }

  #grantStore(connection: Connection, ask: WebAsk, peer: Peer): WebProblem | undefined {
    const { gate, openSession } = this.#options;
    const blocked = gate();
    if (blocked !== undefined) return { status: 503, code: blocked.code, text: blocked.text };
    // The right to send over the web is the right to store, of an object that comes this way.
    const sender: Peer = { ...peer, allow: [...peer.allow, 'store'] };
    const session = openSession(connection.intake, sender, connection.remoteAddress);
    this.#open(connection, ask, { peer, ask, objects: new Map(), session });
    this.#say(connection, ask, { kind: 'store', session: session.id, peer: sender });
    return undefined;
  }

  async #grantContinuity(
    connection: Connection,
    ask: WebAsk,
    peer: Peer,
    asked: ContinuityAsk,
  ): Promise<WebProblem | undefined> {
    const { remoteAddress } = connection;
    const granted = await this.#options.continuity.granted(peer.aeTitle, asked);
    if ('status' in granted) return granted;
    if (granted.kind === 'answer') {
      this.#open(connection, ask, { peer, ask, objects: new Map() });
      this.#say(connection, ask, { kind: 'continuity', json: granted.json });
      return undefined;
    }
    const { sealed } = granted;
    const opened = { peer, ask, objects: new Map<string, Retrievable>() };
    if (granted.kind === 'object') {
      const { sha256, studyInstanceUid: study, patient } = granted.object;
      await this.#readings.began({ peer: peer.aeTitle, remoteAddress, studyInstanceUid: study, patient }, ask.route, 1);
      this.#open(connection, ask, { ...opened, sealed: { sha256, study, object: sealed } });
      this.#say(connection, ask, { kind: 'continuity', sealed: { sha256, bytes: sealed.sealedBytes } });
      return undefined;
    }
    this.#open(connection, ask, { ...opened, sealed: { sha256: granted.sha256, object: sealed } });
    this.#say(connection, ask, {
      kind: 'continuity',
      sealed: { sha256: granted.sha256, bytes: sealed.sealedBytes },
    });
    return undefined;
  }

  /** The connection may have gone while its question was answered. */
  #open(connection: Connection, ask: WebAsk, request: Request): void {
    connection.requests.set(ask.request, request);
    if (this.#connections.get(ask.connection) !== connection) this.#over(connection, ask.request);
  }

  #say(connection: Connection, ask: WebAsk, grant: WebGrant): void {
    this.#options.say(connection.intake, { t: 'web-granted', connection: ask.connection, request: ask.request, grant });
  }

  #refuse(connection: Connection, ask: WebAsk, { status, code, text: words }: WebProblem): void {
    const { connection: id, request } = ask;
    this.#options.say(connection.intake, { t: 'web-refused', connection: id, request, status, code, text: words });
  }

  #read(connection: Connection, { request, sha256, from, to, connection: id }: WebRead): void {
    const granted = connection.requests.get(request);
    if (granted === undefined) return;
    const { sealed } = granted;
    if (sealed?.sha256 === sha256 && from === 0 && to === sealed.object.sealedBytes)
      return void this.#pour(connection, id, request, granted, () => sealed.object.pour());
    const object = granted.objects.get(sha256);
    if (object === undefined || from > to || to > object.plainBytes)
      return this.#options.lies(connection.intake, 'intake.web-range');
    void this.#pour(connection, id, request, granted, async function* (open) {
      yield* (await open(object)).read(from, to);
    });
  }

  #render(connection: Connection, message: WebRender): void {
    const granted = connection.requests.get(message.request);
    if (granted === undefined) return;
    const object = granted.objects.get(message.sha256);
    const isWithin = message.ranges.every(([from, to]) => from <= to && to <= (object?.plainBytes ?? -1));
    if (object === undefined || !isWithin) return this.#options.lies(connection.intake, 'intake.web-range');
    const { decoders } = this.#options;
    void this.#pour(connection, message.connection, message.request, granted, async function* (open) {
      yield* rendered(decoders, await open(object), message);
    });
  }

  async #pour(
    connection: Connection,
    id: number,
    request: number,
    granted: Request,
    make: Parameters<Pourer['pour']>[0],
  ): Promise<void> {
    granted.pourer ??= this.#newPourer(connection, id, request);
    const pourer = await granted.pourer;
    if (pourer?.pour(make) === false) this.#options.lies(connection.intake, 'intake.web-reads');
  }

  async #newPourer(connection: Connection, id: number, request: number): Promise<Pourer | undefined> {
    const { pipes, say, store, site, log } = this.#options;
    try {
      const { ours, theirs } = await pipes.pipe();
      say(connection.intake, { t: 'web-pour', connection: id, request }, theirs);
      return new Pourer(store, site, ours, (thrown) => log.error('web.read-failed', { fault: thrown }));
    } catch (thrown) {
      log.error('web.no-pipe', { fault: thrown });
      const { status, code, text: words } = PROBLEMS.unavailable;
      say(connection.intake, { t: 'web-refused', connection: id, request, status, code, text: words });
      return undefined;
    }
  }

  #done(connection: Connection, message: WebDone): void {
    const granted = connection.requests.get(message.request);
    this.#over(connection, message.request);
    if (granted === undefined) return;
    const { instances, bytes, status, failed } = message;
    const { what } = granted.ask;
    const of = { peer: granted.peer.aeTitle, remoteAddress: connection.remoteAddress };
    if (granted.sealed?.study !== undefined)
      this.#readings.done({ ...of, studyInstanceUid: granted.sealed.study }, instances, bytes);
    if (what.kind === 'objects') this.#readings.done({ ...of, studyInstanceUid: what.ids.study }, instances, bytes);
    if (what.kind !== 'store' || granted.session === undefined) return;
    const { requestId } = granted.session;
    void this.#options
      .tell({ kind: 'web.stored', ...of, requestId, stored: instances, failed, status })
      .catch((thrown) => this.#options.log.error('event.not-recorded', { kind: 'web.stored', fault: thrown }));
  }

  #over(connection: Connection, number: number): void {
    const request = connection.requests.get(number);
    connection.requests.delete(number);
    if (request?.session !== undefined) this.#options.closeSession(request.session.id);
    void request?.pourer?.then((pourer) => pourer?.end());
  }

  #closed(connection: Connection, { connection: id, why }: WebClosed): void {
    for (const number of [...connection.requests.keys()]) this.#over(connection, number);
    this.#connections.delete(id);
    this.#options.forget(id);
    if (why !== '')
      this.#options.stranger(
        connection.remoteAddress,
        text(`échec de la négociation TLS (${why})`, `TLS handshake failed (${why})`),
      );
  }
}

type WebIds = Extract<WebAsk['what'], { kind: 'objects' }>['ids'];

const SERVICES = { objects: 'wado', search: 'qido', store: 'stow', continuity: 'continuity' } as const;

function instanceOf(object: Retrievable) {
  const { sha256, sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid } = object;
  const { metaBytes, plainBytes } = object;
  const uids = { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid };
  return { sha256: sha256 as Sha256, ...uids, metaBytes, plainBytes };
}
