import { randomBytes } from 'node:crypto';
import { type AcceptedType, type Ids, type Parameters, parameter, parseAccept } from '@leadglass/dicomweb';
import type { Answer } from './answer.ts';
import { type Call, granted } from './call.ts';
import type { MapCache } from './map-cache.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import type { WebInstance, WebWho } from './web-messages.ts';

/** One request as whoever answers it sees it. */
export interface Exchange {
  readonly call: Call;
  readonly answer: Answer;
  readonly who: WebWho;
  /** Form of the resource, for the log. */
  readonly route: string;
  readonly parameters: Parameters;
  /** Header fields, names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Address of the services as the client knows them, without a slash at its end. */
  readonly base: string;
  readonly maps: MapCache;
  /** Counts what is given out, for the ledger. */
  given: number;
  /** Counts what was sent and is not kept. */
  failed: number;
}

/** The objects under `ids`, at least one. Throws WebRefusal. */
export async function objectsOf(exchange: Exchange, ids: Ids): Promise<readonly WebInstance[]> {
  const grant = await exchange.call.ask(exchange.who, exchange.route, { kind: 'objects', ids });
  return granted(grant, 'objects').instances;
}

/** What the client accepts: the parameter before the header (PS3.18 §8.3.3.1). Throws WebRefusal 400. */
export function acceptedBy({ parameters, headers }: Exchange): readonly AcceptedType[] {
  const accepted = parseAccept(parameter(parameters, 'accept') ?? headers.accept);
  if (accepted === undefined) throw new WebRefusal(PROBLEMS.badRequest);
  return accepted;
}

/** A boundary that no object holds by chance. */
export function newBoundary(): string {
  return `leadglass-${randomBytes(18).toString('hex')}`;
}

/** Whether the client has this very answer already; it is told so. @param tag of what is answered and in which form. */
export function isUnchanged({ answer, headers }: Exchange, tag: string): boolean {
  const known = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (!known.includes(tag) && !known.includes('*')) return false;
  answer.begin(304, { etag: tag });
  answer.end();
  return true;
}
