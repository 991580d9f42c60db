import { type ElementHead, formatTag, type Tag } from '@leadglass/dicom';

/** Deeper paths are shortened in the middle, as findings write them. */
const SHOWN_LEVELS = 12;

/** Where the rewriting stands: the sequences and items around the current element. Paths are written as findings write them. */
export class Place {
  readonly #sequences: Tag[] = [];
  readonly #items: number[] = [];

  /** Items around the current element. */
  get depth(): number {
    return this.#items.length;
  }

  sequence(head: ElementHead): void {
    this.#sequences.push(head.tag);
  }

  item(index: number): void {
    this.#items.push(index);
  }

  itemEnd(): void {
    this.#items.pop();
  }

  sequenceEnd(): void {
    this.#sequences.pop();
  }

  /** The sequence of the top level that holds the current element; the element itself when it stands there. */
  top(tag: Tag): Tag {
    return this.#sequences[0] ?? tag;
  }

  /** Path of the element `tag` at the current place: `(0040,A730)[2]/(0008,0100)`. */
  path(tag: Tag): string {
    const levels = this.#items.map((item, at) => `${formatTag(this.#sequences[at] ?? 0)}[${item}]`);
    levels.push(formatTag(tag));
    if (levels.length > SHOWN_LEVELS) levels.splice(SHOWN_LEVELS / 2, levels.length - SHOWN_LEVELS, LEFT_OUT);
    return levels.join('/');
  }
}

/** One step of a path: a tag, and which item of it the next step is in. */
export interface Step {
  readonly tag: Tag;
  readonly item: number | undefined;
}

/** What stands for the levels a shortened path leaves out. */
const LEFT_OUT = '…';
const GAP: Step = { tag: 0, item: undefined };

const STEP = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:\[([0-9]{1,9})\])?$/;

/**
 * The steps of a finding's path; undefined when it is empty or no path. A shortened one has a gap, and means every element that is
 * written so.
 */
export function stepsOf(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const part of path.split('/')) {
    if (part === LEFT_OUT) {
      steps.push(GAP);
      continue;
    }
    const match = STEP.exec(part);
    if (match === null) return undefined;
    const tag = Number.parseInt(`${match[1]}${match[2]}`, 16);
    steps.push({ tag, item: match[3] === undefined ? undefined : Number(match[3]) });
  }
  return steps;
}

/** The path that these steps spell, the last one naming an element and no item. */
export function pathOf(steps: readonly Step[]): string {
  const last = steps.length - 1;
  const written = ({ tag, item }: Step, at: number): string =>
    tag === GAP.tag ? LEFT_OUT : formatTag(tag) + (at < last ? `[${item ?? 0}]` : '');
  return steps.map(written).join('/');
}
