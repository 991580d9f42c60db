import type { Socket } from 'node:net';
import { type ChartSealer, type MessageFacts, messageIdentity } from '@leadglass/continuity';
import { type Clock, type Fault, type Logger, type Text, text } from '@leadglass/kit';
import type { AeTitle, Event, Feed, Peer, WebToken } from '@leadglass/model';
import { type CertificateShown, cidrContains, parseCidr, peerOfCertificate } from '@leadglass/policy';
import type { Charts, MessageCommit, MessageOutcome, MessageState } from '@leadglass/records';
import { ISOLATED } from '../continuity/isolation-host.ts';
import type { IntakeName } from '../intake-pool.ts';
import type { ShownCertificate, ToIntake } from '../messages.ts';
import type { FeedAnswer, FeedFromIntake, ReadMessage, ToldMessage } from './feed-messages.ts';
import { FeedRates } from './feed-rates.ts';
import { FeedTellings } from './feed-tellings.ts';
import type { FhirAnswer, FhirTold } from './fhir-messages.ts';
import { MessageCommitter } from './message-committer.ts';

/** Connections at once, of all and of one address. */
const MOST_CONNECTIONS = 512;
const MOST_OF_AN_ADDRESS = 128;
const MOST_PLAIN_FACTS = 256;
const REREAD_MS = 30_000;
const APPLICATION = 'LEADGLASS';

export interface FeedDeskOptions {
  readonly records: Pick<Charts, 'commit'>;
  readonly sealer: ChartSealer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly siteName: string;
  feeds(): readonly Feed[];
  /** Why nothing may be taken in now. */
  gate(): Fault | undefined;
  /** Whether the site is isolated from an address. */
  isCutAddress(remoteAddress: string): boolean;
  shown(certificate: ShownCertificate | undefined): CertificateShown;
  nextConnection(): number;
  /** Hands a socket to an intake; undefined when none is ready. */
  hand(connection: number, isTls: boolean, socket: Socket): IntakeName | undefined;
  say(intake: IntakeName, message: ToIntake): void;
  /** Any intake that is ready; undefined when none is. */
  anyIntake(): IntakeName | undefined;
  forget(connection: number): void;
  tell(event: Event): void;
  /** Somebody unknown came: told within bounds. */
  stranger(remoteAddress: string, listener: 'hl7' | 'hl7-tls', why: Text): void;
  /** Leaves to use the web services. */
  tokens(): readonly WebToken[];
  /** Where a web connection of an intake comes from; undefined when it is not one. */
  webAddress(intake: IntakeName, connection: number): string | undefined;
  /** An intake said what none of ours says. */
  lies(intake: IntakeName, event: string): void;
  /** A feed said something, whatever it is. */
  spoke?(feed: string): void;
  /** Messages were kept: they can be entered. */
  kept(): void;
}

interface Connection {
  readonly id: number;
  readonly intake: IntakeName;
  readonly listener: 'hl7' | 'hl7-tls';
  readonly remoteAddress: string;
  /** As which it may send; undefined until that is known. */
  feeds: ReadonlyMap<string, Feed> | undefined;
}

/**
 * The keeper's side of HL7: says who may send, keeps what was sent, and lets it be acknowledged once it is durable and not before. It parses
 * nothing of a message: what an intake read of it is sealed unread.
 */
export class FeedDesk {
  readonly #options: FeedDeskOptions;
  readonly #connections = new Map<number, Connection>();
  readonly #committer: MessageCommitter;
  readonly #rates: FeedRates;
  readonly #tellings: FeedTellings;
  readonly #rereads = new Map<number, (item: ReadMessage | undefined) => void>();
  /** Facts of messages nothing is wrong with, sealed, by what they are. */
  readonly #plainFacts = new Map<string, Uint8Array>();
  /** Answers of one turn, by intake: said together. */
  readonly #answers = new Map<IntakeName, FeedAnswer[]>();
  #nextReread = 1;
  #isStopping = false;

  constructor(options: FeedDeskOptions) {
    this.#options = options;
    const { records, log, clock } = options;
    this.#committer = new MessageCommitter({ records, log, clock });
    this.#rates = new FeedRates(clock, (name) => this.#feed(name)?.mostPerSecond ?? 1);
    this.#tellings = new FeedTellings(clock, (event) => options.tell(event));
  }

  /** Connections that were let in, by feed. */
  connectionsOf(feed: string): number {
    return [...this.#connections.values()].filter(({ feeds }) => feeds?.has(feed) === true).length;
  }

  /** A connection was accepted. */
  take(listener: Connection['listener'], socket: Socket, remoteAddress: string): void {
    const { nextConnection, hand, stranger } = this.#options;
    const isTls = listener === 'hl7-tls';
    const why = this.#whyNot(remoteAddress, isTls);
    const id = nextConnection();
    const intake = why === undefined ? hand(id, isTls, socket) : undefined;
    if (intake !== undefined) {
      this.#connections.set(id, { id, intake, listener, remoteAddress, feeds: undefined });
      return;
    }
    socket.destroy();
    stranger(remoteAddress, listener, why ?? TOO_MANY);
  }

  #whyNot(remoteAddress: string, isTls: boolean): Text | undefined {
    if (this.#options.isCutAddress(remoteAddress)) return ISOLATED;
    const here = this.#options.feeds().filter((feed) => isFrom(feed, remoteAddress));
    if (here.length === 0) return unknownSender(remoteAddress);
    if (!isTls && here.every(isBound)) return NEEDS_TLS;
    const ofAddress = [...this.#connections.values()].filter((one) => one.remoteAddress === remoteAddress).length;
    const isFull = this.#connections.size >= MOST_CONNECTIONS || ofAddress >= MOST_OF_AN_ADDRESS;
    return isFull ? TOO_MANY : undefined;
  }

  /** Ends every connection from such an address; how many there were. */
  endFrom(isMeant: (remoteAddress: string) => boolean): number {
    const ended = [...this.#connections.values()].filter(({ remoteAddress }) => isMeant(remoteAddress));
    for (const { id, intake } of ended) this.#options.say(intake, { t: 'drop', connection: id, why: ISOLATED });
    return ended.length;
  }

  heard(intake: IntakeName, message: FeedFromIntake): void {
    switch (message.t) {
      case 'feed-told':
        for (const item of message.items) this.#told(intake, item);
        return;
      case 'feed-read':
        this.#rereads.get(message.request)?.(message.item);
        this.#rereads.delete(message.request);
        return;
      case 'feed-fhir':
        return this.#fhir(intake, message);
    }
    const connection = this.#connections.get(message.connection);
    if (connection === undefined || connection.intake.id !== intake.id) return;
    if (message.t === 'feed-ask') this.#asked(connection, message.certificate);
    else if (message.t === 'feed-refused') this.#refused(connection);
    else this.#closed(connection, message.why);
  }

  /** An intake died: its connections are gone with it. What it had not been answered its senders send again. */
  lost(connections: readonly number[]): void {
    for (const id of connections) this.#connections.delete(id);
  }

  stop(): void {
    this.#isStopping = true;
    this.#tellings.flush();
  }

  #feed(name: string): Feed | undefined {
    return this.#options.feeds().find((feed) => feed.name === name);
  }

  #asked(connection: Connection, certificate: ShownCertificate | undefined): void {
    const { feeds, shown, say, siteName } = this.#options;
    if (connection.feeds !== undefined) return this.#options.lies(connection.intake, 'intake.second-feed');
    const shownNow = connection.listener === 'hl7-tls' ? shown(certificate) : undefined;
    const admitted = feeds().filter(
      (feed) => isFrom(feed, connection.remoteAddress) && hasItsCertificate(feed, connection.remoteAddress, shownNow),
    );
    if (admitted.length === 0) {
      this.#options.stranger(connection.remoteAddress, connection.listener, WRONG_CERTIFICATE);
      return say(connection.intake, { t: 'drop', connection: connection.id });
    }
    connection.feeds = new Map(admitted.map((feed) => [feed.name, feed]));
    const known = admitted.map(({ name, application, facility, charset }) => ({
      ...{ name, charset },
      ...(application === undefined ? {} : { application }),
      ...(facility === undefined ? {} : { facility }),
    }));
    const own = { application: APPLICATION, facility: siteName };
    say(connection.intake, { t: 'feed-admitted', connection: connection.id, feeds: known, own });
  }

  #refused(connection: Connection): void {
    const [feed] = connection.feeds?.keys() ?? [];
    if (feed !== undefined) this.#tellings.add(feed, connection.remoteAddress, { messages: 1, refused: 1 });
  }

  #closed(connection: Connection, why: Text | undefined): void {
    this.#connections.delete(connection.id);
    this.#options.forget(connection.id);
    if (why === undefined) return;
    const { remoteAddress, listener } = connection;
    this.#options.log.warn('feeds.connection-ended', { remoteAddress, listener, why: why.en });
    if (connection.feeds === undefined) this.#options.stranger(remoteAddress, listener, why);
  }

  #told(intake: IntakeName, item: ToldMessage): void {
    const connection = this.#connections.get(item.connection);
    // Gone meanwhile: nobody is there to hear the answer, and its sender sends again.
    if (connection === undefined) return;
    const admittedAs = connection.intake.id === intake.id ? connection.feeds?.get(item.feed) : undefined;
    if (admittedAs === undefined) return this.#options.lies(intake, 'intake.foreign-feed');
    this.#options.spoke?.(item.feed);
    // By the rules as they are now: a feed that was removed sends no more.
    const feed = this.#feed(item.feed);
    const blocked = this.#isStopping || this.#options.gate() !== undefined || feed === undefined;
    if (blocked)
      return this.#answer(connection, item, { code: 'AR', error: { code: 207, why: NOT_NOW } }, { refused: 1 });
    const { commit, error } = this.#commitOf(feed, item);
    this.#committer.commit(commit, (outcome) => this.#settled(connection, item, commit, error, outcome));
  }

  #fhir(intake: IntakeName, message: FhirTold): void {
    const { connection, request } = message;
    const answer = (status: FhirAnswer['status'], why?: Text): void =>
      this.#options.say(intake, {
        t: 'feed-fhir-answer',
        connection,
        request,
        status,
        ...(why === undefined ? {} : { why }),
      });
    const address = this.#options.webAddress(intake, connection);
    if (address === undefined) return;
    const feed = this.#fhirSender(message.who, address);
    if (feed === undefined) return answer(message.who.token === undefined ? 401 : 403, NO_FHIR_SENDER);
    this.#options.spoke?.(feed.name);
    if (this.#isStopping || this.#options.gate() !== undefined) return answer(503, NOT_NOW);
    const { commit, error } = this.#commitOf(feed, message.item);
    this.#committer.commit(commit, (outcome) => {
      const what = outcome === undefined ? { refused: 1 } : countsOf(commit, outcome);
      this.#tellings.add(feed.name, address, { messages: 1, ...what });
      if (outcome === undefined) return answer(503, NOT_KEPT);
      if (outcome.kind !== 'repeated') this.#options.kept();
      if (outcome.answered === 'AE') return answer(422, error?.why ?? SET_APART);
      answer(200);
    });
  }

  /** Who sends FHIR: the feed of a token's name that has the right, or whose certificate was shown. */
  #fhirSender({ token, certificate }: FhirTold['who'], address: string): Feed | undefined {
    const here = this.#options.feeds().filter((feed) => isFrom(feed, address));
    if (token !== undefined) {
      const bearer = this.#options.tokens().find(({ sha256 }) => sha256 === token);
      const isOver = (bearer?.untilMs ?? Number.POSITIVE_INFINITY) <= this.#options.clock.now();
      if (bearer === undefined || isOver || !bearer.allow.includes('fhir')) return undefined;
      return here.find(({ name }) => name === bearer.name);
    }
    if (certificate === undefined) return undefined;
    const shown = this.#options.shown(certificate);
    return here.find((feed) => isBound(feed) && hasItsCertificate(feed, address, shown));
  }

  /** A message as it is kept, and what is wrong where it is not acknowledged as good. */
  #commitOf(
    feed: Feed,
    item: FhirTold['item'],
  ): { readonly commit: MessageCommit; readonly error: FeedAnswer['error'] } {
    const { sealer, clock } = this.#options;
    const bytes = Buffer.from(item.message, 'base64');
    const error = quarantineOf(feed, item);
    const content = sealer.digest('content', bytes);
    // What has no number of its own is known by its content.
    const number = item.controlId === '' ? `content ${content}` : item.controlId;
    const commit: MessageCommit = {
      identity: messageIdentity(sealer, feed.name, { ...item, number }),
      content,
      ...{ feed: feed.name, receivedAtMs: clock.now(), bytes: bytes.length },
      ...{ answered: error === undefined ? 'AA' : 'AE', ...stateOf(item, error) },
      sealed: this.#facts(item, error),
      body: sealer.seal('body', '', bytes),
      reading: this.#reading(item, error),
    };
    return { commit, error };
  }

  // Of most messages these are a type and a character set: sealed once for all that have the same (decision 0042).
  #facts(item: ReadMessage, error: FeedAnswer['error']): Uint8Array {
    const json = JSON.stringify(factsOf(item, error));
    const isPlain = error === undefined && item.problems.length === 0;
    const known = isPlain ? this.#plainFacts.get(json) : undefined;
    if (known !== undefined) return known;
    const sealed = this.#options.sealer.seal('facts', '', json);
    if (isPlain && this.#plainFacts.size < MOST_PLAIN_FACTS) this.#plainFacts.set(json, sealed);
    return sealed;
  }

  // What is set apart is in no chart, and waits for nobody.
  #reading({ reading }: Pick<ReadMessage, 'reading'>, error: FeedAnswer['error']): Uint8Array | undefined {
    if (reading === '' || error !== undefined) return undefined;
    return this.#options.sealer.seal('reading', '', Buffer.from(reading, 'base64'));
  }

  #settled(
    connection: Connection,
    item: ToldMessage,
    commit: MessageCommit,
    error: FeedAnswer['error'],
    outcome: MessageOutcome | undefined,
  ): void {
    if (outcome === undefined)
      return this.#answer(connection, item, { code: 'AR', error: { code: 207, why: NOT_KEPT } }, { refused: 1 });
    const isRepeated = outcome.kind === 'repeated';
    const code = outcome.answered === 'AE' ? 'AE' : 'AA';
    const why = code === 'AE' ? (error ?? { code: 207 as const, why: SET_APART }) : undefined;
    if (!isRepeated) this.#options.kept();
    this.#answer(connection, item, why === undefined ? { code } : { code, error: why }, {
      ...countsOf(commit, outcome),
    });
  }

  #answer(
    connection: Connection,
    { seq, feed }: ToldMessage,
    answer: Pick<FeedAnswer, 'code' | 'error'>,
    counts: Parameters<FeedTellings['add']>[2],
  ): void {
    this.#tellings.add(feed, connection.remoteAddress, { messages: 1, ...counts });
    this.#rates.pace(feed, () => this.#say(connection, { connection: connection.id, seq, ...answer }));
  }

  #say({ intake }: Connection, answer: FeedAnswer): void {
    const answers = this.#answers.get(intake);
    if (answers !== undefined) return void answers.push(answer);
    const fresh = [answer];
    this.#answers.set(intake, fresh);
    // All answers of one transaction go together.
    queueMicrotask(() => {
      this.#answers.delete(intake);
      this.#options.say(intake, { t: 'feed-answers', answers: fresh });
    });
  }

  /**
   * Has a message of the tray read again in a sandbox: what it is now, and how it is to be kept. Undefined when no sandbox could read it.
   * Throws nothing.
   */
  async readAgain(
    feedName: string,
    message: Uint8Array,
  ): Promise<
    { readonly state: MessageState; readonly sealed: Uint8Array; readonly reading: Uint8Array | undefined } | undefined
  > {
    const feed = this.#feed(feedName) ?? { ...ANY_FEED, name: feedName };
    const item = await this.#reread(message, feed.charset);
    if (item === undefined) return undefined;
    const error = quarantineOf(feed, item);
    const sealed = this.#facts(item, error);
    return { ...stateOf(item, error), sealed, reading: this.#reading(item, error) };
  }

  /**
   * Takes a message of our own by the way of those that come over a connection, where nothing listens for any: read in a sandbox, kept, then answered.
   * @returns how it is acknowledged; undefined: it could not be read or kept.
   */
  async takeOwn(feed: Feed, message: Uint8Array): Promise<string | undefined> {
    const item = await this.#reread(message, feed.charset);
    if (item === undefined || this.#isStopping || this.#options.gate() !== undefined) return undefined;
    const own = { ...item, message: Buffer.from(message).toString('base64') };
    const { commit } = this.#commitOf(feed, own);
    const outcome = await new Promise<MessageOutcome | undefined>((resolve) => this.#committer.commit(commit, resolve));
    if (outcome !== undefined && outcome.kind !== 'repeated') this.#options.kept();
    return outcome?.answered;
  }

  #reread(message: Uint8Array, charset: Feed['charset']): Promise<ReadMessage | undefined> {
    const { anyIntake, say, clock } = this.#options;
    const intake = anyIntake();
    if (intake === undefined) return Promise.resolve(undefined);
    const request = this.#nextReread++;
    const base64 = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('base64');
    return new Promise((resolve) => {
      const timer = clock.after(REREAD_MS, () => {
        this.#rereads.delete(request);
        resolve(undefined);
      });
      this.#rereads.set(request, (item) => {
        timer.cancel();
        resolve(item);
      });
      say(intake, { t: 'feed-read', request, message: base64, charset });
    });
  }
}

/** What is counted of a message that was kept, or had been. */
function countsOf({ bytes, state }: MessageCommit, { kind }: MessageOutcome): Parameters<FeedTellings['add']>[2] {
  if (kind === 'repeated') return { bytes, repeated: 1 };
  return { bytes, notUnderstood: state === 'not-understood' ? 1 : 0, quarantined: state === 'quarantined' ? 1 : 0 };
}

/** A feed that is no longer there: what it sent is read as of production. */
const ANY_FEED: Feed = {
  ...{ name: '', kind: 'lab', from: '0.0.0.0/32', charset: 'windows-1252', processing: 'production', mostPerSecond: 1 },
};

function factsOf({ type, charset, problems }: ReadMessage, error: FeedAnswer['error']): MessageFacts {
  const why = error === undefined ? [] : [{ ...error, place: 'MSH', isFatal: true }];
  return { type, charset, problems: [...why, ...problems] };
}

function stateOf({ isUnderstood }: ReadMessage, error: FeedAnswer['error']): { readonly state: MessageState } {
  if (error !== undefined) return { state: 'quarantined' };
  return { state: isUnderstood ? 'waiting' : 'not-understood' };
}

/** Why a message is set apart: production takes nothing that is marked as a test (STANDARDS §5.2, §5.6; decision 0029). */
function quarantineOf(feed: Feed, { processing, isTestIns }: ReadMessage): FeedAnswer['error'] {
  if (feed.processing === 'test') return undefined;
  if (processing !== '' && processing.slice(0, 1).toUpperCase() !== 'P') return { code: 202, why: TEST_MESSAGE };
  return isTestIns ? { code: 207, why: TEST_PATIENT } : undefined;
}

function isFrom({ from }: Feed, address: string): boolean {
  const range = parseCidr(from);
  return range !== undefined && cidrContains(range, address);
}

function isBound({ certSha256, trustAnchors }: Feed): boolean {
  return certSha256 !== undefined || trustAnchors !== undefined;
}

/** Whether what was shown is the feed's; where the feed says nothing of certificates, anything but a revoked one. */
function hasItsCertificate(feed: Feed, remoteAddress: string, shown: CertificateShown | undefined): boolean {
  if (shown?.isRevoked === true) return false;
  if (!isBound(feed)) return true;
  return shown !== undefined && peerOfCertificate([asPeer(feed)], remoteAddress, shown) !== undefined;
}

// A feed proves who it is as a peer does: by the same rules, under its own name.
function asPeer({ name, from, certSha256, trustAnchors, certName }: Feed): Peer {
  return {
    ...{ aeTitle: name as AeTitle, from, allow: [], whenHeld: 'keep-sending', privateSopClasses: [] },
    ...(certSha256 === undefined ? {} : { certSha256 }),
    ...(trustAnchors === undefined ? {} : { trustAnchors }),
    ...(certName === undefined ? {} : { certName }),
  };
}

const unknownSender = (address: string): Text =>
  text(
    `aucun flux n’est attendu de cette adresse ; pour l’admettre : ./leadglass feed add NOM --from ${address} --kind lab`,
    `no feed is expected from this address; to admit it: ./leadglass feed add NAME --from ${address} --kind lab`,
  );
const NO_FHIR_SENDER = text(
  'ni jeton (droit fhir) au nom d’un flux de cette adresse, ni certificat d’un tel flux',
  'neither a token (right fhir) in the name of a feed from this address, nor the certificate of such a feed',
);
const NEEDS_TLS = text(
  'ce flux n’est admis qu’en TLS, avec son certificat',
  'this feed is admitted over TLS alone, with its certificate',
);
const WRONG_CERTIFICATE = text(
  'le certificat présenté n’est celui d’aucun flux de cette adresse',
  'the certificate shown is that of no feed from this address',
);
const TOO_MANY = text(
  'trop de connexions à la fois, ou aucun processus prêt',
  'too many connections at once, or no process ready',
);
const NOT_NOW = text(
  'rien n’est accepté pour l’instant : à renvoyer plus tard',
  'nothing is accepted now: to be sent again later',
);
const NOT_KEPT = text(
  'le message n’a pas pu être conservé : à renvoyer plus tard',
  'the message could not be kept: to be sent again later',
);
const SET_APART = text('message d’essai, mis à l’écart', 'message of a test, set apart');
const TEST_MESSAGE = text(
  'message d’essai (MSH-11) sur un flux de production : mis à l’écart',
  'message of a test (MSH-11) on a feed of production: set apart',
);
const TEST_PATIENT = text(
  'identité INS de test sur un flux de production : mise à l’écart',
  'INS of tests on a feed of production: set apart',
);
