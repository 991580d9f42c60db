import type { z } from 'zod';
import { Problems } from '../problems.ts';
import type { Problem } from '../readings.ts';
import { WHY } from '../why.ts';
import {
  type Bundle,
  BundleSchema,
  type FhirReference,
  RESOURCE_TYPES,
  type Resource,
  type ResourceOf,
  ResourceSchema,
  type ResourceType,
} from './shapes.ts';

const MOST_DEPTH = 32;
const MOST_VALUES = 1_000_000;

/** A resource with where it was found, and the resources it contains. */
export interface Entry {
  readonly resource: Resource;
  /** `DiagnosticReport[2]`. */
  readonly place: string;
  readonly contained: ReadonlyMap<string, Entry>;
  /** What relative references begin with: its address in the Bundle without type and id, '' where it has none. */
  readonly base: string;
}

/** The resources that came together; a reference leads to one of them or nowhere. */
export class Resources {
  readonly bundle: Bundle | undefined;
  readonly problems = new Problems();
  readonly #entries: Entry[] = [];
  /** By address, and by type and id; undefined where several have the same. */
  readonly #byReference = new Map<string, Entry | undefined>();
  readonly #counts = new Map<string, number>();

  constructor(bundle: Bundle | undefined) {
    this.bundle = bundle;
  }

  /** Reads a resource; what is none of those we know is passed over. @param fullUrl its place in a Bundle. */
  add(value: unknown, fullUrl = ''): void {
    const named = /[A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(fullUrl);
    const entry = this.#read(value, named === null ? '' : fullUrl.slice(0, named.index), undefined);
    if (entry === undefined) return;
    this.#entries.push(entry);
    const { resourceType, id = '' } = entry.resource;
    if (fullUrl !== '') this.#name(fullUrl, entry);
    if (id !== '') this.#name(`${resourceType}/${id}`, entry);
  }

  #name(reference: string, entry: Entry): void {
    this.#byReference.set(reference, this.#byReference.has(reference) ? undefined : entry);
  }

  /** Entries of a type, in order. */
  of<T extends ResourceType>(type: T): readonly (Entry & { readonly resource: ResourceOf<T> })[] {
    return this.#entries.filter((entry): entry is Entry & { readonly resource: ResourceOf<T> } => isOf(entry, type));
  }

  /**
   * What a reference leads to: a contained resource, or one beside it. An address is taken to the letter, so that nothing of another server is mistaken
   * for what has the same id here; type and id lead on where one resource alone has them.
   */
  resolve(reference: FhirReference | undefined, from: Entry): Entry | undefined {
    const target = (reference?.reference ?? '').replace(/\/_history\/[A-Za-z0-9.-]{1,64}$/, '');
    if (target.startsWith('#')) return from.contained.get(target.slice(1));
    const isRelative = from.base !== '' && !target.includes(':');
    return (isRelative ? this.#byReference.get(from.base + target) : undefined) ?? this.#byReference.get(target);
  }

  /** The same, where it is of a type. */
  resolveTo<T extends ResourceType>(
    type: T,
    reference: FhirReference | undefined,
    from: Entry,
  ): (Entry & { readonly resource: ResourceOf<T> }) | undefined {
    const entry = this.resolve(reference, from);
    return entry !== undefined && isOf(entry, type) ? entry : undefined;
  }

  /** @param around what the resource that contains it contains; undefined of one that is not contained. */
  #read(value: unknown, base: string, around: Map<string, Entry> | undefined): Entry | undefined {
    const type = typeOf(value);
    if (!RESOURCE_TYPES.has(type)) return undefined;
    const place = this.#placeOf(type);
    const parsed = ResourceSchema.safeParse(value);
    if (!parsed.success) {
      this.problems.fatal(102, pathOf(place, parsed.error), 0, WHY.badResource);
      return undefined;
    }
    const contained = around ?? new Map<string, Entry>();
    if (around === undefined) for (const inner of parsed.data.contained ?? []) this.#contain(inner, base, contained);
    return { resource: parsed.data, place, contained, base };
  }

  #contain(value: unknown, base: string, contained: Map<string, Entry>): void {
    const entry = this.#read(value, base, contained);
    if (entry !== undefined) contained.set(entry.resource.id ?? '', entry);
  }

  #placeOf(type: string): string {
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    return `${type}[${count}]`;
  }
}

function isOf<T extends ResourceType>(entry: Entry, type: T): entry is Entry & { readonly resource: ResourceOf<T> } {
  return entry.resource.resourceType === type;
}

function typeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('resourceType' in value)) return '';
  return typeof value.resourceType === 'string' ? value.resourceType : '';
}

/** Where a resource is wrong: keys of ours and positions. */
function pathOf(place: string, error: z.ZodError): string {
  const path = error.issues[0]?.path ?? [];
  return [place, ...path.map((key) => (typeof key === 'number' ? `[${key + 1}]` : `.${String(key)}`))].join('');
}

/** Changes of a Bundle that give something; what deletes or asks is not for us. */
const GIVING: ReadonlySet<string> = new Set(['', 'POST', 'PUT']);

/** The resources of a value: a Bundle, or one resource alone; else why it is neither. */
export function resourcesOf(value: unknown): Resources | readonly Problem[] {
  if (!isBounded(value)) return [{ code: 198, place: 'Bundle', why: WHY.tooLarge, isFatal: true }];
  const type = typeOf(value);
  if (type !== 'Bundle') return RESOURCE_TYPES.has(type) ? alone(value) : [notRead(type)];
  const parsed = BundleSchema.safeParse(value);
  if (!parsed.success)
    return [{ code: 102, place: pathOf('Bundle', parsed.error), why: WHY.badResource, isFatal: true }];
  const resources = new Resources(parsed.data);
  for (const { resource, fullUrl, request } of parsed.data.entry ?? []) {
    if (GIVING.has(request?.method ?? '')) resources.add(resource, fullUrl);
    else resources.problems.tell(201, 'Bundle.entry.request', 0, WHY.unknownTrigger);
  }
  return resources;
}

function alone(value: unknown): Resources {
  const resources = new Resources(undefined);
  resources.add(value);
  return resources;
}

function notRead(type: string): Problem {
  return type === ''
    ? { code: 100, place: 'Bundle', why: WHY.noResource, isFatal: true }
    : { code: 200, place: 'Bundle', why: WHY.unknownType, isFatal: true };
}

/** Whether a value nests no deeper and has no more parts than a message of ours; without recursion. */
function isBounded(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  let values = 1;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) return false;
    const inner = level.map(partsOf);
    values += inner.reduce((sum, parts) => sum + parts.length, 0);
    if (values > MOST_VALUES) return false;
    level = inner.flat().filter((part) => typeof part === 'object' && part !== null);
  }
  return true;
}

function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : Object.values(value);
}
