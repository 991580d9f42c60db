import type { ElementHead } from '@leadglass/dicom';
import { text } from '@leadglass/kit';
import type { FindingKind, Inspector, InspectorMaker, Scene } from './inspector.ts';
import { kind } from './kind.ts';

/** What the frame says of an inspector that failed (a test holds the two together: the frame imports us). */
export const MEMBER_FAILED: FindingKind = kind(
  'inspection',
  'inspector-failed',
  'information',
  '',
  text(
    'Un des contrôles a échoué sur cet objet et n’a pas pu aller au bout ; les autres ont été menés.',
    'One of the checks failed on this object and could not be completed; the others were carried out.',
  ),
);

/** An inspector that looks at the elements of few groups alone. */
export interface Grouped {
  /** Whether it looks at this group (0x0028). Asked once for each group there is. */
  readonly looksAt: (group: number) => boolean;
  readonly make: InspectorMaker;
}

const GROUPS = 0x10000;
/** Bits of a mask. */
const MOST_MEMBERS = 8;

/**
 * One inspector made of several that look at few groups alone: most elements of an object are none of theirs, and cost one look into
 * a table instead of two calls for each. They stay apart: one that fails is switched off and named, the others go on.
 * @param members at most 8; of elements and fragments they are told of their own groups alone, of items and their ends always.
 */
export function byGroup(name: string, members: readonly Grouped[]): InspectorMaker {
  const masks = masksOf(members.slice(0, MOST_MEMBERS));
  const maker: InspectorMaker = (scene) => ({ name, ...dispatch(masks, new Members(scene, members)) });
  return Object.defineProperty(maker, 'name', { value: name });
}

function masksOf(members: readonly Grouped[]): Uint8Array {
  const masks = new Uint8Array(GROUPS);
  for (let group = 0; group < GROUPS; group += 1) {
    for (const [at, { looksAt }] of members.entries())
      if (looksAt(group)) masks[group] = (masks[group] ?? 0) | (1 << at);
  }
  return masks;
}

/** What members may be told, by the name of the method. */
const METHODS = [
  ...(['element', 'value', 'beginning', 'elementEnd', 'sequence', 'item', 'itemEnd', 'sequenceEnd'] as const),
  ...(['fragments', 'fragment', 'fragmentEnd', 'fragmentsEnd', 'end'] as const),
];
type Method = (typeof METHODS)[number];

/** The members of one object, the failed ones left out. */
class Members {
  readonly #scene: Scene;
  readonly #each: (Inspector | undefined)[];
  /** By method, the bits of the members that have it. */
  readonly having: Readonly<Record<Method, number>>;

  constructor(scene: Scene, members: readonly Grouped[]) {
    this.#scene = scene;
    this.#each = members.map(({ make }) => this.#made(make));
    const bitsOf = (method: Method): number =>
      this.#each.reduce((bits, one, at) => (one?.[method] === undefined ? bits : bits | (1 << at)), 0);
    this.having = Object.fromEntries(METHODS.map((method) => [method, bitsOf(method)])) as Record<Method, number>;
  }

  /** Calls those whose bit is set. */
  call(mask: number, act: (inspector: Inspector) => void): void {
    for (let at = 0, left = mask; left !== 0 && at < this.#each.length; at += 1, left >>>= 1) {
      const inspector = this.#each[at];
      if ((left & 1) === 0 || inspector === undefined) continue;
      try {
        act(inspector);
      } catch {
        this.#each[at] = undefined;
        this.#failed(inspector.name);
      }
    }
  }

  #made(make: InspectorMaker): Inspector | undefined {
    try {
      return make(this.#scene);
    } catch {
      this.#failed(make.name);
      return undefined;
    }
  }

  #failed(inspector: string): void {
    this.#scene.unfinished({ ...MEMBER_FAILED, inspector });
  }
}

function dispatch(masks: Uint8Array, members: Members): Omit<Inspector, 'name' | 'settle'> {
  const { having } = members;
  const maskOf = (head: ElementHead): number => masks[head.tag >>> 16] ?? 0;
  /** Of the element or fragments that stand open. */
  let open = 0;
  const tell = (mask: number, act: (inspector: Inspector) => void): void => {
    if (mask !== 0) members.call(mask, act);
  };
  return {
    element(head): void {
      open = maskOf(head);
      tell(open & having.element, (one) => one.element?.(head));
    },
    value: (bytes) => tell(open & having.value, (one) => one.value?.(bytes)),
    beginning: (head, bytes) => tell(open & having.beginning, (one) => one.beginning?.(head, bytes)),
    elementEnd(): void {
      tell(open & having.elementEnd, (one) => one.elementEnd?.());
      open = 0;
    },
    fragments(head): void {
      open = maskOf(head);
      tell(open & having.fragments, (one) => one.fragments?.(head));
    },
    fragment: (index, length, offset) => tell(open & having.fragment, (one) => one.fragment?.(index, length, offset)),
    fragmentEnd: () => tell(open & having.fragmentEnd, (one) => one.fragmentEnd?.()),
    fragmentsEnd(): void {
      tell(open & having.fragmentsEnd, (one) => one.fragmentsEnd?.());
      open = 0;
    },
    sequence: (head) => tell(maskOf(head) & having.sequence, (one) => one.sequence?.(head)),
    item: (index, length, offset) => tell(having.item, (one) => one.item?.(index, length, offset)),
    itemEnd: () => tell(having.itemEnd, (one) => one.itemEnd?.()),
    sequenceEnd: () => tell(having.sequenceEnd, (one) => one.sequenceEnd?.()),
    end: () => tell(having.end, (one) => one.end?.()),
  };
}
