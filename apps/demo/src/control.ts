import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import {
  type AnswerOf,
  CONTROL,
  ErrorSchema,
  type OperationOf,
  pathOf,
  type RequestOf,
  SOCKET_PATH,
} from '@leadglass/contract';
import { Fault, text } from '@leadglass/kit';

const MOST_ANSWER_BYTES = 16 * 2 ** 20;
const TIMEOUT_MS = 20_000;

/** Speaks to a running gateway through the socket in its home. */
export class Control {
  readonly #socketPath: string;

  /** @param home absolute path. */
  constructor(home: string) {
    this.#socketPath = join(home, SOCKET_PATH);
  }

  /** The answer of a `json` operation, checked. Throws Fault `demo.control` when the gateway refuses or is gone. */
  async call<K extends OperationOf<'json'>>(name: K, asked: RequestOf<K>): Promise<AnswerOf<K>> {
    const { status, body } = await this.#post(pathOf(name), JSON.stringify(asked));
    const answer: unknown = JSON.parse(body);
    if (status === 200) return CONTROL[name].answer.parse(answer) as AnswerOf<K>;
    const error = ErrorSchema.parse(answer);
    throw new Fault('demo.control', 'permanent', error.text, { facts: { operation: name, code: error.code } });
  }

  /** Has an operation of lines done, to its end; what it says is not looked at. */
  async drain<K extends OperationOf<'lines'>>(name: K, asked: RequestOf<K>): Promise<void> {
    await this.#post(pathOf(name), JSON.stringify(asked));
  }

  #post(path: string, body: string): Promise<{ status: number; body: string }> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { socketPath: this.#socketPath, path, method: 'POST', headers, timeout: TIMEOUT_MS };
    return new Promise((resolve, reject) => {
      const gone = (cause: unknown) =>
        reject(
          new Fault('demo.control', 'transient', text('La passerelle ne répond pas.', 'The gateway does not answer.'), {
            cause,
          }),
        );
      const sent = request(options, (answer) => {
        wholeOf(answer).then((whole) => resolve({ status: answer.statusCode ?? 0, body: whole }), gone);
      });
      sent.once('error', gone).once('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.end(body);
    });
  }
}

async function wholeOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    bytes += part.byteLength;
    if (bytes > MOST_ANSWER_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
