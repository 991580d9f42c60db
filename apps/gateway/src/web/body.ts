import type { IncomingMessage } from 'node:http';
import { CallBroken } from './call.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';

/** What a body may take besides the time its bytes earn; and what each byte earns: whoever sends slower is cut. */
const PATIENCE_MS = 30_000;
const LEAST_BYTES_A_SECOND = 2_000;
/** Without a single byte. */
const SILENCE_MS = 30_000;

/** The body of a request as it comes. Throws WebRefusal 408 when it trickles, CallBroken when it is cut off. */
export async function* bodyOf(request: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  const began = performance.now();
  let [bytes, isSlow] = [0, false];
  let timer: NodeJS.Timeout | undefined;
  const late = (): void => {
    isSlow = true;
    request.destroy();
  };
  try {
    timer = setTimeout(late, SILENCE_MS);
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      bytes += (chunk as Buffer).length;
      const earnedMs = PATIENCE_MS + (bytes / LEAST_BYTES_A_SECOND) * 1000;
      if (performance.now() - began > earnedMs) throw new WebRefusal(PROBLEMS.tooSlow, { connection: 'close' });
      yield chunk as Buffer;
      timer = setTimeout(late, SILENCE_MS);
    }
  } catch (thrown) {
    if (thrown instanceof WebRefusal) throw thrown;
    throw isSlow ? new WebRefusal(PROBLEMS.tooSlow) : new CallBroken();
  } finally {
    clearTimeout(timer);
  }
}
