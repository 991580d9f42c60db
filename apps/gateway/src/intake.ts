import { Socket, type SocketConstructorOpts } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { InspectorMaker } from '@leadglass/inspect';
import { systemClock, type Text, text } from '@leadglass/kit';
import { type Lane, LanePool, parseRecipient, SealKitPool } from '@leadglass/vault';
import { DEFAULT_SCP_LIMITS, listenerTlsOptions, ScpConnection } from '@leadglass/wire';
import { LateMllpServer } from './feeds/late-mllp-server.ts';
import { MllpCall } from './hl7/mllp-call.ts';
import { authoritiesOf, CertificateReader } from './identity/certificate-reader.ts';
import { type IntakeServices, IntakeSession } from './intake-session.ts';
import { Malware, stateWords } from './malware.ts';
import type { FromIntake, ShownCertificate, TlsMaterial, ToIntake } from './messages.ts';
import { InlineSink } from './object-sink.ts';
import type { OwnToIntake } from './own-messages.ts';
import { QuietWork } from './quiet-work.ts';
import { RemoteServices } from './remote.ts';
import { Errand } from './schedule/errand.ts';
import type { ErrandMessage } from './schedule/schedule-messages.ts';
import type { FromServed } from './served-messages.ts';
import { LateWebServer } from './web/late-server.ts';

/**
 * The process that touches untrusted bytes. Started by the keeper under Node's permission model: it may write its own staging
 * folder, read the program's code, and nothing else. It knows public recipients, so it can seal and never open.
 */

/** One buffer for every socket of the process: a chunk is used up before the next is read. */
const READ_BUFFER_BYTES = 256 * 1024;

/** Empty lanes kept ahead. */
const LANES_AHEAD = 2;
/** Lanes of 16 MiB: what arrives without a quiet moment goes through them, then into files of its own. */
const MOST_LANES = 32;
/** Kits made while the keeper commits one object: more than one, so that the stock recovers after a burst. */
const WORK_IN_A_WAIT = 2;
/** File keys wrapped ahead of the objects they will seal: two X25519 agreements cost as much as sealing 200 kB. Fewer than the first are
 * made up for even while objects come; the second are laid in when none does, for the next series. */
const KITS_AHEAD = 32;
const KITS_IN_STOCK = 512;
/** After so long without an object the stock is filled up. */
const QUIET_MS = 1000;

type Configuration = ToIntake & { readonly t: 'configure' };

class Intake implements IntakeServices {
  readonly #readBuffer = Buffer.alloc(READ_BUFFER_BYTES);
  readonly #sessions = new Map<number, IntakeSession>();
  readonly #lanes: LanePool;
  readonly #kits: SealKitPool;
  readonly #stocking = new QuietWork({ quietMs: QUIET_MS, step: () => this.#kits.stockUp(), clock: systemClock });
  readonly #leased = new Map<number, Lane>();
  /** Work that waits until the keeper is at work and this process is not. */
  readonly #aside: (() => void)[] = [];
  readonly #remote = new RemoteServices((message) => this.#send(message));
  readonly #unanswered = new Map<string, () => void>();
  readonly #connectionOf = new WeakMap<object, number>();
  /** TLS connections not secured yet. */
  readonly #handshakes = new Map<number, Socket>();
  #tls: TlsServer | undefined;
  #certificates: CertificateReader | undefined;
  #malware: Malware | undefined;

  /** What is under way at information systems, by connection. */
  readonly #errands = new Map<number, Errand | MllpCall>();

  readonly #web = new LateWebServer(this);
  readonly #mllp = new LateMllpServer(this);

  constructor({ intakeId, stagingDir, recipients }: Configuration) {
    this.#lanes = new LanePool({
      folder: stagingDir,
      intakeId,
      clock: systemClock,
      wantLane: () => this.tell({ t: 'want-lane' }),
      retired: (file) => this.tell({ t: 'retired', file }),
      warm: LANES_AHEAD,
      mostLanes: MOST_LANES,
      onFault: (fault) => this.tell({ t: 'fault', event: 'intake.lane', detail: fault.code }),
    });
    this.#kits = new SealKitPool({
      recipients: recipients.map((recipient) => parseRecipient(recipient) ?? refuseToStart(recipient)),
      ready: KITS_AHEAD,
      stock: KITS_IN_STOCK,
      later: (make) => this.#aside.push(make),
    });
    setImmediate(() => this.#fillUp());
  }

  /** Starts what looks for malware. Rejects when not even our own rules can be used. */
  async open(rules: Configuration['rules']): Promise<void> {
    this.#malware = await Malware.openKnown(rules, (state) => this.#fault('rules.state', stateWords(state)));
  }

  get inspectors(): readonly InspectorMaker[] {
    return [...(this.#malware?.inspectors ?? []), ...this.#remote.inspectors];
  }

  #useRules(rules: Configuration['rules']): void {
    const problems = this.#malware?.use(rules) ?? [];
    if (problems.length > 0) this.#fault('rules.not-used', problems[0]?.text.en ?? '');
  }

  #fault(event: string, detail: string): void {
    this.tell({ t: 'fault', event, detail: detail.slice(0, 1000) });
  }

  // Without a listener of its own a failed send ends the process with a stack; 'disconnect' ends it in order.
  #send(message: FromIntake | FromServed): void {
    process.send?.(message, undefined, undefined, () => {});
  }

  tell(message: FromIntake): void {
    this.#send(message);
    // The keeper syncs and commits now: the time to make what the next objects need.
    if (message.t === 'arrival') setImmediate(() => this.#doAside(WORK_IN_A_WAIT));
  }

  #doAside(most: number): void {
    for (let done = 0; done < most; done++) this.#aside.shift()?.();
  }

  #fillUp(): void {
    if (this.#aside.length === 0) return;
    this.#doAside(1);
    setImmediate(() => this.#fillUp());
  }

  beginObject(connection: number): InlineSink {
    this.#stocking.busy();
    let lane = this.#leased.get(connection);
    if (lane === undefined) {
      lane = this.#lanes.lease();
      this.#leased.set(connection, lane);
    }
    return new InlineSink(this.#kits.take(), lane.begin());
  }

  endObjects(connection: number): void {
    this.#leased.get(connection)?.release();
    this.#leased.delete(connection);
    this.#sessions.delete(connection);
  }

  whenAnswered(connection: number, seq: number, settled: () => void): void {
    this.#unanswered.set(`${connection}/${seq}`, settled);
  }

  hear(message: ToIntake, socket: Socket | undefined): void {
    switch (message.t) {
      case 'configure':
        return;
      case 'rules':
        return this.#useRules(message.rules);
      case 'clamav':
      case 'clamd':
      case 'no-clamd':
      case 'tried':
        return this.#remote.hear(message, socket);
      case 'tls':
        return this.#useTls(message.material);
      case 'connection':
        if (socket === undefined) return;
        if (message.speaks === 'web') this.#web.take(message.connection, message.isTls, socket);
        else if (message.speaks === 'hl7') this.#mllp.take(message.connection, message.isTls, socket);
        else this.#take(message.connection, message.isTls, socket);
        return;
      case 'admitted':
        return this.#sessions.get(message.connection)?.admitted(message.peer, message.upstreams);
      case 'upstream':
        return this.#upstream(message, socket);
      case 'no-upstream':
        return this.#sessions.get(message.connection)?.relayed?.unreachable(message.upstream, message.why);
      case 'decided':
        return this.#sessions.get(message.connection)?.decided(message.seq, message.decision);
      case 'rejected':
        return this.#sessions.get(message.connection)?.rejected(message.rejection);
      case 'answer':
        return this.#answered(message);
      case 'own-answer':
      case 'report':
      case 'sub-operations':
      case 'objects':
        return this.#own(message, socket);
      case 'errand':
        return this.#errand(message, socket);
      case 'found':
        return this.#sessions.get(message.connection)?.own.found(message);
      case 'lane':
        return this.#lanes.add(message.file);
      case 'no-lane':
        return this.#lanes.refuse();
      case 'recycle':
        return this.#lanes.recycle(message.file);
      case 'forget':
        return this.#lanes.forget(message.file);
      case 'drop':
        this.#sessions.get(message.connection)?.drop(message.why);
        this.#errands.get(message.connection)?.drop();
        this.#handshakes.get(message.connection)?.destroy();
        this.#mllp.drop(message.connection);
        return this.#web.drop(message.connection);
      case 'drain':
        for (const session of this.#sessions.values()) session.drain();
        this.#mllp.drain();
        return this.#web.drain();
      case 'feed-admitted':
      case 'feed-answers':
      case 'feed-read':
        return this.#mllp.hear(message);
      case 'feed-fhir-answer':
        return this.#web.fhirAnswered(message);
      case 'web-granted':
      case 'web-refused':
      case 'web-pour':
        return this.#web.hear(message, socket);
    }
  }

  #own(message: OwnToIntake, socket: Socket | undefined): void {
    const session = this.#sessions.get(message.connection);
    if (session === undefined) socket?.destroy();
    else session.own.told(message, socket);
  }

  #upstream({ connection, upstream, tls }: ToIntake & { readonly t: 'upstream' }, socket: Socket | undefined): void {
    const relayed = this.#sessions.get(connection)?.relayed;
    if (socket === undefined) relayed?.unreachable(upstream, CUT);
    else if (relayed === undefined) socket.destroy();
    else
      relayed.opened(upstream, socket, tls).catch((thrown: unknown) => this.#fault('intake.upstream', String(thrown)));
  }

  #errand(message: ErrandMessage, socket: Socket | undefined): void {
    const { connection } = message;
    if (socket === undefined) return this.tell({ t: 'errand-ended', connection, isSent: false, unread: 0, why: CUT });
    const errand = errandFor(message, socket, (told) => this.#errandTold(told));
    this.#errands.set(connection, errand);
    void errand.run().catch((thrown: unknown) => this.#fault('intake.errand', String(thrown)));
  }

  #errandTold(told: FromIntake & { readonly t: 'errand-found' | 'errand-ended' }): void {
    this.tell(told);
    if (told.t === 'errand-ended') this.#errands.delete(told.connection);
  }

  #answered({ connection, seq, status, comment }: ToIntake & { readonly t: 'answer' }): void {
    const question = `${connection}/${seq}`;
    this.#unanswered.get(question)?.();
    this.#unanswered.delete(question);
    this.#sessions.get(connection)?.answered(seq, status, comment);
    this.#web.answered(connection, seq, status);
  }

  #take(id: number, isTls: boolean, socket: Socket): void {
    if (!isTls) {
      this.#servePlain(id, socket);
      return;
    }
    this.#connectionOf.set(socket, id);
    this.#handshakes.set(id, socket);
    socket.once('close', () => this.#handshakes.delete(id));
    if (this.#tls === undefined) socket.destroy();
    else this.#tls.emit('connection', socket);
  }

  // A socket that came over the channel is rebuilt around its handle with `onread`, which a socket takes only when made: reading
  // into one reused buffer costs a third of the processor time that a fresh buffer per read does (docs/performance.md).
  #servePlain(id: number, received: Socket): void {
    const holder = received as unknown as { _handle: unknown };
    const handle = holder._handle;
    if (handle === null || handle === undefined) {
      this.#gone(id);
      return;
    }
    holder._handle = null;
    let connection: ScpConnection | undefined;
    const socket = new Socket({
      handle,
      allowHalfOpen: true,
      onread: {
        buffer: this.#readBuffer,
        callback: (bytes: number, buffer: Uint8Array): boolean => {
          connection?.onBytes(buffer.subarray(0, bytes));
          return true;
        },
      },
    } as unknown as SocketConstructorOpts);
    connection = this.#serve(id, socket, undefined);
    socket.resume();
  }

  #serveTls(socket: TLSSocket): void {
    const raw = (socket as unknown as { _parent: object })._parent;
    const id = this.#connectionOf.get(raw);
    if (id === undefined) {
      socket.destroy();
      return;
    }
    this.#handshakes.delete(id);
    const certificate = this.#certificates?.read(socket, systemClock.now());
    if (certificate === undefined) {
      this.#refuse(id, socket, NO_CERTIFICATE);
      return;
    }
    const connection = this.#serve(id, socket, certificate);
    socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
  }

  #serve(id: number, socket: Socket, certificate: ShownCertificate | undefined): ScpConnection {
    const session = new IntakeSession(id, this, certificate);
    const connection = new ScpConnection(socket, session, DEFAULT_SCP_LIMITS, systemClock);
    session.attach(connection);
    this.#sessions.set(id, session);
    return connection;
  }

  #useTls(material: TlsMaterial): void {
    const options = listenerTlsOptions({
      identity: { cert: material.certPem, key: material.keyPem },
      ca: authoritiesOf(material),
      clientCertificate: 'asked',
      ...(material.minVersion === undefined ? {} : { minVersion: material.minVersion }),
    });
    this.#certificates = new CertificateReader(material);
    this.#web.useTls(options, this.#certificates);
    this.#mllp.useTls(options, this.#certificates);
    // Another server each time, for all of the options: what came in through the one before goes on in it.
    this.#tls = createTlsServer({ ...options, allowHalfOpen: true });
    this.#tls.on('secureConnection', (socket) => this.#serveTls(socket));
    this.#tls.on('tlsClientError', (error, socket) => this.#handshakeFailed(error, socket));
  }

  #handshakeFailed(error: Error & { code?: string }, socket: TLSSocket): void {
    const raw = (socket as unknown as { _parent: object })._parent;
    const id = raw === null || raw === undefined ? undefined : this.#connectionOf.get(raw);
    const code = String(error.code ?? 'TLS')
      .replace(/[^A-Z0-9_]/g, '')
      .slice(0, 60);
    if (id === undefined) socket.destroy();
    else this.#refuse(id, socket, text(`échec de la négociation TLS (${code})`, `TLS handshake failed (${code})`));
  }

  #refuse(id: number, socket: TLSSocket, why: Text): void {
    socket.destroy();
    this.tell({ t: 'handshake-failed', connection: id, why });
  }

  #gone(id: number): void {
    this.tell({
      t: 'ended',
      connection: id,
      kind: 'aborted',
      by: 'transport',
      abort: { source: 0, reason: 0 },
      objects: 0,
      bytes: 0,
    });
  }
}

const CUT = text('la connexion a été coupée', 'the connection was cut');
const NO_CERTIFICATE = text(
  'connexion TLS sans certificat : l’appareil doit présenter le sien',
  'TLS connection without a certificate: the device has to show its own',
);

function errandFor(
  message: ErrandMessage,
  socket: Socket,
  tell: (told: FromIntake & { readonly t: 'errand-found' | 'errand-ended' }) => void,
): Errand | MllpCall {
  const { work } = message;
  return work.kind === 'hl7'
    ? new MllpCall({ ...message, work }, socket, tell, systemClock)
    : new Errand({ ...message, work }, socket, tell, systemClock);
}

function refuseToStart(recipient: string): never {
  throw new Error(`not a recipient: ${recipient.slice(0, 80)}`);
}

let intake: Intake | undefined;

process.on('message', (message: ToIntake, handle: unknown) => {
  if (message.t === 'configure') {
    const made = new Intake(message);
    intake = made;
    // Nothing comes in before it is ready: no object goes by unseen.
    void made.open(message.rules).then(
      () => made.tell({ t: 'ready' }),
      () => process.exit(1),
    );
    return;
  }
  intake?.hear(message, handle instanceof Socket ? handle : undefined);
});
// The keeper is gone: whatever was not answered is the sender's to send again.
process.on('disconnect', () => process.exit(0));
// A signal meant for the whole group must not cut the draining that the keeper leads.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Asked only to be compiled (compiled-code.ts).
if (process.argv[2] === 'warm') process.exit(0);
