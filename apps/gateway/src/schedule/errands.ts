import { type Clock, isFault, type Text, text } from '@leadglass/kit';
import type { Destination, Hl7Destination } from '@leadglass/model';
import { connectUnread, type Target } from '@leadglass/wire';
import type { Certificates } from '../certificate-watch.ts';
import type { IntakeName, IntakePool } from '../intake-pool.ts';
import type { Outages } from './outages.ts';
import type { ErrandEndedMessage, ErrandFoundMessage, ErrandWork, Hl7Work } from './schedule-messages.ts';
import { upstreamTls } from './upstream-tls.ts';

const CONNECT_MS = 5_000;
/** Longest one errand takes, whatever trickles in. */
const ERRAND_MS = 10 * 60_000;

/** How an errand ended. */
export interface ErrandEnd {
  /** Its request was on the wire: the information system may have it. */
  readonly isSent: boolean;
  /** As it answered; absent when it did not. */
  readonly status?: number;
  readonly errorId?: number;
  /** Why there is no answer. */
  readonly why?: Text;
  /** What a receiver of HL7 answered. */
  readonly answer?: { readonly code: string; readonly text: string };
  /** Entries that could not be read. */
  readonly unread: number;
}

export interface ErrandTools {
  readonly clock: Clock;
  intakes(): Pick<IntakePool, 'idlest' | 'adopt' | 'give' | 'tell' | 'forget'>;
  nextConnection(): number;
  certificates(): Certificates;
  readonly outages: Pick<Outages, 'shown'>;
}

/** Where a connection goes. */
type Place = Pick<Destination, 'host' | 'port' | 'tls' | 'certSha256'> & Target;
type DicomWork = Exclude<ErrandWork, Hl7Work>;

interface Running {
  readonly intake: IntakeName;
  readonly found: (entry: string) => void;
  readonly end: (end: ErrandEnd) => void;
}

/** What the keeper has an intake do at an information system: the keeper connects and hands the connection over, the intake speaks and reads. */
export class Errands {
  readonly #tools: ErrandTools;
  readonly #running = new Map<number, Running>();
  #isStopping = false;

  constructor(tools: ErrandTools) {
    this.#tools = tools;
  }

  /** Runs one errand to its end. Never rejects. @param found each entry of a worklist, as JSON. */
  async run(destination: Destination, work: DicomWork, found: (entry: string) => void = () => {}): Promise<ErrandEnd> {
    const end = await this.#run(destination, work, found);
    const how = end.status !== undefined ? 'served' : end.isSent ? 'failed' : 'unreached';
    if (!this.#isStopping) this.#tools.outages.shown(destination.name, how);
    return end;
  }

  /** Sends one HL7 message to its end, or tries the connection alone. Never rejects. */
  hl7(destination: Hl7Destination, work: Hl7Work): Promise<ErrandEnd> {
    const { host, port, tls, certSha256 } = destination;
    const pinned = certSha256 === undefined ? {} : { certSha256 };
    // No association is asked for: what its certificate is named by is its host.
    return this.#run({ host, port, tls, ...pinned, called: host, calling: '' }, work, () => {});
  }

  async #run(destination: Place, work: ErrandWork, found: (entry: string) => void): Promise<ErrandEnd> {
    const { clock } = this.#tools;
    try {
      const socket = await connectUnread(destination, CONNECT_MS, clock);
      const intakes = this.#tools.intakes();
      const intake = this.#isStopping ? undefined : intakes.idlest();
      if (intake === undefined) {
        socket.destroy();
        return unsent(NOBODY);
      }
      const connection = this.#tools.nextConnection();
      const { promise, resolve } = Promise.withResolvers<ErrandEnd>();
      this.#running.set(connection, { intake, found, end: resolve });
      intakes.adopt(intake, connection);
      const { host, port, called, calling } = destination;
      const tls = upstreamTls(destination, this.#tools.certificates());
      const target = { host, port, called, calling };
      intakes.give(intake, { t: 'errand', connection, target, work, ...(tls === undefined ? {} : { tls }) }, socket);
      const late = clock.after(ERRAND_MS, () => this.#drop(connection, LATE));
      return await promise.finally(() => {
        late.cancel();
        this.#running.delete(connection);
        intakes.forget(connection);
      });
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      return unsent(thrown.text);
    }
  }

  heard(message: ErrandFoundMessage | ErrandEndedMessage): void {
    const running = this.#running.get(message.connection);
    if (running === undefined) return;
    if (message.t === 'errand-found') for (const entry of message.entries) running.found(entry);
    else {
      const { isSent, status, errorId, why, answer, unread } = message;
      running.end({
        ...{ isSent, unread },
        ...(status === undefined ? {} : { status }),
        ...(errorId === undefined ? {} : { errorId }),
        ...(why === undefined ? {} : { why }),
        ...(answer === undefined ? {} : { answer }),
      });
    }
  }

  /** The intake died: what it had sent may have been heard. */
  lost(connection: number): void {
    this.#running.get(connection)?.end({ isSent: true, unread: 0, why: DIED });
  }

  /** Ends what is under way. */
  stop(): void {
    this.#isStopping = true;
    for (const connection of [...this.#running.keys()]) this.#drop(connection, STOPPING);
  }

  #drop(connection: number, why: Text): void {
    const running = this.#running.get(connection);
    if (running === undefined) return;
    this.#tools.intakes().tell(running.intake, { t: 'drop', connection });
    running.end({ isSent: true, unread: 0, why });
  }
}

function unsent(why: Text): ErrandEnd {
  return { isSent: false, unread: 0, why };
}

const NOBODY = text('aucun processus de réception n’est prêt', 'no intake process is ready');
const DIED = text('le processus qui l’interrogeait s’est arrêté', 'the process that asked it died');
const LATE = text('elle n’a pas fini de répondre à temps', 'it did not finish answering in time');
const STOPPING = text('la passerelle s’arrête', 'the gateway is stopping');
