import type { IncomingMessage } from 'node:http';
import { parseFhir, readFhir } from '@leadglass/hl7';
import { type Text, text } from '@leadglass/kit';
import type { Answer } from '../web/answer.ts';
import { bodyOf } from '../web/body.ts';
import type { WebWho } from '../web/web-messages.ts';
import type { ReadMessage } from './feed-messages.ts';
import type { FhirAnswer, FhirTold } from './fhir-messages.ts';
import { isDone, toldOfReading } from './read-message.ts';

/** Where FHIR is taken in: `POST /fhir` of a Bundle, `POST /fhir/DiagnosticReport` of one resource. */
const ROOT = '/fhir';
const PATHS: ReadonlySet<string> = new Set([
  ROOT,
  `${ROOT}/`,
  `${ROOT}/Bundle`,
  `${ROOT}/DiagnosticReport`,
  `${ROOT}/Observation`,
  `${ROOT}/AllergyIntolerance`,
  `${ROOT}/DocumentReference`,
]);
const MOST_BODY_BYTES = 20 * 1024 * 1024;
/** Bodies that are taken in or wait for the keeper at once. */
const MOST_AT_ONCE = 4;
const ANSWER_MS = 60_000;
const JSON_TYPES = /^application\/(?:fhir\+)?json\s*(?:;|$)/i;

type Told = (message: FhirTold) => void;

/** Whether a request is FHIR's. */
export function isFhir({ url = '' }: IncomingMessage): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

/** FHIR over REST in the sandboxed process: read here, kept by the keeper, and answered with success once it is durable and not before. */
export class FhirEndpoint {
  readonly #tell: Told;
  readonly #waiting = new Map<string, (answer: FhirAnswer | undefined) => void>();
  #atOnce = 0;

  constructor(tell: Told) {
    this.#tell = tell;
  }

  /** The keeper's word. */
  answered(answer: FhirAnswer): void {
    this.#waiting.get(keyOf(answer))?.(answer);
  }

  /** A connection is gone: what its requests wait for comes no more. */
  closed(connection: number): void {
    for (const [key, settle] of this.#waiting) if (key.startsWith(`${connection}/`)) settle(undefined);
  }

  /** Answers one request. Throws what `bodyOf` throws. */
  async answer(
    connection: number,
    request: number,
    who: WebWho,
    incoming: IncomingMessage,
    answer: Answer,
  ): Promise<void> {
    const refusal = refusalOf(incoming);
    if (refusal !== undefined) return outcome(answer, refusal[0], refusal[1], 'error', { connection: 'close' });
    if (this.#atOnce >= MOST_AT_ONCE)
      return outcome(answer, 503, BUSY, 'error', { 'retry-after': '1', connection: 'close' });
    this.#atOnce += 1;
    try {
      const body = await wholeOf(incoming);
      if (body === undefined) return outcome(answer, 413, TOO_LARGE, 'error', { connection: 'close' });
      await this.#take({ connection, request, who }, body, answer);
    } finally {
      this.#atOnce -= 1;
    }
  }

  async #take(asked: Pick<FhirTold, 'connection' | 'request' | 'who'>, body: Buffer, answer: Answer): Promise<void> {
    const value = parseFhir(body.toString('utf8'));
    const told = toldOfFhir(value);
    if (typeof told === 'string' || 'why' in told)
      return outcome(answer, 400, typeof told === 'string' ? NOT_FHIR : told.why);
    const said = await this.#said({ t: 'feed-fhir', ...asked, item: { ...told, message: body.toString('base64') } });
    if (said === undefined) return outcome(answer, 503, BUSY, 'error', { 'retry-after': '5' });
    if (said.status !== 200) return outcome(answer, said.status, said.why ?? BUSY);
    if (!told.isUnderstood) return outcome(answer, 200, KEPT, 'warning');
    if (typeOf(value) === 'Bundle') return send(answer, 200, transactionResponse(value));
    return outcome(answer, 201, TAKEN, 'information');
  }

  #said(message: FhirTold): Promise<FhirAnswer | undefined> {
    const key = keyOf(message);
    return new Promise((resolve) => {
      const settle = (said: FhirAnswer | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(said);
      };
      const timer = setTimeout(() => settle(undefined), ANSWER_MS);
      this.#waiting.set(key, settle);
      this.#tell(message);
    });
  }
}

/** What a FHIR body tells; why it is none. */
export function toldOfFhir(value: unknown): ReadMessage | { readonly why: Text } | 'none' {
  if (value === undefined) return 'none';
  const read = readFhir(value);
  if ('kind' in read) return { why: read.problems[0]?.why ?? NOT_FHIR };
  const [reading] = read;
  return reading === undefined ? 'none' : toldOfReading(reading, isDone(reading));
}

function keyOf({ connection, request }: Pick<FhirAnswer, 'connection' | 'request'>): string {
  return `${connection}/${request}`;
}

function refusalOf({ method, url = '', headers }: IncomingMessage): readonly [number, Text] | undefined {
  if (!PATHS.has(url.split('?', 1)[0] ?? '')) return [404, NO_SUCH];
  if (method !== 'POST') return [405, ONLY_POST];
  return JSON_TYPES.test(headers['content-type'] ?? '') ? undefined : [415, ONLY_JSON];
}

/** The whole body; undefined when it is larger than may be. */
async function wholeOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(incoming)) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function typeOf(value: unknown): string {
  const type = (value as { resourceType?: unknown } | null)?.resourceType;
  return typeof type === 'string' ? type : '';
}

/** One entry for each that was sent: all of it was kept. */
function transactionResponse(bundle: unknown): object {
  const { entry } = bundle as { readonly entry?: unknown };
  const entries = Array.isArray(entry) ? entry.length : 0;
  return {
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: Array.from({ length: entries }, () => ({ response: { status: '201 Created' } })),
  };
}

function outcome(
  answer: Answer,
  status: number,
  why: Text,
  severity: 'error' | 'warning' | 'information' = 'error',
  headers: Readonly<Record<string, string>> = {},
): void {
  const code =
    status === 401
      ? 'login'
      : status === 403
        ? 'forbidden'
        : status >= 500
          ? 'transient'
          : severity === 'error'
            ? 'invalid'
            : 'informational';
  const diagnostics = `${why.en} — ${why.fr}`;
  const body = { resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics }] };
  send(answer, status, body, {
    ...headers,
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="leadglass"' } : {}),
  });
}

function send(answer: Answer, status: number, body: object, headers: Readonly<Record<string, string>> = {}): void {
  answer.send(status, { 'content-type': 'application/fhir+json; charset=utf-8', ...headers }, JSON.stringify(body));
}

const NO_SUCH = text(
  'rien n’est servi ici : POST /fhir, /fhir/DiagnosticReport, /fhir/Observation, /fhir/AllergyIntolerance, /fhir/DocumentReference',
  'nothing is served here: POST /fhir, /fhir/DiagnosticReport, /fhir/Observation, /fhir/AllergyIntolerance, /fhir/DocumentReference',
);
const ONLY_POST = text('seul POST est pris', 'POST alone is taken');
const ONLY_JSON = text('seul application/fhir+json est lu', 'application/fhir+json alone is read');
const NOT_FHIR = text('ce n’est pas une ressource FHIR lisible', 'this is no readable FHIR resource');
const TOO_LARGE = text('plus de 20 Mio', 'more than 20 MiB');
const BUSY = text('rien n’est accepté pour l’instant : à renvoyer', 'nothing is accepted now: to be sent again');
const KEPT = text('gardé, mais pas compris : une personne le verra', 'kept, but not understood: a person will see it');
const TAKEN = text('gardé', 'kept');
