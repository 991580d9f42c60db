import { type NoResource, parameter } from '@leadglass/dicomweb';
import { z } from 'zod';
import { CallBroken, granted } from './call.ts';
import type { Exchange } from './exchange.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import type { ContinuityAsk } from './web-messages.ts';

/** What a box asks for; `from` of a set and the body of an enrolment come with the request. */
export type ContinuityResource = { readonly kind: 'continuity'; readonly ask: AskedByPath };
type AskedByPath =
  | { readonly op: 'enrol' }
  | { readonly op: 'set' }
  | { readonly op: 'parts' }
  | Extract<ContinuityAsk, { op: 'ledger' | 'study' | 'object' | 'part' | 'document' }>;

const ROOT = '/continuity/';
const OBJECT = /^studies\/([0-9.]{1,64})(?:\/objects\/([0-9a-f]{64}))?$/;
const PART = /^parts\/([a-z0-9-]{1,64})(?:\/documents\/([0-9a-f]{32}))?$/;
const LEDGER = /^ledger\/([a-z0-9/.]{1,80})$/;
const MOST_BODY_BYTES = 4_096;
const Enrolment = z.strictObject({ recipient: z.string().max(100), digest: z.string().regex(/^[0-9a-f]{64}$/) });

/** What a path of the continuity service names; undefined: it is none of its paths. */
export function continuityResource(method: string, path: string): ContinuityResource | NoResource | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  const ask = askedBy(path.slice(ROOT.length));
  if (ask === undefined) return { status: 404 };
  const allow = ask.op === 'enrol' ? 'POST' : 'GET';
  return method === allow ? { kind: 'continuity', ask } : { status: 405, allow };
}

function askedBy(path: string): AskedByPath | undefined {
  if (path === 'enrol' || path === 'set' || path === 'parts') return { op: path };
  const [, part, document] = PART.exec(path) ?? [];
  if (part !== undefined)
    return document === undefined ? { op: 'part', key: part } : { op: 'document', key: part, document };
  const ledger = LEDGER.exec(path)?.[1];
  if (ledger !== undefined) return { op: 'ledger', path: ledger };
  const [, study, sha256] = OBJECT.exec(path) ?? [];
  if (study === undefined) return undefined;
  return sha256 === undefined ? { op: 'study', study } : { op: 'object', study, sha256 };
}

/** Answers a box: JSON, or an object, a part or a document as an age file sealed to it, which this process cannot open. Throws WebRefusal, CallBroken. */
export async function continuity(
  exchange: Exchange,
  { ask }: ContinuityResource,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { call, who, route, answer } = exchange;
  const asked = await whole(exchange, ask, body);
  const grant = granted(await call.ask(who, route, { kind: 'continuity', ask: asked }), 'continuity');
  if (grant.json !== undefined) return answer.send(200, { 'content-type': 'application/json' }, grant.json);
  if (grant.sealed === undefined) throw new CallBroken();
  const { sha256, bytes } = grant.sealed;
  answer.begin(200, { 'content-type': 'application/age', 'content-length': bytes });
  for await (const piece of call.read({ sha256 }, [0, bytes])) await answer.write(piece);
  exchange.given += 1;
  answer.end();
}

async function whole(
  { parameters }: Exchange,
  ask: AskedByPath,
  body: AsyncIterable<Uint8Array>,
): Promise<ContinuityAsk> {
  if (ask.op === 'enrol') return { op: 'enrol', ...(await enrolment(body)) };
  if (ask.op !== 'set' && ask.op !== 'parts') return ask;
  const from = parameter(parameters, 'from') ?? '0';
  if (!/^\d{1,9}$/.test(from)) throw new WebRefusal(PROBLEMS.badRequest);
  return { op: ask.op, from: Number(from) };
}

async function enrolment(body: AsyncIterable<Uint8Array>): Promise<z.infer<typeof Enrolment>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > MOST_BODY_BYTES) throw new WebRefusal(PROBLEMS.badRequest);
    parts.push(part);
  }
  const read = Enrolment.safeParse(jsonOf(Buffer.concat(parts).toString('utf8')));
  if (!read.success) throw new WebRefusal(PROBLEMS.badRequest);
  return read.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
