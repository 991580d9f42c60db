import type { XmlElement } from './xml.ts';

/*
 * The narrative of a section (CDA R2 §4.3.5) as nouns of ours. Of its markup the meaning alone is kept: no style, no address, no picture, no script can come
 * through, whatever the document holds, since what draws it knows these nouns and no others. It nests no deeper than the reader of XML lets anything.
 */

export type Mark = 'strong' | 'em' | 'u' | 'sub' | 'sup' | 'del' | 'ins';
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  /** A picture that the document refers to. */
  | { readonly kind: 'picture' }
  | { readonly kind: 'mark'; readonly as: Mark; readonly children: readonly Inline[] };

export interface Cell {
  readonly isHead: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly blocks: readonly Block[];
}

export interface Row {
  readonly isHead: boolean;
  readonly cells: readonly Cell[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'caption'; readonly children: readonly Inline[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly rows: readonly Row[] };

const MOST_SPAN = 100;

const MARKS: Readonly<Record<string, Mark>> = { sub: 'sub', sup: 'sup' };
const STYLES: readonly (readonly [RegExp, Mark])[] = [
  [/\bBold\b/i, 'strong'],
  [/\b(?:Italics|Emphasis)\b/i, 'em'],
  [/\bUnderline\b/i, 'u'],
];

/** Blocks of a narrative, in order; text that stands between blocks is a paragraph. */
export function blocksOf(element: XmlElement): readonly Block[] {
  const blocks: Block[] = [];
  let line: Inline[] = [];
  const close = () => {
    if (line.some(isSaying)) blocks.push({ kind: 'paragraph', children: line });
    line = [];
  };
  for (const child of element.children) {
    const block = typeof child === 'string' ? undefined : BLOCKS[child.name]?.(child);
    if (block === undefined) for (const inline of inlinesOf(child)) line.push(inline);
    else {
      close();
      for (const each of block) blocks.push(each);
    }
  }
  close();
  return blocks;
}

function isSaying(inline: Inline): boolean {
  if (inline.kind === 'text') return inline.text.trim() !== '';
  return inline.kind === 'mark' ? inline.children.some(isSaying) : inline.kind === 'picture';
}

type Reader = (element: XmlElement) => readonly Block[];

const BLOCKS: Readonly<Record<string, Reader>> = {
  paragraph: blocksOf,
  caption: (element) => [{ kind: 'caption', children: allInlines(element) }],
  list: listOf,
  table: tableOf,
  footnote: blocksOf,
};

function listOf(element: XmlElement): readonly Block[] {
  const items = elementsOf(element).filter(({ name }) => name === 'item');
  const isOrdered = element.attributes.get('listType') === 'ordered';
  return [...captionsOf(element), { kind: 'list', isOrdered, items: items.map(blocksOf) }];
}

function tableOf(element: XmlElement): readonly Block[] {
  const rows = elementsOf(element).flatMap((part) => {
    if (part.name === 'tr') return [rowOf(part, false)];
    if (!['thead', 'tbody', 'tfoot'].includes(part.name)) return [];
    const isHead = part.name === 'thead';
    return elementsOf(part).flatMap((row) => (row.name === 'tr' ? [rowOf(row, isHead)] : []));
  });
  return [...captionsOf(element), { kind: 'table', rows }];
}

function rowOf(row: XmlElement, isHead: boolean): Row {
  const cells = elementsOf(row).filter(({ name }) => name === 'td' || name === 'th');
  return {
    isHead,
    cells: cells.map((cell) => ({
      isHead: cell.name === 'th',
      columns: spanOf(cell, 'colspan'),
      rows: spanOf(cell, 'rowspan'),
      blocks: blocksOf(cell),
    })),
  };
}

function spanOf(cell: XmlElement, name: 'colspan' | 'rowspan'): number {
  const span = Number(cell.attributes.get(name) ?? 1);
  return Number.isInteger(span) && span >= 1 && span <= MOST_SPAN ? span : 1;
}

function captionsOf(element: XmlElement): readonly Block[] {
  const captions = elementsOf(element).filter(({ name }) => name === 'caption');
  return captions.map((caption) => ({ kind: 'caption', children: allInlines(caption) }));
}

function elementsOf({ children }: XmlElement): readonly XmlElement[] {
  return children.filter((child) => typeof child !== 'string');
}

function allInlines({ children }: XmlElement): readonly Inline[] {
  return children.flatMap(inlinesOf);
}

/** Text with marks; of a link its words, of what is not known the text in it. */
function inlinesOf(child: XmlElement | string): readonly Inline[] {
  if (typeof child === 'string') return child === '' ? [] : [{ kind: 'text', text: child.replace(/\s+/g, ' ') }];
  if (child.name === 'br') return [{ kind: 'break' }];
  if (child.name === 'renderMultiMedia') return [{ kind: 'picture' }, ...allInlines(child)];
  return marksOf(child).reduceRight<readonly Inline[]>(
    (children, as) => [{ kind: 'mark', as, children }],
    allInlines(child),
  );
}

function marksOf({ name, attributes }: XmlElement): readonly Mark[] {
  const own = MARKS[name];
  const style = attributes.get('styleCode') ?? '';
  const revised = attributes.get('revised');
  return [
    ...(own === undefined ? [] : [own]),
    ...STYLES.filter(([pattern]) => pattern.test(style)).map(([, mark]) => mark),
    ...(revised === 'delete' ? ['del' as const] : revised === 'insert' ? ['ins' as const] : []),
  ];
}
