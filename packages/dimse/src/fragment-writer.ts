import { PDV_HEADER_BYTES } from './pdu.ts';
import { PDATA_HEADER_BYTES, writePDataHeader } from './pdu-encode.ts';

/** Fragments up to this size are joined to their header: one write a message for commands and answers. */
const JOINED_FRAGMENT_BYTES = 4096;
/** Largest variable field we send a peer that sets no limit or a huge one. */
const LARGEST_SENT_VARIABLE_BYTES = 1_048_576;

/** Most bytes of a fragment for a peer of that maximum length (0 is no limit). Even, so that only the end of a command or data set can be odd. */
export function largestFragmentBytes(peerMaximumLength: number): number {
  const most = peerMaximumLength === 0 ? LARGEST_SENT_VARIABLE_BYTES : peerMaximumLength;
  return (Math.min(most, LARGEST_SENT_VARIABLE_BYTES) - PDV_HEADER_BYTES) & ~1;
}

/** Sends one fragment as one P-DATA-TF: joined to its header when small, else the header and then the caller's own view. PS3.8 §9.3.5. */
export function sendFragment(
  send: (bytes: Uint8Array) => void,
  contextId: number,
  isCommand: boolean,
  isLast: boolean,
  fragment: Uint8Array,
): void {
  const isJoined = fragment.byteLength <= JOINED_FRAGMENT_BYTES;
  const header = new Uint8Array(PDATA_HEADER_BYTES + (isJoined ? fragment.byteLength : 0));
  writePDataHeader(header, contextId, isCommand, isLast, fragment.byteLength);
  if (isJoined) header.set(fragment, PDATA_HEADER_BYTES);
  send(header);
  if (!isJoined) send(fragment);
}
