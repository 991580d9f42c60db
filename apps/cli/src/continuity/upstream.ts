import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { PartKeySchema, PartVersionSchema } from '@leadglass/contract';
import { isFault } from '@leadglass/kit';
import { z } from 'zod';
import { continuityFault } from './faults.ts';

/** Nothing comes for so long: the gateway is gone. */
const SILENCE_MS = 60_000;
const MOST_JSON_BYTES = 32 * 1024 * 1024;

const COUNT = z.int().min(0);
const UID = z.string().regex(/^[0-9.]{1,64}$/);
const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);

export const Enrolled = z.object({ name: z.string().max(64), ledgerKey: z.string().max(300), authority: z.string() });
export const SetPage = z.object({
  atMs: z.int().min(0),
  total: COUNT,
  studies: z.array(z.object({ study: UID, why: z.string().max(32), objects: COUNT, bytes: COUNT })),
  next: z.nullable(COUNT),
});
export type SetPage = z.output<typeof SetPage>;
export const StudyObjects = z.object({
  objects: z.array(
    z.object({
      sha256: SHA256,
      plainBytes: COUNT,
      metaBytes: COUNT,
      sopClassUid: UID,
      sopInstanceUid: UID,
      transferSyntaxUid: UID,
    }),
  ),
});
export const PartsPage = z.object({
  asOfMs: z.int().min(0),
  total: COUNT,
  leftOut: COUNT,
  parts: z.array(z.object({ key: PartKeySchema, version: PartVersionSchema })).max(1_000),
  next: z.nullable(COUNT),
});
export type PartsPage = z.output<typeof PartsPage>;
export const LedgerFile = z.object({ bytes: z.base64() });
export type ToPull = z.output<typeof StudyObjects>['objects'][number];

/** Whom to believe: a certificate by its fingerprint (before enrolling), or what an authority signed for that name. */
export type Believe = { readonly pin: string } | { readonly authority: string };

/** The gateway as its box sees it: one request at a time, over one connection. Every failure is a Fault `continuity.*`. */
export class Upstream {
  readonly #from: URL;
  readonly #secret: string;
  readonly #agent: Agent;
  readonly #pin: string | undefined;

  constructor(from: string, secret: string, believe: Believe) {
    this.#from = new URL(from);
    this.#secret = secret;
    this.#pin = 'pin' in believe ? believe.pin : undefined;
    const trust = 'pin' in believe ? { rejectUnauthorized: false } : { ca: [believe.authority] };
    this.#agent = new Agent({ ...trust, keepAlive: true, maxSockets: 1, minVersion: 'TLSv1.3' });
  }

  async json<T>(schema: z.ZodType<T>, path: string, body?: object): Promise<T> {
    const answer = await this.#ask(path, body);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of pieces(answer)) {
      bytes += part.byteLength;
      if (bytes > MOST_JSON_BYTES) throw continuityFault('continuity.unreadable');
      parts.push(part);
    }
    const read = schema.safeParse(jsonOf(Buffer.concat(parts).toString('utf8')));
    if (!read.success) throw continuityFault('continuity.unreadable');
    return read.data;
  }

  /** The bytes of an answer as they come, at the pace of who reads. */
  async *bytes(path: string): AsyncGenerator<Buffer, void, undefined> {
    yield* pieces(await this.#ask(path));
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(path: string, body?: object): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.#from),
        { agent: this.#agent, method: payload === undefined ? 'GET' : 'POST', timeout: SILENCE_MS },
        (answer) => (answer.statusCode === 200 ? resolve(answer) : refused(answer, reject)),
      );
      sent.once('timeout', () => sent.destroy(new Error('silence')));
      sent.once('error', (thrown) =>
        reject(isFault(thrown) ? thrown : continuityFault('continuity.unreachable', thrown)),
      );
      // What is secret is said once it is known who hears it.
      sent.once('socket', (socket) => {
        const say = (): void => {
          if (!this.#isBelieved(socket as TLSSocket))
            return void sent.destroy(continuityFault('continuity.not-the-gateway'));
          sent.setHeader('authorization', `Bearer ${this.#secret}`);
          if (payload !== undefined) sent.setHeader('content-length', Buffer.byteLength(payload));
          sent.end(payload);
        };
        if ((socket as TLSSocket).getPeerCertificate().raw !== undefined) say();
        else socket.once('secureConnect', say);
      });
    });
  }

  #isBelieved(socket: TLSSocket): boolean {
    if (this.#pin === undefined) return socket.authorized;
    return socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase() === this.#pin;
  }
}

const REFUSED: ReadonlySet<number> = new Set([401, 403, 409]);

function refused(answer: IncomingMessage, reject: (why: Error) => void): void {
  answer.resume();
  const { statusCode = 0 } = answer;
  const code = REFUSED.has(statusCode)
    ? 'continuity.refused'
    : statusCode === 404
      ? 'continuity.gone'
      : 'continuity.unreachable';
  reject(continuityFault(code, new Error(String(statusCode))));
}

async function* pieces(answer: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const piece of answer) yield piece as Buffer;
  } catch (thrown) {
    throw continuityFault('continuity.unreachable', thrown);
  }
  // Cut off before its end, an answer just stops.
  if (!answer.complete) throw continuityFault('continuity.unreachable');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
