import type { Server, Socket } from 'node:net';
import { text } from '@leadglass/kit';
import { type Connection, plainAddress } from '../connections.ts';
import { listenForViewers } from '../console/viewer-socket.ts';
import { ISOLATED, type IsolationHost } from '../continuity/isolation-host.ts';
import type { FeedDesk } from '../feeds/feed-desk.ts';
import { type Address, formatAddress, listen } from '../listeners.ts';
import type { WebDesk } from '../web/desk.ts';
import type { Ground } from './ground.ts';

/** Where to listen; undefined: not at all. */
export interface ListenAddresses {
  readonly dimse: Address | undefined;
  readonly dimseTls: Address | undefined;
  /** DICOMweb over TLS, and in the clear. */
  readonly web?: Address | undefined;
  readonly webPlain?: Address | undefined;
  /** HL7 v2 over MLLP, in the clear and over TLS. */
  readonly hl7?: Address | undefined;
  readonly hl7Tls?: Address | undefined;
}

export interface ReceptionParts {
  readonly isolation: Pick<IsolationHost, 'isCutAddress'>;
  readonly web: Pick<WebDesk, 'take'>;
  readonly feeds: Pick<FeedDesk, 'take'>;
  isStopping(): boolean;
}

/** Listens, and hands whoever calls to who speaks with them; no byte of theirs is read here. */
export class Reception {
  readonly #ground: Ground;
  readonly #parts: ReceptionParts;
  readonly #servers: Server[] = [];
  readonly #listening: { name: string; address: string }[] = [];

  constructor(ground: Ground, parts: ReceptionParts) {
    this.#ground = ground;
    this.#parts = parts;
  }

  /** What listens where. */
  get listening(): readonly { readonly name: string; readonly address: string }[] {
    return this.#listening;
  }

  /** Opens every port that is asked for. Rejects with the Fault of the one that cannot be opened. */
  async listen({ dimse, dimseTls, web, webPlain, hl7, hl7Tls }: ListenAddresses): Promise<void> {
    if (dimse !== undefined) await this.#listenOn('dimse', dimse);
    if (dimseTls !== undefined) await this.#listenOn('dimse-tls', dimseTls);
    if (web !== undefined) await this.#listenOnWeb('web', web);
    if (webPlain !== undefined) await this.#listenOnWeb('web-plain', webPlain);
    if (hl7 !== undefined) await this.#listenOnHl7('hl7', hl7);
    if (hl7Tls !== undefined) await this.#listenOnHl7('hl7-tls', hl7Tls);
  }

  /** Opens the socket over which the console reads images. */
  async listenForPeople(): Promise<void> {
    const { web } = this.#parts;
    this.#servers.push(
      await listenForViewers(this.#ground.home.paths.run, (socket) => web.take(false, socket, '', true)),
    );
  }

  /** Takes no more callers; whoever is there stays. */
  close(): void {
    for (const server of this.#servers) server.close();
  }

  async #listenOn(name: Connection['listener'], wanted: Address): Promise<void> {
    await this.#open(name, wanted, (socket) => this.#take(name, socket));
  }

  async #listenOnWeb(name: 'web' | 'web-plain', wanted: Address): Promise<void> {
    const { isolation, web } = this.#parts;
    await this.#open(name, wanted, (socket) => {
      const remoteAddress = plainAddress(socket.remoteAddress);
      if (isolation.isCutAddress(remoteAddress)) this.#turnAway('web', socket, remoteAddress);
      else web.take(name === 'web', socket, remoteAddress);
    });
  }

  async #listenOnHl7(name: 'hl7' | 'hl7-tls', wanted: Address): Promise<void> {
    const { feeds } = this.#parts;
    await this.#open(name, wanted, (socket) => feeds.take(name, socket, plainAddress(socket.remoteAddress)));
  }

  async #open(name: string, wanted: Address, take: (socket: Socket) => void): Promise<void> {
    const { server, address } = await listen(wanted, take);
    this.#servers.push(server);
    this.#listening.push({ name, address: formatAddress(address) });
  }

  #take(listener: Connection['listener'], socket: Socket): void {
    const { connections, teller, intakes } = this.#ground;
    const { isolation, isStopping } = this.#parts;
    const remoteAddress = plainAddress(socket.remoteAddress);
    if (isolation.isCutAddress(remoteAddress)) return this.#turnAway(listener, socket, remoteAddress);
    const id = connections.nextId();
    const intake = isStopping() || !this.#hasPlace() ? undefined : intakes().hand(id, listener === 'dimse-tls', socket);
    if (intake !== undefined) {
      connections.open(id, intake, listener, remoteAddress);
      return;
    }
    socket.destroy();
    teller.strangers.came(connections.refusedEvent({ remoteAddress, listener }, TOO_MANY));
  }

  /** The site is isolated, and this one calls from outside: not a byte of it is read. */
  #turnAway(listener: Connection['listener'], socket: Socket, remoteAddress: string): void {
    const { connections, teller } = this.#ground;
    socket.destroy();
    teller.strangers.came(connections.refusedEvent({ remoteAddress, listener }, ISOLATED));
  }

  #hasPlace(): boolean {
    const { connections, intakes } = this.#ground;
    if (!connections.isFull) return true;
    const victim = connections.giveWay();
    if (victim !== undefined) intakes().tell(victim.intake, { t: 'drop', connection: victim.id });
    return victim !== undefined;
  }
}

const TOO_MANY = text(
  'trop de connexions à la fois, ou la passerelle démarre ou s’arrête',
  'too many connections at once, or the gateway is starting or stopping',
);
