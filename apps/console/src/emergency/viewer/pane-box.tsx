import type { ChartStudyAnswer } from '@leadglass/contract';
import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import { dayIn } from '../../journey/search-box.tsx';
import { useFormat, useWords } from '../../words/index.ts';
import { Pane, type Shown, type Tool } from './pane.ts';
import { usePictures, useSeries, useStack } from './use-stack.ts';
import css from './viewer.module.css';
import { VIEWER } from './words.ts';

export interface PaneBoxProps {
  readonly study: ChartStudyAnswer;
  readonly label: string;
  readonly tool: Tool;
  /** Number of the series, and of the picture in it, from 0. */
  readonly seriesAt: number;
  readonly at: number;
  readonly onStep: (by: number) => void;
  readonly onGoTo: (at: number) => void;
  readonly onSeries: (at: number) => void;
  /** What there is to go through, once it is known. */
  readonly onCounts: (series: number, pictures: number, modality: string) => void;
  readonly onTouched: () => void;
  /** Where whoever owns the box reaches its pane. */
  readonly pane: RefObject<Pane | null>;
}

const NOTHING_YET: Shown = { window: undefined, zoom: 1, lengths: [] };

/** One study on one canvas, with what it is around it. */
export function PaneBox(props: PaneBoxProps) {
  const { study, label, seriesAt, at, pane, onCounts, onTouched } = props;
  const words = useWords(VIEWER);
  const series = useSeries(study.studyInstanceUid);
  const chosen = series.data?.[seriesAt];
  const pictures = usePictures(study.studyInstanceUid, chosen);
  const { canvas, shown, value } = usePane(props);
  const stack = useStack(study.studyInstanceUid, chosen, pictures.data, at, pane);
  const count = pictures.data?.length ?? 0;
  useEffect(
    () => onCounts(series.data?.length ?? 0, count, chosen?.modality ?? ''),
    [onCounts, series.data, count, chosen],
  );
  const isEmpty = series.data?.length === 0;
  const failure = series.isError || pictures.isError ? words.failed : undefined;
  return (
    <section className={css.pane} aria-label={label} onPointerDown={onTouched}>
      <PaneHead {...props} series={series.data ?? []} />
      <div className={css.stage}>
        <canvas ref={canvas} className={css.canvas} role="img" aria-label={words.of(at + 1, count)} />
        <Overlay stack={stack} shown={shown} value={value} at={at} count={count} />
        <p className={css.said} role="status">
          {failure ?? (isEmpty ? words.empty : stack.state === 'shown' ? '' : words[stack.state])}
        </p>
      </div>
      <Slider {...props} count={count} />
    </section>
  );
}

/** The pane of this box, made with its canvas and closed with it. */
function usePane({ tool, onStep, pane }: PaneBoxProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState(NOTHING_YET);
  const [value, setValue] = useState<number>();
  const step = useRef(onStep);
  step.current = onStep;
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = new Pane(canvas.current, { onStep: (by) => step.current(by), onShown: setShown, onValue: setValue });
    pane.current = made;
    return () => {
      made.close();
      pane.current = null;
    };
  }, [pane]);
  useEffect(() => {
    if (pane.current !== null) pane.current.tool = tool;
  }, [pane, tool]);
  return { canvas, shown, value };
}

type Known = NonNullable<ReturnType<typeof useSeries>['data']>;

function PaneHead({ study, label, seriesAt, onSeries, series }: PaneBoxProps & { readonly series: Known }) {
  const words = useWords(VIEWER);
  const format = useFormat();
  const id = useId();
  const { studyDate, modalities, description } = study;
  return (
    <div className={css.paneHead}>
      <strong>{label}</strong>
      <span>
        {[dayIn(studyDate, format.date), modalities.join(' '), description].filter((each) => each !== '').join(' · ')}
      </span>
      <label htmlFor={id} className={css.unseen}>{`${words.series}, ${label}`}</label>
      <select id={id} value={seriesAt} onChange={(event) => onSeries(Number(event.currentTarget.value))}>
        {series.map(({ uid, modality, number, description: name, objects }, place) => (
          <option key={uid} value={place}>
            {`${modality} ${number} ${name === '' ? words.noName : name} (${objects})`}
          </option>
        ))}
      </select>
    </div>
  );
}

interface OverlayProps {
  readonly stack: ReturnType<typeof useStack>;
  readonly shown: Shown;
  readonly value: number | undefined;
  readonly at: number;
  readonly count: number;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** What is written over the image: sides, position, window, zoom, what lies under the pointer, lengths. */
function Overlay({ stack: { frame }, shown, value, at, count }: OverlayProps) {
  const words = useWords(VIEWER);
  if (frame === undefined) return null;
  const { edges, spacing } = frame;
  const isMade = 'picture' in frame.shown;
  const length = shown.lengths.at(-1);
  const scale = spacing === undefined ? words.inPixels : spacing.at === 'detector' ? words.atDetector : undefined;
  return (
    <div className={css.overlay}>
      {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
        <span key={side} className={`${css.edge} ${css[side]}`} aria-hidden="true">
          {edges[side]}
        </span>
      ))}
      <p className={css.facts}>
        <span>{words.of(at + 1, count)}</span>
        {shown.window === undefined ? null : (
          <span>{words.level(round(shown.window.center), round(shown.window.width))}</span>
        )}
        {shown.zoom === 1 ? null : <span>{words.zoom(shown.zoom.toFixed(1))}</span>}
        {isMade ? <span>{words.made}</span> : null}
        {value === undefined ? null : <span>{words.value(round(value))}</span>}
        {length === undefined ? null : (
          <span>
            {words.length(length.value.toFixed(1), length.unit)}
            {scale === undefined ? '' : ` (${scale})`}
          </span>
        )}
      </p>
    </div>
  );
}

function Slider({ label, at, count, onGoTo }: PaneBoxProps & { readonly count: number }) {
  const words = useWords(VIEWER);
  return (
    <input
      type="range"
      className={css.slider}
      aria-label={`${words.position}, ${label}`}
      min={1}
      max={Math.max(1, count)}
      value={Math.min(at + 1, Math.max(1, count))}
      disabled={count < 2}
      onChange={(event) => onGoTo(Number(event.currentTarget.value) - 1)}
    />
  );
}
