import { Assembler } from './assembler.ts';
import type { Charset } from './charset.ts';
import { completed, kindOf } from './kind.ts';
import { DEFAULT_MLLP_LIMITS, type MllpLimits } from './limits.ts';
import { readMessage, type Unreadable } from './message.ts';
import type { Reading } from './readings.ts';

/** How messages of a sender are read. */
export interface ReadOptions {
  /** For bytes above 7F that are neither declared nor UTF-8. */
  readonly fallbackCharset: Charset;
  /** Bounds; those of a stream where left out. */
  readonly limits?: MllpLimits;
}

/**
 * What an HL7 v2 message tells (v2.1 to 2.8, v2.5.1 §2). Texts may hold on to the memory of the whole message. Never throws; whatever cannot be
 * understood is a problem, and the message cannot be acted on where one of them is fatal.
 * @param bytes the message without its frame.
 */
export function readV2(bytes: Uint8Array, { fallbackCharset, limits }: ReadOptions): Reading | Unreadable {
  const message = readMessage(bytes, fallbackCharset, limits ?? DEFAULT_MLLP_LIMITS);
  if ('kind' in message) return message;
  const { segments, charset, problems } = message;
  const header = completed(message);
  const kind = kindOf(header, problems);
  const assembler = new Assembler(kind, header, problems);
  for (const segment of segments) assembler.take(segment);
  const patients = assembler.finish();
  return { kind, header, charset, patients, problems: problems.list };
}
