import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  elementHeader,
  encodingOf,
  TAG,
  type Tag,
  transferSyntax,
  writeFileMeta,
} from '@leadglass/dicom';
import {
  bodyEnd,
  type DicomChoice,
  dicomChoices,
  givenAs,
  type Ids,
  multipartType,
  partHead,
} from '@leadglass/dicomweb';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { Recoder } from '@leadglass/rewrite';
import { type DecodedFrames, decodedFrames, isDecodable } from './decoded.ts';
import { acceptedBy, type Exchange, isUnchanged, newBoundary, objectsOf } from './exchange.ts';
import { walk } from './object-map.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import { sourceOf } from './source.ts';
import type { WebInstance } from './web-messages.ts';

/** One object and the form it is given in. */
interface Giving {
  readonly instance: WebInstance;
  readonly form: 'stored' | 'explicit';
}

/** WADO-RS: objects as DICOM files (PS3.18 §10.4.1.1.1), as they lie or written anew in Explicit VR Little Endian. */
export async function retrieve(exchange: Exchange, ids: Ids): Promise<void> {
  const choices = dicomChoices(acceptedBy(exchange));
  const instances = await objectsOf(exchange, ids);
  for (const choice of choices) {
    if (!choice.isMultipart && instances.length > 1) continue;
    const givings = instances.flatMap((instance) => givingOf(instance, choice));
    if (givings.length === 0) continue;
    return choice.isMultipart ? many(exchange, givings, instances.length) : one(exchange, givings[0] as Giving);
  }
  throw new WebRefusal(PROBLEMS.notAcceptable);
}

function givingOf(instance: WebInstance, { transferSyntaxes }: DicomChoice): Giving[] {
  const { transferSyntaxUid } = instance;
  const isNative = transferSyntax(transferSyntaxUid) !== undefined && encodingOf(transferSyntaxUid) !== 'encapsulated';
  const form = givenAs(transferSyntaxes, transferSyntaxUid, isNative || isDecodable(transferSyntaxUid));
  return form === undefined ? [] : [{ instance, form }];
}

function syntaxOf({ instance, form }: Giving): string {
  return form === 'stored' ? instance.transferSyntaxUid : EXPLICIT_VR_LITTLE_ENDIAN;
}

async function many(exchange: Exchange, givings: readonly Giving[], asked: number): Promise<void> {
  const { answer } = exchange;
  const boundary = newBoundary();
  // Whether the first can be decoded at all is known before anything is said.
  const first = await begun(exchange, givings[0] as Giving);
  const partial =
    givings.length < asked ? { warning: '299 leadglass "some objects cannot be given in a form accepted"' } : {};
  answer.begin(givings.length < asked ? 206 : 200, {
    'content-type': multipartType('application/dicom', boundary),
    ...partial,
  });
  for (const [index, giving] of givings.entries()) {
    const { instance } = giving;
    const path = `${exchange.base}/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`;
    const type = `application/dicom; transfer-syntax=${syntaxOf(giving)}`;
    await answer.write(partHead(boundary, { 'Content-Type': type, 'Content-Location': path }, index === 0));
    for await (const piece of index === 0 ? first : await begun(exchange, giving)) await answer.write(piece);
    exchange.given += 1;
  }
  await answer.write(bodyEnd(boundary, givings.length));
  answer.end();
}

/** One object alone, as a DICOM file in one of the transfer syntaxes. Throws WebRefusal 406. */
export async function giveOne(
  exchange: Exchange,
  instance: WebInstance,
  transferSyntaxes: readonly string[],
): Promise<void> {
  const [giving] = givingOf(instance, { isMultipart: false, transferSyntaxes });
  if (giving === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  return one(exchange, giving);
}

async function one(exchange: Exchange, giving: Giving): Promise<void> {
  const { answer, call } = exchange;
  const { instance, form } = giving;
  const etag = `"${instance.sha256}${form === 'stored' ? '' : '-x'}"`;
  if (isUnchanged(exchange, etag)) return;
  const type = { 'content-type': `application/dicom; transfer-syntax=${syntaxOf(giving)}`, etag };
  if (form === 'explicit') {
    const pieces = await begun(exchange, giving);
    answer.begin(200, type);
    for await (const piece of pieces) await answer.write(piece);
  } else {
    const range = rangeOf(exchange.headers.range, instance.plainBytes);
    if (range === 'none') throw new WebRefusal(PROBLEMS.noRange, { 'content-range': `bytes */${instance.plainBytes}` });
    const [from, to] = range ?? [0, instance.plainBytes];
    const part = range === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${instance.plainBytes}` };
    answer.begin(range === undefined ? 200 : 206, {
      ...type,
      ...part,
      'accept-ranges': 'bytes',
      'content-length': to - from,
    });
    if (!answer.isHead) for await (const piece of call.read(instance, [from, to])) await answer.write(piece);
  }
  exchange.given += 1;
  answer.end();
}

/** One range of bytes (RFC 9110 §14); undefined: none that is followed, the whole is given. */
function rangeOf(header: string | undefined, bytes: number): readonly [number, number] | 'none' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  return from < to ? [from, to] : 'none';
}

/** The pieces of one file. Throws WebRefusal 406 before the first of them when its pixels cannot be decoded. */
async function begun(exchange: Exchange, { instance, form }: Giving): Promise<AsyncIterable<Uint8Array>> {
  const { call } = exchange;
  if (form === 'stored') return call.read(instance, [0, instance.plainBytes]);
  if (encodingOf(instance.transferSyntaxUid) !== 'encapsulated') return recoded(exchange, instance);
  const frames = await decodedFrames(exchange, instance);
  if (frames === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  return recoded(exchange, instance, frames);
}

/** The object in Explicit VR Little Endian: header, and what was fragments as decoded frames. */
async function* recoded(
  exchange: Exchange,
  instance: WebInstance,
  frames?: DecodedFrames,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sopClassUid, sopInstanceUid } = instance;
  const names = {
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  };
  yield writeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, ...names });
  const source = sourceOf(exchange.call, instance);
  yield* pieces((sink) => {
    const recoder = new Recoder(source.transferSyntaxUid, sink, frames?.attributes ?? NOTHING);
    return { recoder, walked: (step) => walk(source, recoder, () => recoder.isAtFragments, 0, step) };
  });
  if (frames === undefined) return;
  const vr = frames.image.bitsAllocated > 8 ? 'OW' : 'OB';
  const bytes = frames.frameBytes * frames.count;
  yield elementHeader(TAG.PixelData, vr, bytes + (bytes % 2), true, true);
  for (let index = 0; index < frames.count; index += 1) yield await frames.frame(index);
  if (bytes % 2 === 1) yield new Uint8Array(1);
  const end = await frames.end();
  yield* pieces((sink) => {
    const recoder = new Recoder(source.transferSyntaxUid, sink);
    return { recoder, walked: (step) => walk(source, recoder, () => false, end, step) };
  });
}

const NOTHING: ReadonlyMap<Tag, Uint8Array> = new Map();

/** What a recoder writes while a data set is walked, piece by piece. */
async function* pieces(
  make: (sink: (bytes: Uint8Array) => void) => {
    readonly recoder: Recoder;
    walked(step: () => Uint8Array | undefined): AsyncIterable<Uint8Array>;
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  let written: Uint8Array[] = [];
  const { walked } = make((bytes) => void written.push(Uint8Array.from(bytes)));
  const taken = (): Uint8Array | undefined => {
    if (written.length === 0) return undefined;
    const piece = Buffer.concat(written);
    written = [];
    return piece;
  };
  yield* walked(taken);
}
