import { isDeepStrictEqual } from 'node:util';
import { assert, bytesEqual, concatBytes, fuzzing, ManualClock } from '@leadglass/kit';
import { Association } from './association.ts';
import { decodeCommand, encodeCommand } from './command-codec.ts';
import { MessageReader } from './message-reader.ts';
import { decodePdu } from './pdu-decode.ts';
import { encodePdu } from './pdu-encode.ts';
import { DimseRandom, mutate, randomCommand, randomPdu } from './random.ts';
import { ACCEPTANCE, LIMITS, MessageRecorder, PDUS, pData, Recorder } from './testkit.ts';

/** Any PDU: encoded, decoded, equal. */
export function fuzzPduRoundTrip(random: DimseRandom): void {
  const pdu = randomPdu(random);
  const bytes = encodePdu(pdu);
  const decoded = decodePdu(bytes);
  assert(decoded.ok && isDeepStrictEqual(decoded.value, pdu), 'a PDU decodes to what was encoded');
}

/** Any damaged PDU: a value or a fault with an A-ABORT reason, never an exception; a value encodes and decodes to itself again. */
export function fuzzPduMutated(random: DimseRandom): void {
  const decoded = decodePdu(mutate(random, encodePdu(randomPdu(random))));
  if (!decoded.ok) {
    assert([1, 2, 4, 5, 6].includes(decoded.fault.reason), 'a fault names an A-ABORT reason');
    return;
  }
  const again = decodePdu(encodePdu(decoded.value));
  assert(again.ok && isDeepStrictEqual(again.value, decoded.value), 'what was decoded can be encoded');
}

/** Any command: encoded, decoded, equal. */
export function fuzzCommandRoundTrip(random: DimseRandom): void {
  const command = randomCommand(random);
  const decoded = decodeCommand(encodeCommand(command));
  assert(decoded.ok && isDeepStrictEqual(decoded.command, command), 'a command decodes to what was encoded');
}

/** Any damaged command: a value or a fault; both can be encoded again. */
export function fuzzCommandMutated(random: DimseRandom): void {
  const decoded = decodeCommand(mutate(random, encodeCommand(randomCommand(random))));
  const command = decoded.ok ? decoded.command : decoded.fault.request;
  if (command !== undefined) encodeCommand(command);
}

/** A damaged conversation, whole and in random pieces: no exception, the same end and the same data both ways, one ending at most. */
export function fuzzConversation(random: DimseRandom): void {
  const bytes = mutate(random, conversation(random));
  const whole = converse(bytes, () => bytes.byteLength);
  const pieces = converse(bytes, () => 1 + random.below(random.pick([2, 20, 300])));
  assert(isDeepStrictEqual(pieces.steps, whole.steps), 'the pieces do not change what happens');
  assert(pieces.state === whole.state && bytesEqual(pieces.data, whole.data), 'the pieces do not change what arrives');
  assert(whole.steps.filter((step) => step.startsWith('aborted') || step === 'released').length <= 1, 'one ending');
}

function conversation(random: DimseRandom): Uint8Array {
  const parts: Uint8Array[] = [PDUS.associateRq];
  for (let left = random.below(6); left > 0; left -= 1) {
    const command = encodeCommand(randomCommand(random));
    parts.push(
      pData(1, true, true, command),
      pData(1, false, false, random.bytes(50)),
      pData(1, false, true, random.bytes(50)),
    );
  }
  if (random.chance(3)) parts.push(encodePdu(randomPdu(random)));
  parts.push(random.pick([PDUS.releaseRq, PDUS.abort, PDUS.releaseRp]));
  return concatBytes(...parts);
}

interface Outcome {
  readonly state: string;
  /** What the association did, but for the number of pieces data came in. */
  readonly steps: readonly string[];
  readonly data: Uint8Array;
}

function converse(bytes: Uint8Array, nextBytes: () => number): Outcome {
  const recorder = new Recorder();
  const association = new Association({
    role: 'acceptor',
    handler: recorder,
    limits: LIMITS,
    clock: new ManualClock(),
  });
  const messages = new MessageReader({ handler: new MessageRecorder(), contexts: new Set([1]) });
  recorder.onStep = (step) => {
    if (step === 'requested') association.accept(ACCEPTANCE);
    if (step === 'release requested') association.releaseResponse();
  };
  association.transportConnected();
  for (let at = 0; at < bytes.byteLength; ) {
    const end = at + nextBytes();
    association.receive(bytes.subarray(at, end));
    at = end;
  }
  association.transportClosed();
  for (const { contextId, isCommand, isLast, bytes: piece } of recorder.fragments)
    messages.data(contextId, isCommand, isLast, piece);
  const data = concatBytes(...recorder.fragments.map((fragment) => fragment.bytes));
  return { state: association.state, steps: recorder.log.filter((step) => step !== 'data'), data };
}

/** Every target by its name. */
export const FUZZ_TARGETS: Readonly<Record<string, (random: DimseRandom) => void>> = {
  fuzzPduRoundTrip,
  fuzzPduMutated,
  fuzzCommandRoundTrip,
  fuzzCommandMutated,
  fuzzConversation,
};

const FUZZING = fuzzing('dimse', FUZZ_TARGETS, (seed) => new DimseRandom(seed));

/** Runs every target once for `seed`. Throws, naming target and seed, at the first that fails. */
export const fuzzOnce = FUZZING.once;

if (import.meta.main) console.log(FUZZING.run(process.argv));
