import { isDeepStrictEqual } from 'node:util';
import { assert, fuzzing } from '@leadglass/kit';
import { acknowledge, readAcknowledgement } from './acknowledge.ts';
import { generate } from './dialects.testkit.ts';
import { unescapeText } from './escape.ts';
import { randomBundle } from './fhir/fhir.testkit.ts';
import { parseFhir, readFhir } from './fhir/fhir.ts';
import { frame, type MllpEvent, MllpFramer } from './mllp.ts';
import { mutate, SeededRandom } from './random.testkit.ts';
import { readV2 } from './reader.ts';
import { USUAL_DELIMITERS } from './syntax.ts';

const LIMITS = { messageBytes: 20_000, segmentBytes: 4000, segments: 200 };
const OWN = { application: 'LG', facility: 'GW', sentAt: '20260102', controlId: 'A1' };

function framed(stream: Uint8Array, nextBytes: () => number): readonly MllpEvent[] {
  const framer = new MllpFramer(LIMITS);
  const events: MllpEvent[] = [];
  for (let at = 0; at < stream.byteLength; ) {
    const end = at + nextBytes();
    events.push(...framer.push(stream.subarray(at, end)));
    at = end;
  }
  return [...events, ...framer.end()];
}

/** Any damaged stream: the same events whole and in pieces, one refusal at most and at the end, no message over its limit. */
export function fuzzFraming(random: SeededRandom): void {
  const messages = random.list(1, 4, () => frame(generate(random.below(1e6)).bytes));
  const stream = random.chance(4) ? Buffer.concat(messages) : mutate(random, Buffer.concat(messages));
  const whole = framed(stream, () => stream.byteLength);
  assert(
    isDeepStrictEqual(
      framed(stream, () => 1 + random.below(random.pick([2, 50, 2000]))),
      whole,
    ),
    'pieces tell the same',
  );
  const refusals = whole.flatMap((event, index) => (event.kind === 'refused' ? [index] : []));
  assert(refusals.length === 0 || (refusals.length === 1 && refusals[0] === whole.length - 1), 'a refusal is the end');
  for (const event of whole)
    assert(event.kind === 'refused' || event.bytes.byteLength <= LIMITS.messageBytes, 'within the limit');
}

/** Any damaged message: a reading or unreadable, the same twice, and an answer that reads as what it says. */
export function fuzzReading(random: SeededRandom): void {
  const { bytes, fallbackCharset } = generate(random.below(1e6));
  const damaged = mutate(random, bytes);
  const before = Uint8Array.from(damaged);
  const reading = readV2(damaged, { fallbackCharset, limits: LIMITS });
  assert(isDeepStrictEqual(readV2(damaged, { fallbackCharset, limits: LIMITS }), reading), 'the same twice');
  assert(isDeepStrictEqual(damaged, before), 'bytes are not changed');
  assert(reading.kind !== 'unreadable' || reading.problems.some(({ isFatal }) => isFatal), 'unreadable says why');
  const answer = acknowledge(reading.header, { code: 'AE', problems: reading.problems }, OWN, 'application');
  const read = readAcknowledgement(answer);
  assert(read?.code === 'AE', 'our answer can be read');
  assert(read.controlId === echoed(reading.header?.controlId ?? ''), 'and names the message');
  assert(answer.byteLength < 40_000, 'and is short');
}

/** Any damaged answer: read as one or not, the same twice, with words no longer than it is. */
export function fuzzAnswers(random: SeededRandom): void {
  const { bytes, fallbackCharset } = generate(random.below(1e6));
  const { header, problems } = readV2(bytes, { fallbackCharset, limits: LIMITS });
  const code = random.pick(['AA', 'AE', 'AR'] as const);
  const damaged = mutate(random, acknowledge(header, { code, problems }, OWN));
  const read = readAcknowledgement(damaged);
  assert(isDeepStrictEqual(readAcknowledgement(damaged), read), 'the same twice');
  assert(read === undefined || /^[AC][AER]$/.test(read.code), 'a code of table 0008, or no answer');
  assert((read?.text.length ?? 0) <= 200 * damaged.byteLength, 'bounded');
}

/** What an answer can say of a control id: its beginning, one kind of line break, no other controls. */
function echoed(controlId: string): string {
  const said = controlId
    .slice(0, 199)
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
  return said === '""' ? '' : Buffer.from(said).toString('utf8');
}

/** Any text of escapes: no longer than what it could mean, and without escapes untouched. */
export function fuzzEscapes(random: SeededRandom): void {
  const text = random
    .list(0, 60, () => random.pick(['\\', 'F', 'X41', 'XC3A9', '.br', '.sp3', 'Z01', 'H', 'é', ' ', 'C2842']))
    .join('');
  const meant = unescapeText(text, USUAL_DELIMITERS, 'UNICODE UTF-8');
  assert(text.includes('\\') || meant === text, 'without escapes it means itself');
  assert(meant.length <= 200 * text.length + 1, 'bounded');
}

/** Any damaged FHIR: readings or unreadable, never an exception. */
export function fuzzFhir(random: SeededRandom): void {
  const json = JSON.stringify(randomBundle(random).value);
  const regular = readFhir(parseFhir(json));
  assert(!('kind' in regular), 'a regular bundle is read');
  readFhir(parseFhir(Buffer.from(mutate(random, Buffer.from(json))).toString('utf8')));
  readFhir(damaged(random, JSON.parse(json)));
}

/** A value with some of its parts replaced by others of the wrong kind. */
function damaged(random: SeededRandom, value: unknown): unknown {
  if (random.chance(60))
    return random.pick<unknown>([null, 1, '', [], {}, true, 'urn:uuid:x', [null], { reference: '#' }]);
  if (Array.isArray(value)) return value.map((item) => damaged(random, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, damaged(random, item)]));
}

/** Every target by its name. */
export const FUZZ_TARGETS: Readonly<Record<string, (random: SeededRandom) => void>> = {
  fuzzFraming,
  fuzzReading,
  fuzzAnswers,
  fuzzEscapes,
  fuzzFhir,
};

const FUZZING = fuzzing('hl7', FUZZ_TARGETS, (seed) => new SeededRandom(seed));

/** Runs every target once for `seed`. Throws, naming target and seed, at the first that fails. */
export const fuzzOnce = FUZZING.once;

if (import.meta.main) console.log(FUZZING.run(process.argv));
