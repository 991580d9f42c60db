import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { FhirAnswer } from '../feeds/fhir-messages.ts';
import type { CertificateReader } from '../identity/certificate-reader.ts';
import type { IntakeServices } from '../intake-session.ts';
import type { WebServer } from './server.ts';
import type { WebToIntake } from './web-messages.ts';

/** The web server of an intake, loaded when a web client first comes: a site without DICOMweb pays no memory for it (decision 0020). */
export class LateWebServer {
  readonly #services: IntakeServices;
  #loading: Promise<WebServer> | undefined;
  #server: WebServer | undefined;
  #tls: readonly [TlsOptions, CertificateReader] | undefined;
  #isDraining = false;

  constructor(services: IntakeServices) {
    this.#services = services;
  }

  take(id: number, isTls: boolean, socket: Socket): void {
    if (this.#server !== undefined) return this.#server.take(id, isTls, socket);
    this.#loading ??= this.#load();
    this.#loading.then(
      (server) => server.take(id, isTls, socket),
      () => {
        socket.destroy();
        this.#services.tell({ t: 'web-closed', connection: id, why: '' });
      },
    );
  }

  useTls(options: TlsOptions, certificates: CertificateReader): void {
    this.#tls = [options, certificates];
    this.#server?.useTls(options, certificates);
  }

  drop(id: number): void {
    this.#server?.drop(id);
  }

  hear(message: WebToIntake, socket: Socket | undefined): void {
    if (this.#server === undefined) socket?.destroy();
    else this.#server.hear(message, socket);
  }

  answered(session: number, seq: number, status: number): void {
    this.#server?.answered(session, seq, status);
  }

  /** The keeper's word on FHIR that was sent. */
  fhirAnswered(answer: FhirAnswer): void {
    this.#server?.fhirAnswered(answer);
  }

  drain(): void {
    this.#isDraining = true;
    this.#server?.drain();
  }

  async #load(): Promise<WebServer> {
    const { WebServer } = await import('./server.ts');
    const server = new WebServer(this.#services);
    this.#server = server;
    if (this.#tls !== undefined) server.useTls(...this.#tls);
    if (this.#isDraining) server.drain();
    return server;
  }
}
