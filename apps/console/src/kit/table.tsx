import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useWords } from '../words/index.ts';
import css from './kit.module.css';
import { KIT } from './words.ts';

/** One column. `width`: as CSS grid writes it (`120px`, `minmax(160px, 1fr)`). */
export interface Column<T> {
  readonly id: string;
  readonly title: string;
  readonly width: string;
  readonly isEnd?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Height of the frame, pixels, once the rows do not fit. */
  readonly height?: number;
  readonly rowHeight?: number;
  /** Called when the end comes near: the next page of rows. */
  readonly onNearEnd?: () => void;
  /** What stands in place of rows. */
  readonly empty?: ReactNode;
}

/** How many rows are printed: more is an export's matter. */
const MOST_PRINTED = 2000;
const OVERSCAN = 12;

/** Whether the page is being printed: what is not drawn is not on the paper. */
function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  return isPrinting;
}

function Row<T>({ columns, row, template }: { columns: readonly Column<T>[]; row: T; template: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by the scroller, which a table's own layout does not allow.
    // biome-ignore lint/a11y/useFocusableInteractive: a row of a table is not operated.
    <div role="row" className={css.row} style={{ gridTemplateColumns: template }}>
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as its row.
        <div role="cell" key={column.id} className={column.isEnd === true ? css.end : undefined}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A table that draws only the rows in sight: a million of them scroll. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, rows, height = 560, rowHeight = 40, empty } = props;
  // In the state, not in a ref: the rows are drawn once there is something they can scroll in.
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const words = useWords(KIT);
  const template = columns.map(({ width }) => width).join(' ');
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <section
      className={css.tableFrame}
      ref={setFrame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      style={{ maxHeight: height }}
      aria-label={words.scrollable(label)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see Row. */}
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} className={css.table}>
        {/* biome-ignore lint/a11y/useSemanticElements: see Row. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a row of a table is not operated. */}
        <div
          role="row"
          aria-rowindex={1}
          className={`${css.row} ${css.headRow}`}
          style={{ gridTemplateColumns: template }}
        >
          {columns.map((column) => (
            // biome-ignore lint/a11y/useSemanticElements: see Row.
            // biome-ignore lint/a11y/useFocusableInteractive: not operated.
            <div role="columnheader" key={column.id} className={column.isEnd === true ? css.end : undefined}>
              {column.title}
            </div>
          ))}
        </div>
        <Rows {...props} frame={frame} template={template} rowHeight={rowHeight} />
      </div>
    </section>
  );
}

interface RowsProps<T> extends DataTableProps<T> {
  readonly frame: HTMLElement | null;
  readonly template: string;
  readonly rowHeight: number;
}

function Rows<T>({ columns, rows, keyOf, frame, template, rowHeight, onNearEnd }: RowsProps<T>) {
  const isPrinting = usePrinting();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - OVERSCAN) onNearEnd?.();
  }, [lastShown, rows.length, onNearEnd]);
  if (isPrinting) {
    return rows
      .slice(0, MOST_PRINTED)
      .map((row) => <Row key={keyOf(row)} columns={columns} row={row} template={template} />);
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Row.
    <div role="rowgroup" className={css.bodyRows} style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          <div
            role="presentation"
            key={keyOf(row)}
            ref={virtual.measureElement}
            data-index={item.index}
            className={css.placed}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Row columns={columns} row={row} template={template} />
          </div>
        );
      })}
    </div>
  );
}
