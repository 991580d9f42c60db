import { EXPLICIT_VR_BIG_ENDIAN } from '@leadglass/dicom';
import {
  type BytesChoice,
  bodyEnd,
  frameChoice,
  type Ids,
  multipartType,
  partHead,
  pathTo,
  plainChoice,
} from '@leadglass/dicomweb';
import { turned } from '@leadglass/rewrite';
import { CallBroken, type FileRange } from './call.ts';
import { decodedFrame, isDecodable } from './decoded.ts';
import { ElementFinder } from './element-finder.ts';
import { acceptedBy, type Exchange, isUnchanged, newBoundary, objectsOf } from './exchange.ts';
import { walk } from './object-map.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import { type Source, sourceOf } from './source.ts';
import type { WebInstance } from './web-messages.ts';

/** One stretch of bytes to answer with. */
interface Part {
  readonly path: string;
  bytes(): AsyncIterable<Uint8Array>;
}

/** WADO-RS frames (PS3.18 §10.4.1.1.6): of however large an object, the chunks that hold them alone are read. */
export async function frames(exchange: Exchange, ids: Ids, numbers: readonly number[]): Promise<void> {
  const [instance] = await objectsOf(exchange, ids);
  if (instance === undefined) throw new WebRefusal(PROBLEMS.notFound);
  const { transferSyntaxUid } = instance;
  const choice = frameChoice(
    acceptedBy(exchange),
    transferSyntaxUid,
    isDecodable(transferSyntaxUid),
    numbers.length === 1,
  );
  if (choice === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  const etag = `"${instance.sha256}-${choice.form === 'stored' ? 's' : 'p'}${numbers.join('.').slice(0, 200)}"`;
  if (numbers.length === 1 && isUnchanged(exchange, etag)) return;
  const parts = await framesOf(exchange, instance, numbers, choice);
  const syntax = choice.form === 'stored' ? `; transfer-syntax=${transferSyntaxUid}` : '';
  exchange.given += 1;
  await send(exchange, parts, choice.isMultipart, `${choice.mediaType}${syntax}`, numbers.length === 1 ? { etag } : {});
}

async function framesOf(
  exchange: Exchange,
  instance: WebInstance,
  numbers: readonly number[],
  { form }: BytesChoice,
): Promise<readonly Part[]> {
  const { call, maps } = exchange;
  const places = await maps.places(call, instance);
  const map = await maps.map(call, instance);
  const source = sourceOf(call, instance);
  const isCompressed = map.pixels.kind === 'fragments';
  const parts: Part[] = [];
  for (const number of numbers) {
    const path = `${pathTo(exchange.base, idsOf(instance))}/frames/${number}`;
    const ranges = await places?.of(number - 1);
    if (ranges === undefined) throw new WebRefusal(PROBLEMS.noFrame);
    if (isCompressed && form === 'plain') parts.push({ path, bytes: () => decoded(exchange, instance, number - 1) });
    else
      parts.push({ path, bytes: () => stretches(source, ranges, isCompressed ? 1 : unitOf(map.image.bitsAllocated)) });
  }
  // Whether it can be decoded is known before anything is said of success.
  if (isCompressed && form === 'plain' && (await decodedFrame(exchange, instance, (numbers[0] ?? 1) - 1)) === undefined)
    throw new WebRefusal(PROBLEMS.notAcceptable);
  return parts;
}

async function* decoded(
  exchange: Exchange,
  instance: WebInstance,
  index: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frame = await decodedFrame(exchange, instance, index);
  if (frame === undefined) throw new CallBroken();
  yield frame.pixels;
}

function unitOf(bitsAllocated: number): number {
  return bitsAllocated > 8 ? bitsAllocated / 8 : 1;
}

/** Bytes as they lie, numbers little endian. */
async function* stretches(
  source: Source,
  ranges: readonly FileRange[],
  unit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const isTurned = source.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN && unit > 1;
  let held: Uint8Array = new Uint8Array(0);
  for (const range of ranges) {
    for await (const piece of source.read(range)) {
      if (!isTurned) {
        yield piece;
        continue;
      }
      const { whole, rest } = turned(held, piece, unit);
      held = rest;
      yield whole;
    }
  }
  if (held.length > 0) yield held;
}

const WORDS: Readonly<Record<string, number>> = { OD: 8, OF: 4, OL: 4, OV: 8, OW: 2 };

/** WADO-RS bulk data (PS3.18 §10.4.1.1.5): one value, or the pixel data of all objects under the path. */
export async function bulkdata(exchange: Exchange, ids: Ids, path: string | undefined): Promise<void> {
  const accepted = acceptedBy(exchange);
  const instances = await objectsOf(exchange, ids);
  const parts: Part[] = [];
  for (const instance of instances) parts.push(...(await bulkOf(exchange, instance, path ?? PIXEL_DATA)));
  if (parts.length === 0) throw new WebRefusal(PROBLEMS.noBulk);
  const choice = plainChoice(accepted, ['application/octet-stream']);
  const isAnyMultipart = accepted.some(
    ({ type, parameters }) => type === 'multipart/related' && !parameters.has('type'),
  );
  if (choice === undefined && !isAnyMultipart) throw new WebRefusal(PROBLEMS.notAcceptable);
  const isMultipart = choice === undefined || choice.isMultipart || parts.length > 1;
  exchange.given += instances.length;
  await send(exchange, parts, isMultipart, 'application/octet-stream', {});
}

const PIXEL_DATA = '7FE00010';

async function bulkOf(exchange: Exchange, instance: WebInstance, path: string): Promise<readonly Part[]> {
  const { call, maps } = exchange;
  const source = sourceOf(call, instance);
  const location = `${pathTo(exchange.base, idsOf(instance))}/bulkdata/${path}`;
  const map = await maps.map(call, instance);
  if (map.pixels.kind === 'fragments' && path === PIXEL_DATA) {
    const places = await maps.places(call, instance);
    const parts: Part[] = [];
    for (let index = 0; index < map.frames; index += 1) {
      const ranges = await places?.of(index);
      if (ranges !== undefined) parts.push({ path: location, bytes: () => stretches(source, ranges, 1) });
    }
    return parts;
  }
  const finder = new ElementFinder(path);
  for await (const nothing of walk(
    source,
    finder,
    () => finder.isOver,
    0,
    () => undefined,
  ))
    void nothing;
  const { found } = finder;
  if (found === undefined) return [];
  return [{ path: location, bytes: () => stretches(source, [found.range], WORDS[found.vr] ?? 1) }];
}

async function send(
  exchange: Exchange,
  parts: readonly Part[],
  isMultipart: boolean,
  type: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { answer } = exchange;
  const [first] = parts;
  if (!isMultipart && first !== undefined) {
    answer.begin(200, { 'content-type': type, ...headers });
    if (!answer.isHead) for await (const piece of first.bytes()) await answer.write(piece);
    return answer.end();
  }
  const boundary = newBoundary();
  const [plain = type] = type.split(';');
  answer.begin(200, { 'content-type': multipartType(plain, boundary), ...headers });
  for (const [index, part] of parts.entries()) {
    await answer.write(partHead(boundary, { 'Content-Type': type, 'Content-Location': part.path }, index === 0));
    if (!answer.isHead) for await (const piece of part.bytes()) await answer.write(piece);
  }
  await answer.write(bodyEnd(boundary, parts.length));
  answer.end();
}

function idsOf({ studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance }: WebInstance): Ids {
  return { study, series, instance };
}
