import { type IncomingMessage, request } from 'node:http';
import {
  ACTOR_HEADER,
  type Actor,
  type AnswerOf,
  CONTROL,
  type ErrorAnswer,
  ErrorSchema,
  type Operation,
  type OperationOf,
  pathOf,
  type RequestOf,
} from '@leadglass/contract';
import { Fault } from '@leadglass/kit';
import { consoleFault } from './faults.ts';

/** Until an answer begins; that of a stream begins with its first line, whenever that is. */
const ANSWER_MS = 120_000;
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;
const LONGEST_LINE_BYTES = 1024 * 1024;

/** What the gateway answered with other than what was asked for. */
export class GatewayRefusal extends Error {
  readonly status: number;
  readonly body: ErrorAnswer;

  constructor(status: number, body: ErrorAnswer) {
    super(body.code);
    this.status = status;
    this.body = body;
  }
}

export interface GatewayAsk {
  /** For whom; absent: the console itself. */
  readonly actor?: Actor;
  readonly signal?: AbortSignal;
}

/** Speaks to the gateway over the control socket. Throws GatewayRefusal, or Fault `console.no-gateway`. */
export class GatewayClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** The answer of a `json` operation, checked. */
  async call<K extends OperationOf<'json'>>(name: K, asked: RequestOf<K>, how: GatewayAsk = {}): Promise<AnswerOf<K>> {
    const body = await wholeOf(await this.open(name, asked, how));
    const parsed = CONTROL[name].answer.safeParse(jsonOf(body));
    if (!parsed.success) throw consoleFault('console.defect', undefined, { cause: parsed.error });
    return parsed.data as AnswerOf<K>;
  }

  /** The lines of a `lines` operation, checked, as they come, until `signal`. */
  async *lines<K extends OperationOf<'lines'>>(
    name: K,
    asked: RequestOf<K>,
    how: GatewayAsk = {},
  ): AsyncGenerator<AnswerOf<K>> {
    const answer = await this.open(name, asked, how);
    answer.setEncoding('utf8');
    let rest = '';
    for await (const chunk of answer as AsyncIterable<string>) {
      const pieces = (rest + chunk).split('\n');
      rest = pieces.pop() ?? '';
      if (rest.length > LONGEST_LINE_BYTES) throw consoleFault('console.defect');
      for (const line of pieces) {
        const parsed = CONTROL[name].answer.safeParse(jsonOf(line));
        if (parsed.success) yield parsed.data as AnswerOf<K>;
      }
    }
  }

  /** The answer as it comes, its status 200. It ends when `signal` does. */
  async open(name: Operation, asked: unknown, { actor, signal }: GatewayAsk = {}): Promise<IncomingMessage> {
    const answer = await this.#post(name, JSON.stringify(asked), actor, signal);
    if (answer.statusCode === 200) return answer;
    const error = ErrorSchema.safeParse(jsonOf(await wholeOf(answer)));
    if (!error.success) throw consoleFault('console.no-gateway');
    throw new GatewayRefusal(answer.statusCode ?? 500, error.data);
  }

  #post(
    name: Operation,
    body: string,
    actor: Actor | undefined,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({
        ...{ socketPath: this.#socketPath, path: pathOf(name), method: 'POST', agent: false },
        headers: {
          ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
          ...(actor === undefined ? {} : { [ACTOR_HEADER]: JSON.stringify(actor) }),
        },
        ...(CONTROL[name].form === 'lines' ? {} : { timeout: ANSWER_MS }),
        ...(signal === undefined ? {} : { signal }),
      });
      sent.once('response', (answer) => {
        // A stream may be silent for as long as nothing happens.
        sent.setTimeout(0);
        answer.on('error', () => {});
        resolve(answer);
      });
      sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', (cause) => reject(consoleFault('console.no-gateway', undefined, { cause })));
      sent.end(body);
    });
  }
}

/** A Fault of the gateway's refusal, for handlers that answer with Faults. */
export function faultOfRefusal({ body }: GatewayRefusal): Fault {
  return new Fault(body.code, 'permanent', body.text);
}

async function wholeOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > LONGEST_ANSWER_BYTES) throw consoleFault('console.defect');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
