import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import {
  type AnswerOf,
  CONTROL,
  ErrorSchema,
  type Operation,
  type OperationOf,
  pathOf,
  type RequestOf,
  SOCKET_PATH,
} from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { CliFailure, EXIT, type Exit } from './exits.ts';

const LONGEST_ANSWER_BYTES = 256 * 1024 * 1024;
/** A whole chart is one line of an export. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const NOT_FOUND = 'control.not-found';

/** Speaks to the running gateway through the socket in its home. Every failure is a CliFailure. */
export class ControlClient {
  readonly #home: string;
  readonly #socketPath: string;

  /** @param home absolute path of the gateway's home. */
  constructor(home: string) {
    this.#home = home;
    this.#socketPath = join(home, SOCKET_PATH);
  }

  /** The answer of a `json` operation, checked. */
  async call<K extends OperationOf<'json'>>(name: K, asked: RequestOf<K>): Promise<AnswerOf<K>> {
    const answer = await this.#post(name, asked);
    const body = await whole(answer, LONGEST_ANSWER_BYTES);
    return parsed(name, body) as AnswerOf<K>;
  }

  /** The lines of a `lines` operation, checked, as they come. */
  async *lines<K extends OperationOf<'lines'>>(
    name: K,
    asked: RequestOf<K>,
    signal?: AbortSignal,
  ): AsyncGenerator<AnswerOf<K>> {
    let rest = '';
    for await (const chunk of this.bytes(name, asked, signal)) {
      const pieces = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
      rest = pieces.pop() ?? '';
      if (rest.length > LONGEST_LINE_BYTES) throw unreadable();
      for (const line of pieces) yield parsed(name, line) as AnswerOf<K>;
    }
  }

  /** The raw bytes of a streamed operation. Throws CliFailure when the stream is cut before its end. */
  async *bytes<K extends Operation>(name: K, asked: RequestOf<K>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const answer = await this.#post(name, asked, signal);
    if (CONTROL[name].form === 'lines') answer.setEncoding('utf8');
    try {
      for await (const chunk of answer) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    } catch (thrown) {
      if (signal?.aborted === true) return;
      throw new CliFailure(
        EXIT.failed,
        text('La réponse de la passerelle s’est interrompue.', 'The gateway’s answer was cut short.'),
        'cli.cut-short',
        [(thrown as Error).message],
      );
    }
  }

  #post(name: Operation, asked: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    const body = JSON.stringify(asked);
    const options = {
      socketPath: this.#socketPath,
      path: pathOf(name),
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(options, (answer) => {
        if (answer.statusCode === 200) resolve(answer);
        else failureOf(answer).then(reject, reject);
      });
      sent.once('error', (thrown) => reject(this.#connectionFailure(thrown)));
      sent.end(body);
    });
  }

  #connectionFailure(thrown: NodeJS.ErrnoException): CliFailure {
    if (thrown.code === 'EACCES' || thrown.code === 'EPERM') {
      return new CliFailure(
        EXIT.failed,
        text(
          `Accès refusé à ${this.#socketPath} : lancez la commande sous le compte de la passerelle.`,
          `Access denied to ${this.#socketPath}: run the command as the gateway’s user.`,
        ),
        'cli.denied',
      );
    }
    if (thrown.code === 'ENOENT' || thrown.code === 'ECONNREFUSED' || thrown.code === 'ENOTDIR') {
      return new CliFailure(
        EXIT.notRunning,
        text(
          `Aucune passerelle ne fonctionne dans ${this.#home}. Lancez-la avec npm start, ou indiquez son dossier par LEADGLASS_HOME.`,
          `No gateway is running in ${this.#home}. Start it with npm start, or name its home with LEADGLASS_HOME.`,
        ),
        'cli.not-running',
      );
    }
    return new CliFailure(
      EXIT.failed,
      text('La passerelle a coupé la communication.', 'The gateway cut the connection.'),
      'cli.cut-short',
      [thrown.message],
    );
  }
}

async function whole(answer: IncomingMessage, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    bytes += part.byteLength;
    if (bytes > limit) throw unreadable();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(name: Operation, body: string): unknown {
  const result = CONTROL[name].answer.safeParse(jsonOf(body));
  if (!result.success) throw unreadable();
  return result.data;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function unreadable(): CliFailure {
  return new CliFailure(
    EXIT.failed,
    text(
      'La passerelle a répondu dans une forme inconnue : la commande est-elle de la même version ?',
      'The gateway answered in an unknown form: is the command of the same version?',
    ),
    'cli.unreadable-answer',
  );
}

async function failureOf(answer: IncomingMessage): Promise<CliFailure> {
  const error = ErrorSchema.safeParse(jsonOf(await whole(answer, LONGEST_LINE_BYTES)));
  if (!error.success) return unreadable();
  const { code, problems = [] } = error.data;
  const exit: Exit = code === NOT_FOUND ? EXIT.notFound : code === 'control.bad-request' ? EXIT.usage : EXIT.failed;
  const details = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new CliFailure(exit, error.data.text, code, details);
}
