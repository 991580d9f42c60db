import { type RefObject, useEffect, useRef } from 'react';
import css from './settings.module.css';

const LINE_PX = 20;

interface EditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (to: string) => void;
  /** Lines with a problem, from 1. */
  readonly wrong: ReadonlySet<number>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Puts the cursor on a line, in sight. @param line from 1 */
export function goToLine(field: HTMLTextAreaElement, line: number): void {
  const before = field.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  const end = field.value.indexOf('\n', start);
  field.focus();
  field.setSelectionRange(start, end === -1 ? field.value.length : end);
  field.scrollTop = Math.max(0, (line - 4) * LINE_PX);
}

/** A text field with line numbers: keyboard, screen reader and undo as the browser has them. */
export function Editor({ label, value, onChange, wrong, field }: EditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const count = value.split('\n').length;
  useEffect(() => {
    const area = field.current;
    const follow = () => {
      if (gutter.current !== null && area !== null) gutter.current.scrollTop = area.scrollTop;
    };
    area?.addEventListener('scroll', follow, { passive: true });
    return () => area?.removeEventListener('scroll', follow);
  }, [field]);
  return (
    <div className={css.editor}>
      <div className={css.gutter} ref={gutter} aria-hidden="true">
        {Array.from({ length: count }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: line numbers are their places.
          <div key={index} data-wrong={wrong.has(index + 1)}>
            {index + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={field}
        className={css.text}
        aria-label={label}
        aria-invalid={wrong.size > 0}
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}
