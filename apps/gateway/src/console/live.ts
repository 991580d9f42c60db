import type { ServerResponse } from 'node:http';
import { mayDo, type Operation, type Role } from '@leadglass/contract';
import type { Clock, Logger, Timer } from '@leadglass/kit';
import type { FastifyInstance } from 'fastify';
import { headersOf, signedIn } from './api.ts';
import type { Endings } from './endings.ts';
import { consoleFault } from './faults.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { Session, Sessions } from './sessions.ts';

const HEARTBEAT_MS = 15_000;
/** What a client may have unread: one that falls behind is dropped, and comes again. */
const MOST_UNREAD_BYTES = 512 * 1024;
const MOST_CLIENTS = 256;
const MOST_OF_A_SESSION = 6;
/** Entries of the log that go out in a second; of more, the page is told that there are more. */
const ENTRIES_A_SECOND = 50;
const SECOND_MS = 1_000;
/** Needs are looked at again after something was told, and without it as often as this. */
const NEEDS_MS = 15_000;
const AGAIN_MS = 2_000;

/** What may go to whom. */
const OPERATION_OF = { flows: 'flows.follow', log: 'log.follow', gap: 'log.follow', needs: 'needs' } as const;
type Channel = keyof typeof OPERATION_OF;

interface Client {
  readonly role: Role;
  readonly response: ServerResponse;
}

export interface LiveParts {
  readonly gateway: Pick<GatewayClient, 'call' | 'lines'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What is live, from the gateway once for everybody: while somebody listens, `flows.follow` and `log.follow` are read, and each client gets
 * what its role may ask for. Nothing waits for a client.
 */
export class LiveHub {
  readonly #parts: LiveParts;
  readonly #clients = new Set<Client>();
  #upstream: AbortController | undefined;
  #heart: Timer | undefined;
  #needsTimer: Timer | undefined;
  #needsDue = 0;
  #second = 0;
  #inSecond = 0;
  #skipped = 0;
  readonly #latest = new Map<Channel, string>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Adds a client, whose head has gone; @returns what takes it away. */
  add(role: Role, response: ServerResponse): () => void {
    if (this.#clients.size >= MOST_CLIENTS) throw consoleFault('console.too-many');
    const client = { role, response };
    this.#clients.add(client);
    this.#write(client, ': here\nretry: 3000\n\n');
    for (const [channel, frame] of this.#latest) if (mayHear(role, channel)) this.#write(client, frame);
    if (this.#upstream === undefined) this.#begin();
    return () => this.#remove(client);
  }

  close(): void {
    for (const client of [...this.#clients]) {
      client.response.end();
      this.#remove(client);
    }
  }

  #begin(): void {
    const upstream = new AbortController();
    this.#upstream = upstream;
    void this.#follow(
      'flows.follow',
      upstream,
      () => this.#parts.gateway.lines('flows.follow', {}, upstream),
      (line) => this.#tell('flows', line, true),
    );
    void this.#follow(
      'log.follow',
      upstream,
      () => this.#parts.gateway.lines('log.follow', { limit: 1 }, upstream),
      (line) => this.#entry(line),
    );
    this.#beat();
    void this.#needs(upstream);
  }

  /** Reads on, and begins again after a while when the gateway breaks it off. */
  async #follow(
    name: Operation,
    { signal }: AbortController,
    lines: () => AsyncIterable<unknown>,
    take: (line: unknown) => void,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const line of lines()) take(line);
      } catch (thrown) {
        if (!signal.aborted) this.#parts.log.warn('console.live', { operation: name, fault: thrown });
      }
      if (!signal.aborted) await new Promise<void>((resolve) => void this.#parts.clock.after(AGAIN_MS, resolve));
    }
  }

  // A gateway at work tells thousands of things a second; nobody reads that, and no page draws it.
  #entry(entry: unknown): void {
    const second = Math.floor(this.#parts.clock.now() / SECOND_MS);
    if (second !== this.#second) {
      if (this.#skipped > 0) this.#tell('gap', { skipped: this.#skipped }, false);
      [this.#second, this.#inSecond, this.#skipped] = [second, 0, 0];
    }
    this.#needsSoon();
    this.#inSecond += 1;
    if (this.#inSecond > ENTRIES_A_SECOND) this.#skipped += 1;
    else this.#tell('log', entry, false);
  }

  #needsSoon(): void {
    this.#needsDue = Math.min(this.#needsDue, this.#parts.clock.now() + SECOND_MS);
  }

  async #needs(upstream: AbortController): Promise<void> {
    if (upstream.signal.aborted) return;
    try {
      if (this.#parts.clock.now() >= this.#needsDue) {
        this.#needsDue = this.#parts.clock.now() + NEEDS_MS;
        const { needs } = await this.#parts.gateway.call('needs', {}, upstream);
        const urgent = needs.filter(({ severity }) => severity === 'urgent').length;
        this.#tell('needs', { count: needs.length, urgent }, true);
      }
    } catch (thrown) {
      if (!upstream.signal.aborted) this.#parts.log.warn('console.live', { operation: 'needs', fault: thrown });
    }
    this.#needsTimer = this.#parts.clock.after(SECOND_MS, () => void this.#needs(upstream));
  }

  /** @param isState newcomers get the latest at once */
  #tell(channel: Channel, data: unknown, isState: boolean): void {
    const frame = `event: ${channel}\ndata: ${JSON.stringify(data)}\n\n`;
    if (isState) this.#latest.set(channel, frame);
    for (const client of [...this.#clients]) if (mayHear(client.role, channel)) this.#write(client, frame);
  }

  #write(client: Client, frame: string): void {
    const { response } = client;
    response.write(frame);
    if (response.writableLength <= MOST_UNREAD_BYTES) return;
    this.#remove(client);
    response.destroy();
  }

  #beat(): void {
    this.#heart = this.#parts.clock.after(HEARTBEAT_MS, () => {
      for (const client of [...this.#clients]) this.#write(client, ': still here\n\n');
      this.#beat();
    });
  }

  #remove(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#upstream?.abort();
    this.#upstream = undefined;
    this.#heart?.cancel();
    this.#needsTimer?.cancel();
    this.#latest.clear();
    this.#needsDue = 0;
  }
}

function mayHear(role: Role, channel: Channel): boolean {
  return mayDo(role, OPERATION_OF[channel]);
}

export interface LiveRouteParts {
  readonly live: LiveHub;
  readonly sessions: Sessions;
  readonly endings: Endings;
  readonly clock: Clock;
}

/** How often it is looked whether a page that merely listens still has its session. */
const LOOK_MS = 20_000;

/** Mounts `GET /api/live`, server-sent events (HTML standard §9.2). That a page listens is no activity of its person. */
export function mountLive(app: FastifyInstance, { live, sessions, endings, clock }: LiveRouteParts): void {
  app.get('/api/live', async (request, reply) => {
    const isActivity = false;
    const session = await signedIn(sessions, request, { isActivity });
    if (endings.count(session.id) >= MOST_OF_A_SESSION) throw consoleFault('console.too-many');
    const ending = endings.begin(session.id);
    const response = reply.hijack().raw;
    response.writeHead(200, { ...headersOf(reply.getHeaders()), 'content-type': 'text/event-stream; charset=utf-8' });
    const end = (): void => void response.end();
    ending.signal.addEventListener('abort', end, { once: true });
    const look = lookAgain(clock, async () => {
      const now = await sessions.sessionOf(request, { isActivity }).catch(() => undefined);
      if (now === undefined || !isSame(now, session)) end();
    });
    let remove = (): void => {};
    response.once('close', () => {
      look();
      remove();
      ending.over();
    });
    remove = addedOrEnded(live, session.person.role, response);
  });
}

function addedOrEnded(live: LiveHub, role: Role, response: ServerResponse): () => void {
  try {
    return live.add(role, response);
  } catch {
    response.end();
    return () => {};
  }
}

function isSame(now: Session, before: Session): boolean {
  return now.id === before.id && now.person.role === before.person.role && !now.isLocked;
}

/** Calls `look` again and again; @returns what ends it. */
function lookAgain(clock: Clock, look: () => Promise<void>): () => void {
  let timer = clock.after(LOOK_MS, again);
  function again(): void {
    timer = clock.after(LOOK_MS, again);
    void look();
  }
  return () => timer.cancel();
}
