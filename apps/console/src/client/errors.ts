import { type ErrorAnswer, ErrorSchema } from '@leadglass/contract';
import { type Text, text } from '../words/index.ts';

/** Why a request to the gateway did not give its answer. */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** The Fault's, or `console.*`. */
  readonly code: string;
  readonly text: Text;
  readonly problems: NonNullable<ErrorAnswer['problems']>;

  constructor(status: number, answer: ErrorAnswer) {
    super(answer.code);
    this.name = 'ApiError';
    this.status = status;
    this.code = answer.code;
    this.text = answer.text;
    this.problems = answer.problems ?? [];
  }

  /** Whether nobody is signed in (any more). */
  get isSignedOut(): boolean {
    return this.status === 401 && !this.isLocked;
  }

  /** Whether the session waits for its person to show again who they are. */
  get isLocked(): boolean {
    return this.code === 'console.locked';
  }
}

const UNREACHABLE = text(
  'La passerelle ne répond pas. Vérifiez le réseau et que Leadglass est démarré (« leadglass status »), puis réessayez.',
  'The gateway does not answer. Check the network and that Leadglass is running (“leadglass status”), then try again.',
);
const NOT_UNDERSTOOD = text(
  'La réponse de la passerelle n’a pas la forme attendue : la page et la passerelle n’ont peut-être pas la même version. Rechargez la page.',
  'The gateway’s answer is not in the expected form: page and gateway may be of different versions. Reload the page.',
);

/** No answer came: network, time-out, gateway stopped. */
export function unreachable(): ApiError {
  return new ApiError(0, { code: 'console.unreachable', text: UNREACHABLE });
}

/** An answer came that is not what the contract says. */
export function notUnderstood(status: number): ApiError {
  return new ApiError(status, { code: 'console.not-understood', text: NOT_UNDERSTOOD });
}

/** The error that an answer other than 2xx tells of. @param body as it was read, at most some kilobytes of JSON */
export function errorOf(status: number, body: unknown): ApiError {
  const parsed = ErrorSchema.safeParse(body);
  return parsed.success ? new ApiError(status, parsed.data) : notUnderstood(status);
}
