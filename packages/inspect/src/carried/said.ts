import type { FindingKind, ObjectContext, Scene } from '../inspector.ts';

/** Kinds kept until a content ends; what comes beyond is handed on at once. */
const MOST_KINDS = 64;

interface Said {
  readonly kind: FindingKind;
  readonly at: { readonly path?: string; readonly offset?: number } | undefined;
  readonly isUnfinished: boolean;
}

/**
 * The scene as eyes are given it. While a content is open, what they say is kept until it ends and each thing said once: the same in any
 * split, however deep it was packed. What stands outside the data set is at no path.
 */
export class SaidScene implements Scene {
  readonly context: ObjectContext;
  readonly #scene: Scene;
  readonly #said = new Map<string, Said>();
  #isOpen = false;
  /** Offset of what stands outside the data set; undefined when the content is an element's. */
  #outside: number | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.context = scene.context;
  }

  /** A content begins. @param outside its offset, when it is no element's. */
  open(outside?: number): void {
    this.#isOpen = true;
    this.#outside = outside;
  }

  /** The content is over: what was said of it is handed on. */
  close(): void {
    this.#isOpen = false;
    if (this.#said.size > 0) {
      for (const said of this.#said.values()) this.#tell(said);
      this.#said.clear();
    }
    this.#outside = undefined;
  }

  find(kind: FindingKind, at?: Said['at']): void {
    this.#take({ kind, at, isUnfinished: false });
  }

  findTag(kind: FindingKind, tag: number, offset: number): void {
    this.#scene.findTag(kind, tag, offset);
  }

  unfinished(kind: FindingKind): void {
    this.#take({ kind, at: undefined, isUnfinished: true });
  }

  path(): string {
    return this.#outside === undefined ? this.#scene.path() : '';
  }

  #take(said: Said): void {
    // Whoever fails says the same as others that do: a thing said is a code and who says it.
    const key = `${said.kind.inspector} ${said.kind.code}`;
    if (!this.#isOpen || this.#said.size >= MOST_KINDS) this.#tell(said);
    else if (!this.#said.has(key)) this.#said.set(key, said);
  }

  #tell({ kind, at, isUnfinished }: Said): void {
    const place = at ?? (this.#outside === undefined ? undefined : { path: '', offset: this.#outside });
    if (isUnfinished) this.#scene.unfinished(kind);
    else this.#scene.find(kind, place);
  }
}
