import {
  bodyEnd,
  type Ids,
  multipartType,
  type Parameters,
  parseRendering,
  partHead,
  plainChoice,
  type Rendering,
  type RenderProblem,
} from '@leadglass/dicomweb';
import { fileRanges } from './decoded.ts';
import { acceptedBy, type Exchange, isUnchanged, newBoundary, objectsOf } from './exchange.ts';
import { badParameter, PROBLEMS, WebRefusal } from './problems.ts';
import { sourceOf } from './source.ts';
import type { WebInstance } from './web-messages.ts';

const TYPES = ['image/jpeg', 'image/png'] as const;
/** Pictures of one answer. */
const MOST_PICTURES = 500;
/** A thumbnail, where its size is not asked for. */
const THUMBNAIL_SIDE = 128;
/** Objects looked at for one that has an image. */
const MOST_TRIED = 16;

/** WADO-RS rendered resources (PS3.18 §10.4.1.1.3): made in the sandboxed decoder, from the frame alone. */
export async function renderedResource(exchange: Exchange, ids: Ids, numbers?: readonly number[]): Promise<void> {
  const rendering = renderingOf(exchange.parameters, parseRendering);
  const { type, isMultipart } = typeOf(exchange);
  const instances = await objectsOf(exchange, ids);
  // Of an object with several frames, one picture stands for it where several cannot be told apart.
  const isOne = instances.length === 1 && (numbers === undefined ? !isMultipart : numbers.length === 1);
  if (isOne) return one(exchange, instances[0] as WebInstance, numbers?.[0], rendering, type, isMultipart);
  return many(exchange, instances, numbers, rendering, type);
}

/** WADO-RS thumbnails (PS3.18 §10.4.1.1.4): one small picture that stands for all under the path. */
export async function thumbnail(exchange: Exchange, ids: Ids, numbers?: readonly number[]): Promise<void> {
  const asked = renderingOf(exchange.parameters, parseRendering);
  const side = { columns: THUMBNAIL_SIDE, rows: THUMBNAIL_SIDE };
  const rendering = { ...asked, viewport: asked.viewport ?? side };
  const { type } = typeOf(exchange);
  const instances = await objectsOf(exchange, ids);
  // The one in the middle of a series shows more than its first.
  const middle = Math.floor((instances.length - 1) / 2);
  for (const instance of [...instances.slice(middle), ...instances.slice(0, middle)].slice(0, MOST_TRIED)) {
    const picture = await pictureOf(exchange, instance, (numbers?.[0] ?? 1) - 1, rendering, type);
    if (picture === undefined) continue;
    exchange.given += 1;
    return exchange.answer.send(200, { 'content-type': type }, picture);
  }
  throw new WebRefusal(PROBLEMS.notRendered);
}

/** What was asked of the picture. Throws WebRefusal 400. */
export function renderingOf(
  parameters: Parameters,
  parse: (parameters: Parameters) => Rendering | RenderProblem,
): Rendering {
  const rendering = parse(parameters);
  if ('parameter' in rendering) throw new WebRefusal(badParameter(rendering.parameter));
  return rendering;
}

function typeOf(exchange: Exchange): { readonly type: 'image/jpeg' | 'image/png'; readonly isMultipart: boolean } {
  const choice = plainChoice(acceptedBy(exchange), TYPES);
  if (choice === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  return { type: choice.type === 'image/png' ? 'image/png' : 'image/jpeg', isMultipart: choice.isMultipart };
}

async function one(
  exchange: Exchange,
  instance: WebInstance,
  number: number | undefined,
  rendering: Rendering,
  type: 'image/jpeg' | 'image/png',
  isMultipart: boolean,
): Promise<void> {
  const { answer } = exchange;
  const form = Buffer.from(JSON.stringify([type, number ?? 1, rendering]))
    .toString('base64url')
    .slice(0, 200);
  const etag = `"${instance.sha256}-${form}"`;
  if (isUnchanged(exchange, etag)) return;
  const picture = await pictureOf(exchange, instance, (number ?? 1) - 1, rendering, type);
  if (picture === undefined) throw new WebRefusal(PROBLEMS.notRendered);
  exchange.given += 1;
  if (!isMultipart) return answer.send(200, { 'content-type': type, etag }, picture);
  const boundary = newBoundary();
  const body = [partHead(boundary, { 'Content-Type': type }, true), picture, bodyEnd(boundary, 1)];
  answer.send(200, { 'content-type': multipartType(type, boundary), etag }, Buffer.concat(body));
}

async function many(
  exchange: Exchange,
  instances: readonly WebInstance[],
  numbers: readonly number[] | undefined,
  rendering: Rendering,
  type: 'image/jpeg' | 'image/png',
): Promise<void> {
  const { answer } = exchange;
  const boundary = newBoundary();
  const pictures = eachPicture(exchange, instances, numbers, rendering, type);
  const first = await pictures.next();
  if (first.done === true) throw new WebRefusal(PROBLEMS.notRendered);
  answer.begin(200, { 'content-type': multipartType(type, boundary) });
  let count = 0;
  for (let step: IteratorResult<Buffer, void> = first; step.done !== true; step = await pictures.next(), count += 1) {
    await answer.write(partHead(boundary, { 'Content-Type': type }, count === 0));
    await answer.write(step.value);
  }
  await answer.write(bodyEnd(boundary, count));
  answer.end();
}

async function* eachPicture(
  exchange: Exchange,
  instances: readonly WebInstance[],
  numbers: readonly number[] | undefined,
  rendering: Rendering,
  type: 'image/jpeg' | 'image/png',
): AsyncGenerator<Buffer, void, undefined> {
  let left = MOST_PICTURES;
  for (const instance of instances) {
    const { frames } = await exchange.maps.map(exchange.call, instance);
    let isAny = false;
    for (const number of numbers ?? Array.from({ length: Math.min(frames, left) }, (_, at) => at + 1)) {
      if (left <= 0) return;
      left -= 1;
      const picture = await pictureOf(exchange, instance, number - 1, rendering, type);
      if (picture !== undefined) yield picture;
      isAny ||= picture !== undefined;
    }
    if (isAny) exchange.given += 1;
  }
}

/** A picture of frame `index`, from 0; undefined when there is none that can be shown. Throws WebRefusal 404 past the last frame. */
export async function pictureOf(
  { call, maps }: Exchange,
  instance: WebInstance,
  index: number,
  { window, viewport, region, quality }: Rendering,
  type: 'image/jpeg' | 'image/png',
): Promise<Buffer | undefined> {
  const map = await maps.map(call, instance);
  const places = await maps.places(call, instance);
  if (places === undefined || places.count === 0) return undefined;
  if (index >= places.count) throw new WebRefusal(PROBLEMS.noFrame);
  const ranges = await places.of(index);
  const inFile = ranges === undefined ? undefined : fileRanges(sourceOf(call, instance), ranges);
  if (inFile === undefined) return undefined;
  return call.render(instance, inFile, map.image, {
    type: type === 'image/png' ? 'png' : 'jpeg',
    quality,
    slope: map.slope,
    intercept: map.intercept,
    ...optional({ window: window ?? map.window, viewport, region }),
  });
}

function optional<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
