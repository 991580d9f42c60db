import type { ElementHead, Irregularity, Tag, TokenHandler } from '@leadglass/dicom';
import { text } from '@leadglass/kit';
import type { Finding, Verdict } from '@leadglass/model';
import { Beginning } from './beginning.ts';
import { DEFAULT_FINDING_LIMITS, FindingBox, type FindingLimits } from './findings.ts';
import { FIRST_INSPECTORS } from './first-inspectors.ts';
import { Guard, type Method } from './guard.ts';
import { IdentityCollector, type ObjectIdentity } from './identity.ts';
import type { FindingKind, InspectorMaker, ObjectContext, Scene } from './inspector.ts';
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
  readonly #all: readonly Guard[];
  readonly #on: Listeners;
  readonly #unfinished = new Set<string>();
  #isEnded = false;

  constructor(options: InspectionOptions) {
    this.context = options.context;
    this.#box = options.box ?? new FindingBox(options.limits ?? DEFAULT_FINDING_LIMITS);
    this.#all = this.#guardsOf(options.inspectors ?? FIRST_INSPECTORS);
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
    for (const one of this.#on.raw) one.raw(bytes);
  }

  /** The object will not be completed: late work that was begun is taken back. */
  discard(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const one of this.#all) one.discard();
  }

  /** Ends the inspection: inspectors say their last word. To be called once, after the reader's own end. */
  end(): InspectionResult {
    if (!this.#isEnded) {
      this.#isEnded = true;
      for (const one of this.#on.end) one.end();
    }
    const { verdict, findings, counted } = this.#box;
    return { verdict, findings, counted, identity: this.#identity.identity, unfinished: [...this.#unfinished] };
  }

  /** The same, once late work is done too. */
  async settled(): Promise<InspectionResult> {
    this.end();
    const late = this.#all.map((one) => one.settle()).filter((one) => one !== undefined);
    if (late.length > 0) await Promise.all(late);
    return this.end();
  }

  #guardsOf(makers: readonly InspectorMaker[]): Guard[] {
    const guards: Guard[] = [];
    for (const make of makers) {
      try {
        guards.push(new Guard(make(this), this.#failed));
      } catch {
        this.#failed(make.name);
      }
    }
    return guards;
  }

  // What it threw is not told: it may hold bytes of the object.
  readonly #failed = (name: string): void => {
    this.#unfinished.add(name);
    this.find(INSPECTOR_FAILED);
  };

  element(head: ElementHead): void {
    this.#where.element(head);
    this.#beginning.begin(head);
    for (const one of this.#on.element) one.element(head);
  }

  value(bytes: Uint8Array): void {
    this.#beginning.push(bytes);
    for (const one of this.#on.value) one.value(bytes);
  }

  elementEnd(): void {
    const { head, bytes } = this.#beginning;
    this.#identity.beginning(head, bytes);
    for (const one of this.#on.beginning) one.beginning(head, bytes);
    for (const one of this.#on.elementEnd) one.elementEnd();
    this.#beginning.close();
  }

  sequence(head: ElementHead): void {
    this.#where.sequence(head);
    for (const one of this.#on.sequence) one.sequence(head);
  }

  item(index: number, length: number, offset: number): void {
    this.#where.item(index, offset);
    for (const one of this.#on.item) one.item(index, length, offset);
  }

  itemEnd(): void {
    for (const one of this.#on.itemEnd) one.itemEnd();
    this.#where.itemEnd();
  }

  sequenceEnd(): void {
    this.#where.sequenceEnd();
    for (const one of this.#on.sequenceEnd) one.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    this.#where.element(head);
    for (const one of this.#on.fragments) one.fragments(head);
  }

  fragment(index: number, length: number, offset: number): void {
    for (const one of this.#on.fragment) one.fragment(index, length, offset);
  }

  fragmentEnd(): void {
    for (const one of this.#on.fragmentEnd) one.fragmentEnd();
  }

  fragmentsEnd(): void {
    for (const one of this.#on.fragmentsEnd) one.fragmentsEnd();
  }

  irregularity(irregularity: Irregularity): void {
    for (const one of this.#on.irregularity) one.irregularity(irregularity);
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

type Listeners = { readonly [M in Method]: readonly Guard[] };

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
  'end',
];

/** By method, who is to be called for it. */
function listenersOf(guards: readonly Guard[]): Listeners {
  const on = Object.fromEntries(METHODS.map((method) => [method, [] as Guard[]])) as Record<Method, Guard[]>;
  for (const guard of guards) {
    for (const method of METHODS) if (guard.has(method)) on[method].push(guard);
  }
  return on;
}
