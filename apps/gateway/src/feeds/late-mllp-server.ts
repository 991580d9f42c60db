import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { CertificateReader } from '../identity/certificate-reader.ts';
import type { IntakeServices } from '../intake-session.ts';
import type { FeedToIntake } from './feed-messages.ts';
import type { MllpServer } from './mllp-server.ts';

/** The MLLP server of an intake, loaded when a feed first comes: a site without one pays no memory for it. */
export class LateMllpServer {
  readonly #services: IntakeServices;
  #loading: Promise<MllpServer> | undefined;
  #server: MllpServer | undefined;
  #tls: readonly [TlsOptions, CertificateReader] | undefined;
  #isDraining = false;

  constructor(services: IntakeServices) {
    this.#services = services;
  }

  take(id: number, isTls: boolean, socket: Socket): void {
    if (this.#server !== undefined) return this.#server.take(id, isTls, socket);
    this.#loaded().then(
      (server) => server.take(id, isTls, socket),
      () => {
        socket.destroy();
        this.#services.tell({ t: 'feed-closed', connection: id });
      },
    );
  }

  useTls(options: TlsOptions, certificates: CertificateReader): void {
    this.#tls = [options, certificates];
    this.#server?.useTls(options, certificates);
  }

  hear(message: FeedToIntake): void {
    if (this.#server !== undefined) return this.#server.hear(message);
    // A message of the tray may be read again before any feed has come.
    if (message.t === 'feed-read')
      this.#loaded().then(
        (server) => server.hear(message),
        () => this.#services.tell({ t: 'feed-read', request: message.request }),
      );
  }

  drop(id: number): void {
    this.#server?.drop(id);
  }

  drain(): void {
    this.#isDraining = true;
    this.#server?.drain();
  }

  #loaded(): Promise<MllpServer> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<MllpServer> {
    const { MllpServer } = await import('./mllp-server.ts');
    const server = new MllpServer(this.#services);
    this.#server = server;
    if (this.#tls !== undefined) server.useTls(...this.#tls);
    if (this.#isDraining) server.drain();
    return server;
  }
}
