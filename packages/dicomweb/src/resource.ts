/** Which objects a path names: all of a study, of a series, or one. */
export interface Ids {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

/** What a request is about (PS3.18 Tables 10.1-1, 10.4.1-1, 10.5.1-1, 10.6.1-1, and chapter 9). */
export type Resource =
  | { readonly kind: 'capabilities' }
  | {
      readonly kind: 'search';
      readonly level: 'STUDY' | 'SERIES' | 'IMAGE';
      readonly study?: string;
      readonly series?: string;
    }
  | { readonly kind: 'store'; readonly study?: string }
  | { readonly kind: 'objects' | 'metadata'; readonly ids: Ids }
  | { readonly kind: 'frames'; readonly ids: Ids; readonly frames: readonly number[] }
  | { readonly kind: 'rendered' | 'thumbnail'; readonly ids: Ids; readonly frames?: readonly number[] }
  /** `path`: of one value, as ModelReader names it; without it, all of the bulk data. */
  | { readonly kind: 'bulkdata'; readonly ids: Ids; readonly path?: string }
  | { readonly kind: 'uri' };

export type ResourceKind = Resource['kind'];

/** Why there is no such resource, as an HTTP status: 400 (an identifier that is none), 404, 405 (with the methods there are). */
export interface NoResource {
  readonly status: 400 | 404 | 405;
  readonly allow?: string;
}

/** Path of the services on the listener; WADO-URI lies beside them. */
export const WEB_ROOT = '/dicom-web';
export const URI_PATH = '/wado';

const UID = /^(?=.{1,64}$)[0-9]+(?:\.[0-9]+)*$/;
const MOST_SEGMENTS = 12;
/** Frames of one request; each is at least three characters of the path, which has a bound of its own. */
const MOST_FRAMES = 4096;
const BULK_PATH = /^[0-9A-F]{8}(?:\.[0-9]{1,6}\.[0-9A-F]{8}){0,16}$/;

/** Whether `method` and `path` (without its query) name something here, and what. */
export function resourceOf(method: string, path: string): Resource | NoResource {
  const verb = method === 'HEAD' ? 'GET' : method;
  if (path === URI_PATH || path === `${WEB_ROOT}${URI_PATH}`) return only(verb, 'GET', { kind: 'uri' });
  if (path === WEB_ROOT || path === `${WEB_ROOT}/`) return only(verb, 'GET', { kind: 'capabilities' });
  if (!path.startsWith(`${WEB_ROOT}/`)) return NOT_FOUND;
  const segments = path.slice(WEB_ROOT.length + 1).split('/', MOST_SEGMENTS);
  return at(segments, verb);
}

const NOT_FOUND: NoResource = { status: 404 };
const NO_UID: NoResource = { status: 400 };

function only(verb: string, allowed: string, resource: Resource): Resource | NoResource {
  if (verb === 'OPTIONS') return { kind: 'capabilities' };
  return verb === allowed ? resource : { status: 405, allow: `${allowed === 'GET' ? 'GET, HEAD' : allowed}, OPTIONS` };
}

function at(segments: readonly string[], verb: string): Resource | NoResource {
  const [first, study, ...rest] = segments;
  if (first === 'series' && study === undefined) return only(verb, 'GET', { kind: 'search', level: 'SERIES' });
  if (first === 'instances' && study === undefined) return only(verb, 'GET', { kind: 'search', level: 'IMAGE' });
  if (first !== 'studies') return NOT_FOUND;
  if (study === undefined)
    return verb === 'POST' ? { kind: 'store' } : only(verb, 'GET', { kind: 'search', level: 'STUDY' });
  if (!UID.test(study)) return NO_UID;
  if (rest.length === 0)
    return verb === 'POST' ? { kind: 'store', study } : only(verb, 'GET', { kind: 'objects', ids: { study } });
  return inStudy(study, rest, verb);
}

function inStudy(study: string, [word, series, ...rest]: readonly string[], verb: string): Resource | NoResource {
  if (word !== 'series') {
    if (word === 'instances' && series === undefined)
      return only(verb, 'GET', { kind: 'search', level: 'IMAGE', study });
    return form({ study }, [word ?? '', ...(series === undefined ? [] : [series]), ...rest], verb);
  }
  if (series === undefined) return only(verb, 'GET', { kind: 'search', level: 'SERIES', study });
  if (!UID.test(series)) return NO_UID;
  return inSeries({ study, series }, rest, verb);
}

function inSeries(
  ids: Ids & { readonly series: string },
  segments: readonly string[],
  verb: string,
): Resource | NoResource {
  const [word, instance, ...rest] = segments;
  if (word === undefined) return only(verb, 'GET', { kind: 'objects', ids });
  if (word !== 'instances') return form(ids, segments, verb);
  if (instance === undefined) return only(verb, 'GET', { kind: 'search', level: 'IMAGE', ...ids });
  if (!UID.test(instance)) return NO_UID;
  const one = { ...ids, instance };
  return rest.length === 0 ? only(verb, 'GET', { kind: 'objects', ids: one }) : form(one, rest, verb);
}

function form(ids: Ids, [word, detail, ...rest]: readonly string[], verb: string): Resource | NoResource {
  if (word === 'bulkdata' && rest.length === 0) return bulkdata(ids, detail, verb);
  if (word === 'frames') return frames(ids, detail, rest, verb);
  if (detail !== undefined) return NOT_FOUND;
  if (word === 'metadata' || word === 'rendered' || word === 'thumbnail') return only(verb, 'GET', { kind: word, ids });
  return NOT_FOUND;
}

function bulkdata(ids: Ids, path: string | undefined, verb: string): Resource | NoResource {
  if (path === undefined) return only(verb, 'GET', { kind: 'bulkdata', ids });
  return ids.instance !== undefined && BULK_PATH.test(path)
    ? only(verb, 'GET', { kind: 'bulkdata', ids, path })
    : NOT_FOUND;
}

function frames(ids: Ids, list: string | undefined, rest: readonly string[], verb: string): Resource | NoResource {
  if (ids.instance === undefined || list === undefined) return NOT_FOUND;
  const numbers = framesOf(list);
  if (numbers === undefined) return { status: 400 };
  const [word, more] = rest;
  if (word === undefined) return only(verb, 'GET', { kind: 'frames', ids, frames: numbers });
  if (more !== undefined || (word !== 'rendered' && word !== 'thumbnail')) return NOT_FOUND;
  return only(verb, 'GET', { kind: word, ids, frames: numbers });
}

/** `1,2,7`, counted from 1 (PS3.18 §10.4.1.1.3); `%2C` stands for a comma as clients write it. */
function framesOf(list: string): readonly number[] | undefined {
  const parts = list.replaceAll(/%2C/gi, ',').split(',', MOST_FRAMES + 1);
  if (parts.length > MOST_FRAMES || !parts.every((part) => /^[1-9][0-9]{0,8}$/.test(part))) return undefined;
  return parts.map(Number);
}

/** The path of an object. @param base scheme, host and root, without a slash at its end; empty for a path alone. */
export function pathTo(base: string, { study, series, instance }: Ids): string {
  const parts = [`${base}/studies/${study}`];
  if (series !== undefined) parts.push(`series/${series}`);
  if (instance !== undefined) parts.push(`instances/${instance}`);
  return parts.join('/');
}

/** What a request is called in logs and events: its form, without any value. */
export function resourceName(resource: Resource): string {
  switch (resource.kind) {
    case 'search':
      return `search ${resource.level}`;
    case 'objects':
    case 'metadata':
    case 'rendered':
    case 'thumbnail':
    case 'bulkdata':
    case 'frames':
      return `${resource.kind} ${levelOf(resource.ids)}`;
    default:
      return resource.kind;
  }
}

function levelOf({ series, instance }: Ids): string {
  if (instance !== undefined) return 'instance';
  return series === undefined ? 'study' : 'series';
}
