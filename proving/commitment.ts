import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileMeta } from '@leadglass/dicom';
import { acceptanceOf, type Command, negotiate, type RoleSelection, responseTo } from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { type CommitmentReport, decodeCommitmentReport } from '@leadglass/relay';
import { DEFAULT_SCP_LIMITS, type EventReport, ScpConnection } from '@leadglass/wire';
import type { MadeObject } from './objects.ts';

/** What a report says. */
export function decodedReport(report: EventReport): CommitmentReport | undefined {
  return decodeCommitmentReport(report.dataSet, report.transferSyntax);
}

/** A made object as a Part 10 file. */
export function partTen(object: MadeObject): Buffer<ArrayBuffer> {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet } = object;
  const names = { implementationClassUid: '2.25.1', implementationVersionName: 'PROVING' };
  return Buffer.concat([writeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid, ...names }), dataSet]);
}

/** A device that listens for reports on commitment, and answers each with the next of the statuses it was given. */
export class ReportReceiver {
  readonly reports: EventReport[] = [];
  roles: readonly RoleSelection[] = [];
  readonly #server: Server;
  readonly #statuses: number[];
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, statuses: readonly number[]) {
    this.#server = server;
    this.#statuses = [...statuses];
  }

  static async start(port: number, aet: string, statuses: readonly number[]): Promise<ReportReceiver> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new ReportReceiver(server, statuses);
    server.on('connection', (socket) => receiver.#take(socket, aet));
    return receiver;
  }

  /** Resolves with the first `count` reports. */
  async received(count: number, withinMs: number): Promise<readonly EventReport[]> {
    const endMs = performance.now() + withinMs;
    while (this.reports.length < count) {
      if (performance.now() > endMs) throw new Error(`only ${this.reports.length} reports came`);
      await delay(50);
    }
    return this.reports.slice(0, count);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(socket: Socket, aet: string): void {
    this.#sockets.add(socket);
    let command: Command | undefined;
    let parts: Buffer[] = [];
    const syntaxes = new Map<number, string>();
    const connection: ScpConnection = new ScpConnection(
      socket,
      {
        associateRequested: (request) => {
          if (request.called !== aet) return connection.reject({ result: 1, source: 1, reason: 7 });
          this.roles = request.user.roleSelections;
          const negotiated = negotiate(request, { acceptsAbstractSyntax: () => true, grantsRole: (role) => role });
          for (const { id, transferSyntax } of negotiated.accepted.values()) syntaxes.set(id, transferSyntax);
          const implementation = { implementationClassUid: '2.25.1', implementationVersionName: 'PROVING' };
          connection.accept(acceptanceOf(request, negotiated, implementation));
        },
        command: (_contextId, came) => {
          command = came;
          parts = [];
        },
        dataSet: (contextId, view, isLast) => {
          parts.push(Buffer.from(view));
          if (!isLast || command === undefined) return;
          this.reports.push({
            sopClassUid: command.affectedSopClassUid,
            sopInstanceUid: command.affectedSopInstanceUid,
            eventTypeId: command.eventTypeId,
            transferSyntax: syntaxes.get(contextId) ?? '',
            dataSet: Buffer.concat(parts),
          });
          connection.respond(contextId, responseTo(command, this.#statuses.shift() ?? 0));
        },
        ended: () => this.#sockets.delete(socket),
      },
      DEFAULT_SCP_LIMITS,
      systemClock,
    );
    socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
  }
}
