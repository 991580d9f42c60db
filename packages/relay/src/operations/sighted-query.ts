import type { Tag } from '@leadglass/dicom';
import type { Command, OutMessage } from '@leadglass/dimse';
import type { Text } from '@leadglass/kit';
import type { RelayedService } from '@leadglass/model';
import { type AnswerFacts, keysForSight, type SightLimits, sightOf } from '@leadglass/policy';
import type { ResponseUser } from './channel.ts';
import type { DeviceOperation } from './device-operation.ts';
import { isItems, type RawElement, readElements, valuesOf, writeElements } from './elements.ts';

/** Largest answer that is judged, bytes; a longer one is withheld. */
const MOST_ANSWER_BYTES = 256 * 1024;
const [LEVEL, MODALITY, MODALITIES_IN_STUDY, STATION] = [0x00080052, 0x00080060, 0x00080061, 0x00400001];
const SCHEDULED_STEPS = 0x00400100;
const VRS: Readonly<Record<Tag, string>> = { [STATION]: 'AE' };
const NOTHING = new Uint8Array(0);

/** What a peer asks an archive or a RIS, of whose answers it may see a part. */
export interface SightedQuestion {
  readonly identifier: Uint8Array;
  readonly transferSyntaxUid: string;
  readonly service: RelayedService;
  readonly sight: SightLimits;
}

/**
 * A query whose answers are judged one by one. What they are judged by is asked for beside what the peer asks, and taken out of what it is
 * given. PS3.4 §C.2.2.2.6: a sequence without keys asks for all of it, so none is added there.
 */
export class SightedQuery {
  /** As it goes upstream. */
  readonly identifier: Uint8Array;
  readonly #asked: SightedQuestion;
  readonly #level: string;
  /** What was added: to the data set, or to the items of the scheduled steps. */
  readonly #added: ReadonlySet<Tag>;

  private constructor(asked: SightedQuestion, elements: readonly RawElement[]) {
    this.#asked = asked;
    this.#level = valuesOf(elements, LEVEL)?.[0] ?? '';
    const wanted = keysForSight(asked.sight, asked.service, this.#level);
    const holder = asked.service === 'worklist' ? stepsIn(elements) : elements;
    const isOpen = holder !== undefined && asked.service === 'worklist' && holder.length === 0;
    const missing = isOpen ? [] : wanted.filter((tag) => holder?.every((element) => element.tag !== tag) ?? true);
    const isStepsMissing = asked.service === 'worklist' && holder === undefined;
    this.#added = new Set(isStepsMissing ? [SCHEDULED_STEPS] : missing);
    this.identifier =
      missing.length === 0 ? asked.identifier : writeElements(this.#with(elements, missing), asked.transferSyntaxUid);
  }

  /** Undefined when the identifier cannot be read. */
  static of(asked: SightedQuestion): SightedQuery | undefined {
    const elements = readElements(asked.identifier, asked.transferSyntaxUid);
    return elements === undefined ? undefined : new SightedQuery(asked, elements);
  }

  /** What the peer is given of an answer; undefined: nothing, because it may not see it or nobody can tell. */
  shown(answer: Uint8Array): Uint8Array | undefined {
    const { transferSyntaxUid, sight, service } = this.#asked;
    const elements = readElements(answer, transferSyntaxUid);
    if (elements === undefined) return undefined;
    const facts = service === 'worklist' ? stepFacts(elements) : [this.#factsOf(elements)];
    if (!facts.every((one) => sightOf(sight, one) === 'yes')) return undefined;
    return this.#added.size === 0 ? answer : writeElements(this.#without(elements), transferSyntaxUid);
  }

  #factsOf(elements: readonly RawElement[]): AnswerFacts {
    if (this.#level === 'PATIENT') return {};
    const modalities = valuesOf(elements, this.#level === 'STUDY' ? MODALITIES_IN_STUDY : MODALITY);
    return modalities === undefined ? {} : { modalities };
  }

  #with(elements: readonly RawElement[], missing: readonly Tag[]): readonly RawElement[] {
    const keys = missing.map((tag) => ({ tag, vr: VRS[tag] ?? 'CS', value: NOTHING }));
    if (this.#asked.service !== 'worklist') return [...elements, ...keys];
    const steps = elements.find(({ tag }) => tag === SCHEDULED_STEPS);
    const items = steps !== undefined && isItems(steps.value) ? steps.value : [];
    const [first = [], ...rest] = items;
    const others = elements.filter((element) => element !== steps);
    return [...others, { tag: SCHEDULED_STEPS, vr: 'SQ', value: [[...first, ...keys], ...rest] }];
  }

  #without(elements: readonly RawElement[]): readonly RawElement[] {
    const kept = (list: readonly RawElement[]) => list.filter(({ tag }) => !this.#added.has(tag));
    if (this.#asked.service !== 'worklist') return kept(elements);
    return kept(elements).map((element) =>
      element.tag === SCHEDULED_STEPS && isItems(element.value)
        ? { ...element, value: element.value.map(kept) }
        : element,
    );
  }
}

/** The keys of the scheduled step that is asked for; empty: all of it; undefined: none is asked for. */
function stepsIn(elements: readonly RawElement[]): readonly RawElement[] | undefined {
  const steps = elements.find(({ tag }) => tag === SCHEDULED_STEPS);
  if (steps === undefined) return undefined;
  return isItems(steps.value) ? (steps.value[0] ?? []) : [];
}

/** An answer of several steps (PS3.4 §K.6.1.2.2 has one) is seen when each of them may be. */
function stepFacts(elements: readonly RawElement[]): readonly AnswerFacts[] {
  const steps = elements.find(({ tag }) => tag === SCHEDULED_STEPS);
  const items = steps !== undefined && isItems(steps.value) ? steps.value : [];
  if (items.length === 0) return [{}];
  return items.map((item) => {
    const [modalities, stations] = [valuesOf(item, MODALITY), valuesOf(item, STATION)];
    return { ...(modalities === undefined ? {} : { modalities }), ...(stations === undefined ? {} : { stations }) };
  });
}

/** Stands between an upstream and a device's query: an answer goes on once all of it has come and may be seen. */
export class SightedResponses implements ResponseUser {
  readonly #operation: DeviceOperation;
  readonly #query: SightedQuery;
  #held: { readonly command: Command; readonly isLast: boolean } | undefined;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(operation: DeviceOperation, query: SightedQuery) {
    this.#operation = operation;
    this.#query = query;
  }

  /** Answers go on whole: none is half on the wire. */
  readonly out: OutMessage | undefined = undefined;

  response(command: Command, isLast: boolean): void {
    if (!command.hasDataSet) return this.#operation.response(command, isLast);
    this.#held = { command, isLast };
    this.#parts = [];
    this.#bytes = 0;
  }

  dataSet(view: Uint8Array, isLast: boolean): void {
    this.#bytes += view.byteLength;
    if (this.#bytes <= MOST_ANSWER_BYTES) this.#parts.push(Uint8Array.from(view));
    else this.#parts = [];
    if (isLast) this.#whole();
  }

  failed(why: Text): void {
    this.#operation.failed(why);
  }

  #whole(): void {
    const [held, operation] = [this.#held, this.#operation];
    this.#held = undefined;
    if (held === undefined) return;
    const { command, isLast } = held;
    // The last response of a query has no identifier (PS3.7 §9.3.2.2): one that has says nothing we know how to judge.
    if (isLast) return operation.response({ ...command, hasDataSet: false }, true);
    const shown = this.#bytes > MOST_ANSWER_BYTES ? undefined : this.#query.shown(Buffer.concat(this.#parts));
    if (shown === undefined) {
      operation.withheld += 1;
      return;
    }
    operation.response(command, false);
    operation.dataSet(shown, true);
  }
}
