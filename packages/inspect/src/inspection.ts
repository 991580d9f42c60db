import type { ElementHead, Irregularity, Tag, TokenHandler } from '@leadglass/dicom';
import { text } from '@leadglass/kit';
import type { Finding, Verdict } from '@leadglass/model';
import { Beginning } from './beginning.ts';
import { DEFAULT_FINDING_LIMITS, FindingBox, type FindingLimits } from './findings.ts';
import { FIRST_INSPECTORS } from './first-inspectors.ts';
import { IdentityCollector, type ObjectIdentity } from './identity.ts';
import type { FindingKind, Inspector, InspectorMaker, ObjectContext, Scene } from './inspector.ts';
import { kind } from './kind.ts';
import { Where } from './where.ts';

/** What inspection says of one object. */
export interface InspectionResult {
  readonly verdict: Verdict;
  /** Bounded; the gravest are kept. */
  readonly findings: readonly Finding[];
  /** How often each code was reported, kept or not. */
  readonly counted: Readonly<Record<string, number>>;
  readonly identity: ObjectIdentity;
  /** Names of the inspectors that could not finish: the object is not wholly looked at, and policy decides by flow. Empty as a rule. */
  readonly unfinished: readonly string[];
}

export interface InspectionOptions {
  readonly context: ObjectContext;
  /** Default: FIRST_INSPECTORS. */
  readonly inspectors?: readonly InspectorMaker[];
  readonly limits?: FindingLimits;
  /** Findings go there instead of a box of its own: for a file, whose preamble and meta are looked at before. */
  readonly box?: FindingBox;
}

/**
 * One object under inspection: a TokenHandler that hands every token to the inspectors that ask for it, keeps the path, and boxes findings.
 * Nothing of the object is kept beyond short values, and a piece of pixel data costs one call that returns at once.
 */
export class Inspection implements TokenHandler, Scene {
  readonly context: ObjectContext;
  readonly #box: FindingBox;
  readonly #where = new Where();
  readonly #identity = new IdentityCollector();
  readonly #beginning = new Beginning();
  readonly #all: readonly Inspector[];
  readonly #on: Listeners;
  readonly #unfinished = new Set<string>();
  #isEnded = false;

  constructor(options: InspectionOptions) {
    this.context = options.context;
    this.#box = options.box ?? new FindingBox(options.limits ?? DEFAULT_FINDING_LIMITS);
    this.#all = (options.inspectors ?? FIRST_INSPECTORS).flatMap((make) => this.#made(make));
    this.#on = listenersOf(this.#all);
  }

  find(kind: FindingKind, at: { readonly path?: string; readonly offset?: number } = {}): void {
    const { inspector, code, severity, cites } = kind;
    const place = { path: at.path ?? this.#where.path(), offset: at.offset ?? this.#where.offset };
    this.#box.add({ inspector, code, severity, ...place, text: kind.text, cites });
  }

  findTag(kind: FindingKind, tag: Tag, offset: number): void {
    this.find(kind, { path: this.#where.path(tag), offset });
  }

  unfinished(kind: FindingKind): void {
    this.#unfinished.add(kind.inspector);
    this.find(kind);
  }

  path(): string {
    return this.#where.path();
  }

  /** The next bytes of the object, for those who look at it as a file. To be called before they are read. */
  raw(bytes: Uint8Array): void {
    for (const listen of this.#on.raw) listen(bytes);
  }

  /** The object will not be completed: late work that was begun is taken back. */
  discard(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const inspector of this.#all) inspector.discard?.();
  }

  /** Ends the inspection: inspectors say their last word. To be called once, after the reader's own end. */
  end(): InspectionResult {
    if (!this.#isEnded) {
      this.#isEnded = true;
      for (const inspector of this.#all) inspector.end?.();
    }
    const { verdict, findings, counted } = this.#box;
    return { verdict, findings, counted, identity: this.#identity.identity, unfinished: [...this.#unfinished] };
  }

  /** The same, once late work is done too. */
  async settled(): Promise<InspectionResult> {
    this.end();
    await Promise.all(this.#all.map((inspector) => inspector.settle?.()));
    return this.end();
  }

  #made(make: InspectorMaker): Inspector[] {
    try {
      const inspector = make(this);
      return [guarded(inspector, () => this.#failed(inspector.name))];
    } catch {
      this.#failed(make.name);
      return [];
    }
  }

  // What it threw is not told: it may hold bytes of the object.
  #failed(name: string): void {
    this.#unfinished.add(name);
    this.find(INSPECTOR_FAILED);
  }

  element(head: ElementHead): void {
    this.#where.element(head);
    this.#beginning.begin(head);
    for (const listen of this.#on.element) listen(head);
  }

  value(bytes: Uint8Array): void {
    this.#beginning.push(bytes);
    for (const listen of this.#on.value) listen(bytes);
  }

  elementEnd(): void {
    const { head, bytes } = this.#beginning;
    this.#identity.beginning(head, bytes);
    for (const listen of this.#on.beginning) listen(head, bytes);
    for (const listen of this.#on.elementEnd) listen();
    this.#beginning.close();
  }

  sequence(head: ElementHead): void {
    this.#where.sequence(head);
    for (const listen of this.#on.sequence) listen(head);
  }

  item(index: number, length: number, offset: number): void {
    this.#where.item(index, offset);
    for (const listen of this.#on.item) listen(index, length, offset);
  }

  itemEnd(): void {
    for (const listen of this.#on.itemEnd) listen();
    this.#where.itemEnd();
  }

  sequenceEnd(): void {
    this.#where.sequenceEnd();
    for (const listen of this.#on.sequenceEnd) listen();
  }

  fragments(head: ElementHead): void {
    this.#where.element(head);
    for (const listen of this.#on.fragments) listen(head);
  }

  fragment(index: number, length: number, offset: number): void {
    for (const listen of this.#on.fragment) listen(index, length, offset);
  }

  fragmentEnd(): void {
    for (const listen of this.#on.fragmentEnd) listen();
  }

  fragmentsEnd(): void {
    for (const listen of this.#on.fragmentsEnd) listen();
  }

  irregularity(irregularity: Irregularity): void {
    for (const listen of this.#on.irregularity) listen(irregularity);
  }
}

/** A fault of ours in one inspector: it says nothing more of this object, and the others nothing less (INSPECT-94). */
export const INSPECTOR_FAILED: FindingKind = kind(
  'inspection',
  'inspector-failed',
  'information',
  '',
  text(
    'Un des contrôles a échoué sur cet objet et n’a pas pu aller au bout ; les autres ont été menés.',
    'One of the checks failed on this object and could not be completed; the others were carried out.',
  ),
);

type Method = keyof TokenHandler | 'beginning' | 'raw';
type Listeners = { readonly [M in Method]: readonly NonNullable<Inspector[M]>[] };

const METHODS: readonly Method[] = [
  'element',
  'value',
  'elementEnd',
  'sequence',
  'item',
  'itemEnd',
  'sequenceEnd',
  'fragments',
  'fragment',
  'fragmentEnd',
  'fragmentsEnd',
  'irregularity',
  'beginning',
  'raw',
];

/** `inspector`, whose first throw is its last: `failed` is called once, and it is not called again. */
function guarded(inspector: Inspector, failed: () => void): Inspector {
  let isOff = false;
  const off = (): void => {
    if (isOff) return;
    isOff = true;
    failed();
    discard();
  };
  const discard = (): void => withoutThrow(() => inspector.discard?.());
  const safe: Record<string, unknown> = { name: inspector.name, discard };
  for (const method of [...METHODS, 'end'] as const) {
    const call = inspector[method]?.bind(inspector) as ((a: unknown, b: unknown, c: unknown) => void) | undefined;
    if (call === undefined) continue;
    safe[method] = (a: unknown, b: unknown, c: unknown) => {
      if (isOff) return;
      try {
        call(a, b, c);
      } catch {
        off();
      }
    };
  }
  const settle = inspector.settle?.bind(inspector);
  if (settle !== undefined) safe.settle = async () => (isOff ? undefined : await settle().catch(off));
  return safe as Inspector;
}

function withoutThrow(act: () => void): void {
  try {
    act();
  } catch {
    // What is given up was given up.
  }
}

/** The methods are closures already: nothing is to be bound. */
function listenersOf(inspectors: readonly Inspector[]): Listeners {
  const on = Object.fromEntries(METHODS.map((method) => [method, [] as unknown[]]));
  for (const inspector of inspectors) {
    for (const method of METHODS) if (inspector[method] !== undefined) on[method]?.push(inspector[method]);
  }
  return on as unknown as Listeners;
}
