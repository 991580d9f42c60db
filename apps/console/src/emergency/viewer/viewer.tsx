import type { ChartStudyAnswer } from '@leadglass/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { presetsOf } from '../../images/light/present.ts';
import { dayIn } from '../../journey/search-box.tsx';
import { useFormat, useSay, useWords } from '../../words/index.ts';
import { type Acts, actOn } from './keys.ts';
import type { Pane, Tool } from './pane.ts';
import { PaneBox } from './pane-box.tsx';
import { priorsOf } from './priors.ts';
import { readAhead } from './use-stack.ts';
import { alongside } from './view.ts';
import css from './viewer.module.css';
import { VIEWER } from './words.ts';

interface ViewerProps {
  readonly study: ChartStudyAnswer;
  /** All of the patient's. */
  readonly studies: readonly ChartStudyAnswer[];
  /** The full viewer, where it is on this gateway. */
  readonly ohif: string | undefined;
}

/** Where one pane is. */
interface Side {
  readonly seriesAt: number;
  readonly at: number;
  readonly series: number;
  readonly pictures: number;
  readonly modality: string;
}

const AT_FIRST: Side = { seriesAt: 0, at: 0, series: 0, pictures: 0, modality: '' };
type Which = 'main' | 'prior';
const TOOLS: readonly Tool[] = ['window', 'scroll', 'pan', 'measure'];

/** Fingers leaf, a mouse changes the window: what each is used to. */
function firstTool(): Tool {
  return window.matchMedia('(pointer: coarse)').matches ? 'scroll' : 'window';
}

/** The images of one study, and beside them those of an earlier one. */
export function Viewer({ study, studies, ohif }: ViewerProps) {
  const words = useWords(VIEWER);
  const sides = useSides();
  const [tool, setTool] = useState(firstTool);
  const priors = priorsOf(study, studies);
  const [prior, setPrior] = useState<ChartStudyAnswer>();
  const panes = { main: useRef<Pane>(null), prior: useRef<Pane>(null) };
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.focus(), []);
  const client = useQueryClient();
  const ahead = sides.main.pictures > 0 ? priors[0]?.studyInstanceUid : undefined;
  useEffect(() => {
    // What fails ahead fails again, and is told, when it is asked for.
    if (ahead !== undefined) void readAhead(client, ahead).catch(() => undefined);
  }, [client, ahead]);
  const compare = (uid: string | undefined) => {
    setPrior(studies.find(({ studyInstanceUid }) => studyInstanceUid === uid));
    sides.restart('prior');
  };
  const [first] = priors;
  const acts = actsOf(sides, panes, setTool, () => compare(prior === undefined ? first?.studyInstanceUid : undefined));
  const onKey = (event: KeyboardEvent) => {
    const isField = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (!isField && actOn(event, acts)) event.preventDefault();
  };
  const boxOf = (which: Which) => ({ ...sides.propsOf(which), tool, pane: panes[which] });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys are for the viewer while the focus is in it, and nowhere else (WCAG 2.1.4).
    <div ref={root} className={css.viewer} role="application" aria-label={words.stage} tabIndex={0} onKeyDown={onKey}>
      <Bar tool={tool} acts={acts} modality={sides.main.modality} ohif={ohif}>
        <Compare priors={priors} prior={prior} onCompare={compare} sides={sides} />
      </Bar>
      <div className={prior === undefined ? css.panes : `${css.panes} ${css.two}`}>
        <PaneBox study={study} label={words.current} {...boxOf('main')} />
        {prior === undefined ? null : (
          <PaneBox key={prior.studyInstanceUid} study={prior} label={words.prior} {...boxOf('prior')} />
        )}
      </div>
      <p className={css.note}>{words.caution}</p>
      <details className={css.note}>
        <summary>{words.help}</summary>
        {words.helpText}
      </details>
    </div>
  );
}

/** Where both panes are, which one keys are for, and whether they go together. */
function useSides() {
  const [main, setMain] = useState(AT_FIRST);
  const [prior, setPrior] = useState(AT_FIRST);
  const [active, setActive] = useState<Which>('main');
  const [isLinked, setLinked] = useState(true);
  const now = useRef({ main, prior, isLinked });
  now.current = { main, prior, isLinked };
  const setOf = (which: Which) => (which === 'main' ? setMain : setPrior);
  const goTo = (which: Which, wanted: number) => {
    const side = now.current[which];
    const other: Which = which === 'main' ? 'prior' : 'main';
    const at = Math.max(0, Math.min(side.pictures - 1, wanted));
    // What comes before this is drawn counts from here.
    now.current = { ...now.current, [which]: { ...side, at } };
    setOf(which)((before) => ({ ...before, at }));
    if (now.current.isLinked && side.pictures > 1)
      setOf(other)((before) => ({ ...before, at: alongside(at, side.pictures, before.pictures) }));
  };
  const toSeries = (which: Which, wanted: number) =>
    setOf(which)((before) => ({ ...before, at: 0, seriesAt: Math.max(0, Math.min(before.series - 1, wanted)) }));
  const onMain = useCallback((series: number, pictures: number, modality: string) => {
    setMain((before) => ({ ...before, series, pictures, modality }));
  }, []);
  const onPrior = useCallback((series: number, pictures: number, modality: string) => {
    // Beside the other from the beginning, where both go together.
    const { main: beside, isLinked: isTogether } = now.current;
    setPrior((before) => {
      const isNew = before.pictures !== pictures && isTogether;
      const at = isNew ? alongside(beside.at, beside.pictures, pictures) : before.at;
      return { ...before, series, pictures, modality, at };
    });
  }, []);
  const propsOf = (which: Which) => ({
    ...{ seriesAt: now.current[which].seriesAt, at: now.current[which].at },
    onStep: (by: number) => goTo(which, now.current[which].at + by),
    onGoTo: (at: number) => goTo(which, at),
    onSeries: (at: number) => toSeries(which, at),
    onCounts: which === 'main' ? onMain : onPrior,
    onTouched: () => setActive(which),
  });
  return {
    ...{ main, prior, active, isLinked, setLinked, goTo, toSeries, propsOf },
    side: () => now.current[active],
    restart: (which: Which) => {
      setOf(which)(AT_FIRST);
      if (which === 'prior') setActive('main');
    },
  };
}

type Sides = ReturnType<typeof useSides>;
type Panes = Readonly<Record<Which, RefObject<Pane | null>>>;

function actsOf(sides: Sides, panes: Panes, setTool: (tool: Tool) => void, compare: () => void): Acts {
  const { active } = sides;
  const onPane = (act: (pane: Pane) => void): void => {
    const pane = panes[active].current;
    if (pane !== null) act(pane);
  };
  return {
    step: (by) => sides.goTo(active, sides.side().at + by),
    goTo: (end) => sides.goTo(active, end === 'first' ? 0 : sides.side().pictures - 1),
    series: (by) => sides.toSeries(active, sides.side().seriesAt + by),
    zoom: (factor) => onPane((pane) => pane.zoomBy(factor)),
    level: (width, level) => onPane((pane) => pane.windowBy(width, level)),
    tool: setTool,
    preset: (key) => {
      const found = presetsOf(sides.side().modality).find((each) => each.key === key);
      if (found !== undefined) onPane((pane) => pane.setWindow(found.window));
    },
    invert: () => onPane((pane) => pane.invert()),
    reset: () => onPane((pane) => pane.reset()),
    compare,
  };
}

interface BarProps {
  readonly tool: Tool;
  readonly acts: Acts;
  readonly modality: string;
  readonly ohif: string | undefined;
  readonly children: React.ReactNode;
}

function Bar({ tool, acts, modality, ohif, children }: BarProps) {
  const words = useWords(VIEWER);
  const say = useSay();
  const presets = presetsOf(modality);
  const [larger, smaller] = [1.25, 0.8];
  return (
    <div className={css.bar}>
      <fieldset className={css.group}>
        <legend className={css.unseen}>{words.tools}</legend>
        {TOOLS.map((each) => (
          <button key={each} type="button" aria-pressed={tool === each} onClick={() => acts.tool(each)}>
            {words[each]}
          </button>
        ))}
      </fieldset>
      {presets.length < 2 ? null : (
        <fieldset className={css.group}>
          <legend className={css.unseen}>{words.presets}</legend>
          {presets.map(({ key, text }) => (
            <button key={key} type="button" title={key} onClick={() => acts.preset(key)}>
              {say(text)}
            </button>
          ))}
        </fieldset>
      )}
      <div className={css.group}>
        <button type="button" aria-label={words.smaller} title={words.smaller} onClick={() => acts.zoom(smaller)}>
          −
        </button>
        <button type="button" aria-label={words.larger} title={words.larger} onClick={() => acts.zoom(larger)}>
          +
        </button>
        <button type="button" onClick={() => acts.invert()}>
          {words.invert}
        </button>
        <button type="button" onClick={() => acts.reset()}>
          {words.reset}
        </button>
      </div>
      {children}
      {ohif === undefined ? null : (
        <a className={css.away} href={ohif}>
          {words.ohif}
        </a>
      )}
    </div>
  );
}

interface CompareProps {
  readonly priors: readonly ChartStudyAnswer[];
  readonly prior: ChartStudyAnswer | undefined;
  readonly onCompare: (uid: string | undefined) => void;
  readonly sides: Sides;
}

function Compare({ priors, prior, onCompare, sides }: CompareProps) {
  const words = useWords(VIEWER);
  const format = useFormat();
  if (priors.length === 0) return null;
  const nameOf = ({ studyDate, modalities, description }: ChartStudyAnswer): string =>
    [dayIn(studyDate, format.date), modalities.join(' '), description].filter((each) => each !== '').join(' · ');
  return (
    <div className={css.group}>
      <label className={css.choice}>
        {words.compare}
        <select
          value={prior?.studyInstanceUid ?? ''}
          onChange={(event) => onCompare(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        >
          <option value="">{words.nothing}</option>
          {priors.map((each) => (
            <option key={each.studyInstanceUid} value={each.studyInstanceUid}>
              {nameOf(each)}
            </option>
          ))}
        </select>
      </label>
      {prior === undefined ? null : (
        <label className={css.choice}>
          <input
            type="checkbox"
            checked={sides.isLinked}
            onChange={(event) => sides.setLinked(event.currentTarget.checked)}
          />
          {words.linked}
        </label>
      )}
    </div>
  );
}
