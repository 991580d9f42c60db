import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, type TokenHandler } from '@leadglass/dicom';
import {
  bodyEnd,
  type Ids,
  JsonModelWriter,
  ModelReader,
  multipartType,
  partHead,
  pathTo,
  plainChoice,
  XmlModelWriter,
} from '@leadglass/dicomweb';
import { decodeText } from '@leadglass/query';
import { acceptedBy, type Exchange, isUnchanged, newBoundary, objectsOf } from './exchange.ts';
import { type ObjectMap, walk } from './object-map.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import { type Source, sourceOf } from './source.ts';
import type { WebInstance } from './web-messages.ts';

const JSON_TYPE = 'application/dicom+json';
const XML_TYPE = 'application/dicom+xml';

/** WADO-RS metadata (PS3.18 §10.4.1.1.2): everything but bulk data, as JSON or XML, one object after the other as they are read. */
export async function metadata(exchange: Exchange, ids: Ids): Promise<void> {
  const choice = plainChoice(acceptedBy(exchange), [JSON_TYPE, 'application/json', XML_TYPE]);
  if (choice === undefined || (choice.type === XML_TYPE && !choice.isMultipart))
    throw new WebRefusal(PROBLEMS.notAcceptable);
  const instances = await objectsOf(exchange, ids);
  const isXml = choice.type === XML_TYPE;
  const [first] = instances;
  if (instances.length === 1 && first !== undefined && isUnchanged(exchange, etagOf(first, isXml))) return;
  const etag: Record<string, string> =
    instances.length === 1 && first !== undefined ? { etag: etagOf(first, isXml) } : {};
  return isXml ? asXml(exchange, instances, etag) : asJson(exchange, instances, etag);
}

function etagOf({ sha256 }: WebInstance, isXml: boolean): string {
  return `"${sha256}-${isXml ? 'x' : 'm'}"`;
}

async function asJson(
  exchange: Exchange,
  instances: readonly WebInstance[],
  etag: Record<string, string>,
): Promise<void> {
  const { answer } = exchange;
  answer.begin(200, { 'content-type': JSON_TYPE, ...etag });
  for (const [index, instance] of instances.entries()) {
    await answer.write(index === 0 ? '[' : ',');
    for await (const piece of model(exchange, instance, (sink) => new JsonModelWriter(sink))) await answer.write(piece);
    exchange.given += 1;
  }
  await answer.write(']');
  answer.end();
}

async function asXml(
  exchange: Exchange,
  instances: readonly WebInstance[],
  etag: Record<string, string>,
): Promise<void> {
  const { answer } = exchange;
  const boundary = newBoundary();
  answer.begin(200, { 'content-type': multipartType(XML_TYPE, boundary), ...etag });
  for (const [index, instance] of instances.entries()) {
    await answer.write(partHead(boundary, { 'Content-Type': XML_TYPE }, index === 0));
    for await (const piece of model(exchange, instance, (sink) => new XmlModelWriter(sink))) await answer.write(piece);
    exchange.given += 1;
  }
  await answer.write(bodyEnd(boundary, instances.length));
  answer.end();
}

type Writer = JsonModelWriter | XmlModelWriter;

/** The model of one object in pieces. Native pixel data is passed over without being read. */
async function* model(
  exchange: Exchange,
  instance: WebInstance,
  make: (sink: (text: string) => void) => Writer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = sourceOf(exchange.call, instance);
  const map = await exchange.maps.map(exchange.call, instance);
  let written: string[] = [];
  const writer = make((text) => void written.push(text));
  const reader = new ModelReader({
    writer,
    isBigEndian: source.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN,
    decode: (bytes, charset) => decodeText(bytes, charset),
    bulkUri: (path) => `${pathTo(exchange.base, idsOf(instance))}/bulkdata/${path}`,
  });
  const taken = (): Uint8Array | undefined => {
    if (written.length === 0) return undefined;
    const text = written.join('');
    written = [];
    return Buffer.from(text, 'utf8');
  };
  for (const [from, until] of await stretches(exchange, source, map)) {
    const stop = new Stop(reader, until);
    yield* walk(source, stop, () => stop.isReached, from, taken);
  }
  reader.end();
  writer.end();
  const rest = taken();
  if (rest !== undefined) yield rest;
}

function idsOf({ studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance }: WebInstance): Ids {
  return { study, series, instance };
}

/** What is read of the data set: all but the pixels. `until`: the pixel data's element ends the stretch. */
async function stretches(
  exchange: Exchange,
  source: Source,
  { pixels }: ObjectMap,
): Promise<readonly (readonly [from: number, until: boolean])[]> {
  if (pixels.kind === 'none') return [[0, false]];
  if (pixels.kind === 'native')
    return [
      [0, true],
      [pixels.range[1], false],
    ];
  // What may follow fragments is looked for only where they are few: the end of many is far to walk.
  const places = pixels.table === undefined ? await exchange.maps.places(exchange.call, source.instance) : undefined;
  return places === undefined
    ? [[0, true]]
    : [
        [0, true],
        [await places.end(), false],
      ];
}

/** Passes tokens on until pixel data of the top level has been told of. */
class Stop implements TokenHandler {
  readonly #to: ModelReader;
  readonly #until: boolean;
  isReached = false;

  constructor(to: ModelReader, until: boolean) {
    this.#to = to;
    this.#until = until;
  }

  element(head: ElementHead): void {
    if (this.isReached) return;
    const isPixels = this.#until && head.depth === 0 && PIXELS.has(head.tag);
    // Told of as bulk data, whatever its size: the bytes are not passed on.
    this.#to.element(isPixels ? { ...head, length: Number.MAX_SAFE_INTEGER } : head);
    if (isPixels) this.isReached = true;
  }

  value(bytes: Uint8Array): void {
    if (!this.isReached) this.#to.value(bytes);
  }

  elementEnd(): void {
    if (!this.isReached) this.#to.elementEnd();
  }

  sequence(head: ElementHead): void {
    if (!this.isReached) this.#to.sequence(head);
  }

  item(index: number): void {
    if (!this.isReached) this.#to.item(index);
  }

  itemEnd(): void {
    if (!this.isReached) this.#to.itemEnd();
  }

  sequenceEnd(): void {
    if (!this.isReached) this.#to.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    if (this.isReached) return;
    this.#to.fragments(head);
    this.#to.fragmentsEnd();
    this.isReached = this.#until && head.depth === 0;
  }

  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}
  irregularity(): void {}
}

const PIXELS: ReadonlySet<number> = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);
