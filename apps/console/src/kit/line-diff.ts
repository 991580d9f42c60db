/** A line of two texts laid over each other. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
  /** Line number in the text it is in (the newer one for `same`), from 1. */
  readonly line: number;
}

/** Over this many pairs of lines the middle is shown as gone and new, whole: nothing that grows with the square is done with more. */
const MOST_PAIRS = 4_000_000;

/** Length of the longest common beginning. */
function commonStart(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

/** Longest common run of what follows each pair of places; row `i`, column `j` at `i * (b.length + 1) + j`. */
function lengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const right = table[i * width + j + 1] ?? 0;
      const below = table[(i + 1) * width + j] ?? 0;
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(right, below);
    }
  }
  return table;
}

function middle(a: readonly string[], b: readonly string[], start: number): DiffLine[] {
  const gone = (i: number): DiffLine => ({ kind: 'gone', text: a[i] ?? '', line: start + i + 1 });
  const added = (j: number): DiffLine => ({ kind: 'new', text: b[j] ?? '', line: start + j + 1 });
  if (a.length * b.length > MOST_PAIRS) return [...a.map((_, i) => gone(i)), ...b.map((_, j) => added(j))];
  const table = lengths(a, b);
  const width = b.length + 1;
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ kind: 'same', text: b[j] ?? '', line: start + j + 1 });
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
    ) {
      found.push(gone(i));
      i += 1;
    } else {
      found.push(added(j));
      j += 1;
    }
  }
  return found;
}

/** What changed from `before` to `after`, line by line. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const start = commonStart(a, b);
  const end = commonStart(a.slice(start).toReversed(), b.slice(start).toReversed());
  const same = (text: string, index: number): DiffLine => ({ kind: 'same', text, line: index + 1 });
  return [
    ...b.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end), start),
    ...b.slice(b.length - end).map((text, index) => same(text, b.length - end + index)),
  ];
}

/** The same with long unchanged stretches left out: `undefined` stands for one. @param around unchanged lines kept beside a change */
export function onlyChanges(lines: readonly DiffLine[], around = 3): readonly (DiffLine | undefined)[] {
  const isNear = lines.map(() => false);
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let at = Math.max(0, index - around); at <= Math.min(lines.length - 1, index + around); at += 1)
      isNear[at] = true;
  }
  const kept: (DiffLine | undefined)[] = [];
  for (const [index, line] of lines.entries()) {
    if (isNear[index] === true) kept.push(line);
    else if (kept.length === 0 || kept.at(-1) !== undefined) kept.push(undefined);
  }
  return kept;
}
