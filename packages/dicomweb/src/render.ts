import type { Parameters } from './parameters.ts';
import { parameter } from './parameters.ts';

/** How an image is to be shown (PS3.18 §8.3.5). */
export interface Rendering {
  readonly window?: { readonly center: number; readonly width: number };
  /** The picture fits into it, its shape kept. */
  readonly viewport?: { readonly columns: number; readonly rows: number };
  /** Part of the image, in its own pixels. */
  readonly region?: { readonly left: number; readonly top: number; readonly columns: number; readonly rows: number };
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
}

export interface RenderProblem {
  readonly parameter: string;
}

export const DEFAULT_QUALITY = 90;
const MOST_SIDE = 16_384;
const NUMBER = /^-?\d{1,9}(?:\.\d{1,6})?$/;
/** Asked for, and not given: no words are burned into an image here. */
const UNSUPPORTED = ['presentationuid', 'presentationstateuid', 'presentationseriesuid'];

/** Reads the parameters of a rendered resource. */
export function parseRendering(parameters: Parameters): Rendering | RenderProblem {
  const unsupported = UNSUPPORTED.find((name) => parameter(parameters, name) !== undefined);
  if (unsupported !== undefined) return { parameter: unsupported };
  const window = windowOf(parameter(parameters, 'window'));
  if (window === 'bad') return { parameter: 'window' };
  const view = viewportOf(parameter(parameters, 'viewport'));
  if (view === 'bad') return { parameter: 'viewport' };
  const quality = qualityOf(parameter(parameters, 'quality'));
  if (quality === undefined) return { parameter: 'quality' };
  return { ...(window === undefined ? {} : { window }), ...view, quality };
}

/** The same of WADO-URI (PS3.18 §9.1.2), where each has a name of its own. */
export function parseUriRendering(parameters: Parameters): Rendering | RenderProblem {
  if (parameter(parameters, 'presentationuid') !== undefined) return { parameter: 'presentationUID' };
  const [center, width] = [parameter(parameters, 'windowcenter'), parameter(parameters, 'windowwidth')];
  const window = center === undefined && width === undefined ? undefined : windowOf(`${center},${width}`);
  if (window === 'bad') return { parameter: 'windowCenter' };
  const [columns, rows] = [parameter(parameters, 'columns'), parameter(parameters, 'rows')];
  const sides =
    columns === undefined && rows === undefined ? undefined : `${columns ?? MOST_SIDE},${rows ?? MOST_SIDE}`;
  const view = viewportOf(sides);
  if (view === 'bad') return { parameter: 'columns' };
  if (parameter(parameters, 'region') !== undefined) return { parameter: 'region' };
  const quality = qualityOf(parameter(parameters, 'imagequality'));
  if (quality === undefined) return { parameter: 'imageQuality' };
  return { ...(window === undefined ? {} : { window }), ...view, quality };
}

function windowOf(value: string | undefined): Rendering['window'] | 'bad' {
  if (value === undefined) return undefined;
  const [center = '', width = '', shape = 'linear'] = value.split(',');
  const isRead = NUMBER.test(center) && NUMBER.test(width) && Number(width) >= 1;
  return isRead && shape.toLowerCase() === 'linear' ? { center: Number(center), width: Number(width) } : 'bad';
}

function viewportOf(value: string | undefined): Pick<Rendering, 'viewport' | 'region'> | 'bad' {
  if (value === undefined) return {};
  const parts = value.split(',');
  const [columns, rows] = [side(parts[0]), side(parts[1])];
  if ((parts.length !== 2 && parts.length !== 6) || columns === undefined || rows === undefined) return 'bad';
  const viewport = { columns, rows };
  if (parts.length === 2) return { viewport };
  const numbers = parts.slice(2).map((part) => (/^\d{1,5}(?:\.0+)?$/.test(part) ? Number(part) : Number.NaN));
  const [left = Number.NaN, top = Number.NaN, width = Number.NaN, height = Number.NaN] = numbers;
  if (![left, top].every((one) => one >= 0) || ![width, height].every((one) => one >= 1)) return 'bad';
  return { viewport, region: { left, top, columns: width, rows: height } };
}

function side(text = ''): number | undefined {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value >= 1 && value <= MOST_SIDE ? value : undefined;
}

function qualityOf(value: string | undefined): number | undefined {
  if (value === undefined) return DEFAULT_QUALITY;
  const number = Number(value);
  return /^\d{1,3}$/.test(value) && number >= 1 && number <= 100 ? number : undefined;
}
