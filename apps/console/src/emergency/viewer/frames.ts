import {
  type Attributes,
  INSTANCE_FIELDS,
  type Picture,
  picturesOf,
  SERIES_FIELDS,
  seriesOf,
} from '../../images/light/study.ts';
import { type Stored, storedOf } from './grey.ts';
import { type Edges, edgesOf, type Look, lookOf, type Spacing, spacingOf } from './look.ts';

/** A frame that can be shown: its values, or a picture of it that the gateway made. */
export interface Frame {
  readonly attributes: Attributes;
  readonly spacing: Spacing | undefined;
  readonly edges: Edges;
  readonly shown: { readonly look: Look; readonly stored: Stored } | { readonly picture: ImageBitmap };
  /** Held in memory. */
  readonly bytes: number;
}

/** Why a frame is not shown. */
export type NoFrame = 'none' | 'closed' | 'failed';

export class FrameError extends Error {
  readonly why: NoFrame;

  constructor(why: NoFrame) {
    super(why);
    this.why = why;
  }
}

const ANSWER_MS = 60_000;
/** One answer of a search; more is asked on from there. */
const PAGE = 1000;
const OBJECTS_MAX = 20_000;
const RAW = 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1';
const JSON_TYPE = 'application/dicom+json';

function whyOf(status: number): NoFrame {
  return status === 401 || status === 403 ? 'closed' : status === 404 || status === 406 ? 'none' : 'failed';
}

async function ask(path: string, accept: string, signal: AbortSignal | undefined): Promise<Response> {
  const signals = [AbortSignal.timeout(ANSWER_MS), ...(signal === undefined ? [] : [signal])];
  const answer = await fetch(path, { headers: { accept }, signal: AbortSignal.any(signals) });
  if (!answer.ok) throw new FrameError(whyOf(answer.status));
  return answer;
}

async function listOf(path: string, signal?: AbortSignal): Promise<readonly Attributes[]> {
  const answer = await ask(path, JSON_TYPE, signal);
  if (answer.status === 204) return [];
  const found: unknown = await answer.json().catch(() => undefined);
  if (!Array.isArray(found)) throw new FrameError('failed');
  return found.filter((each): each is Attributes => typeof each === 'object' && each !== null);
}

/** The series of a study in order. */
export async function seriesIn(study: string, signal?: AbortSignal) {
  return seriesOf(await listOf(`/dicomweb/studies/${study}/series?includefield=${SERIES_FIELDS}`, signal));
}

/** The pictures of a series in order. */
export async function picturesIn(study: string, series: string, signal?: AbortSignal): Promise<readonly Picture[]> {
  const all: Attributes[] = [];
  for (;;) {
    const asked = `includefield=${INSTANCE_FIELDS}&limit=${PAGE}&offset=${all.length}`;
    const found = await listOf(`/dicomweb/studies/${study}/series/${series}/instances?${asked}`, signal);
    all.push(...found);
    if (found.length < PAGE || all.length >= OBJECTS_MAX) return picturesOf(all);
  }
}

/** The frames of one series: its values as they lie in the objects, and where that cannot be, a picture. */
export class SeriesSource {
  readonly #path: string;
  readonly #known = new Map<string, Promise<Attributes>>();

  constructor(study: string, series: string) {
    this.#path = `/dicomweb/studies/${study}/series/${series}`;
  }

  async frame({ instance, frame }: Picture, signal: AbortSignal): Promise<Frame> {
    const object = `${this.#path}/instances/${instance}`;
    // Asked for together: that the raw values are of no use is the exception.
    const raw = ask(`${object}/frames/${frame}`, RAW, signal).then((answer) => answer.arrayBuffer());
    raw.catch(() => undefined);
    const attributes = await this.#attributes(object, signal);
    const look = lookOf(attributes, frame);
    const stored = look === undefined ? undefined : storedOf(await raw.catch(orNothing), look);
    const known = { attributes, spacing: spacingOf(attributes, frame), edges: edgesOf(attributes, frame) };
    if (look !== undefined && stored !== undefined)
      return { ...known, shown: { look, stored }, bytes: stored.byteLength };
    const picture = await pictureAt(`${object}/frames/${frame}/rendered`, signal);
    return { ...known, shown: { picture }, bytes: picture.width * picture.height * 4 };
  }

  /** What an object says of itself; of an object with many frames asked for once. */
  #attributes(object: string, signal: AbortSignal): Promise<Attributes> {
    const before = this.#known.get(object);
    if (before !== undefined) return before;
    const asked = listOf(`${object}/metadata`, signal).then(([first]) => first ?? {});
    this.#known.set(object, asked);
    asked.catch(() => this.#known.delete(object));
    return asked;
  }
}

/** A frame that cannot be decoded may still be shown as a picture; a closed study may not. */
function orNothing(thrown: unknown): ArrayBuffer {
  if (thrown instanceof FrameError && thrown.why === 'none') return new ArrayBuffer(0);
  throw thrown;
}

async function pictureAt(path: string, signal: AbortSignal): Promise<ImageBitmap> {
  const answer = await ask(path, 'image/png, image/jpeg', signal);
  return createImageBitmap(await answer.blob());
}
