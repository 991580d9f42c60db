import type { FlowsAnswer } from '@leadglass/contract';
import { useNavigate } from '@tanstack/react-router';
import { type MouseEvent, memo, type ReactNode, useMemo, useRef } from 'react';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { countsOf, pageOf, rateOf, totalOf } from './flow-words.ts';
import {
  type FlowNode,
  idOf,
  MAP_WIDTH,
  NODE_WIDTH,
  type Place,
  type Placed,
  pathOf,
  place,
  signatureOf,
  thicknessOf,
  type Way,
  waysOf,
} from './layout.ts';
import css from './map.module.css';
import { NOW } from './words.ts';

const LONGEST_NAME = 27;

/** Laid out anew only when nodes come, go, or get into trouble. */
function usePlace(nodes: FlowsAnswer['nodes']): Place {
  const before = useRef<ReadonlySet<string>>(new Set());
  const signature = signatureOf(nodes);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the nodes; their counts change nothing.
  return useMemo(() => {
    const placed = place(nodes, before.current);
    before.current = new Set(placed.placed.filter(({ isGroup }) => !isGroup).map(({ id }) => id));
    return placed;
  }, [signature]);
}

function MapLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  const navigate = useNavigate();
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ to });
  };
  return (
    <a href={to} className={css.link} onClick={go}>
      {children}
    </a>
  );
}

function cut(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

interface NodeBoxProps {
  readonly box: Placed;
  readonly name: string;
  readonly state: FlowNode['state'];
  readonly note: string;
  readonly to: string;
}

const NodeBox = memo(function NodeBox({ box, name, state, note, to }: NodeBoxProps) {
  return (
    <MapLink to={to}>
      <rect className={css.box} data-state={state} x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <rect className={css.mark} data-state={state} x={box.x} y={box.y + 8} width={4} height={box.height - 16} rx={2} />
      <text className={css.name} x={box.x + 16} y={box.y + 19}>
        {`${cut(name)} `}
      </text>
      <text className={css.note} data-state={state} x={box.x + 16} y={box.y + 35}>
        {cut(note)}
      </text>
    </MapLink>
  );
});

function GatewayBox({ box, flows }: { readonly box: Placed; readonly flows: FlowsAnswer }) {
  const words = useWords(NOW);
  const format = useFormat();
  const middle = box.x + box.width / 2;
  const lines = [words.associations(flows.associations), `${format.bytes(flows.bytesPerSecond)}/s`];
  return (
    <MapLink to="/settings">
      <rect className={css.gateway} x={box.x} y={box.y} width={box.width} height={box.height} rx={14} />
      <path
        className={css.pane}
        d={`M${middle} ${box.y + 1}v${box.height - 2}M${box.x + 1} ${box.y + 74}h${box.width - 2}`}
      />
      <text className={css.gatewayName} x={middle} y={box.y + 30}>
        {`${words.gateway} `}
      </text>
      <text className={css.gatewayRate} x={middle} y={box.y + 68}>
        {`${words.perSecond(flows.objectsPerSecond)} `}
      </text>
      {lines.map((line, index) => (
        <text key={line} className={css.gatewayLine} x={middle} y={box.y + 100 + index * 22}>
          {`${line} `}
        </text>
      ))}
    </MapLink>
  );
}

interface WayLineProps {
  readonly d: string;
  readonly width: number;
  readonly state: 'quiet' | 'flowing' | 'refused' | 'waiting';
}

const WayLine = memo(function WayLine({ d, width, state }: WayLineProps) {
  return (
    <g className={css.way} data-state={state}>
      <path d={d} strokeWidth={width} className={css.bed} />
      {state === 'flowing' ? <path d={d} strokeWidth={Math.max(1.5, width / 2)} className={css.stream} /> : null}
    </g>
  );
});

function stateOf(way: Way): WayLineProps['state'] {
  if (way.refusals > 0 && way.objects === 0) return 'refused';
  if (way.waiting > 0 && way.objects === 0) return 'waiting';
  return way.objects + way.questions > 0 ? 'flowing' : 'quiet';
}

/** What is worth saying on a line: its rate, and what did not go through. Beside the outer box, where lines are apart. */
function WayLabel({ way, windowMs }: { readonly way: Way; readonly windowMs: number }) {
  const words = useWords(NOW);
  const format = useFormat();
  const outer = way.from.kind === 'gateway' ? way.to : way.from;
  const isLeft = outer.x < MAP_WIDTH / 2;
  const x = isLeft ? outer.x + outer.width + 10 : outer.x - 10;
  const rate =
    way.objects > 0 ? rateOf(format, way.objects, windowMs) : way.questions > 0 ? words.questions(way.questions) : '';
  const marks = [
    { kind: 'refused', text: way.refusals > 0 ? words.refusals(way.refusals) : '' },
    { kind: 'held', text: way.holds > 0 ? words.holds(way.holds) : '' },
    { kind: 'waiting', text: way.waiting > 0 ? words.waiting(way.waiting) : '' },
  ].filter(({ text }) => text !== '');
  return (
    <text className={css.label} x={x} y={outer.y + outer.height / 2 - 6} textAnchor={isLeft ? 'start' : 'end'}>
      {rate}
      {marks.map(({ kind, text }, index) => (
        <tspan key={kind} data-kind={kind} dx={index === 0 && rate === '' ? 0 : 8}>
          {text}
        </tspan>
      ))}
    </text>
  );
}

function useNodeProps(flows: FlowsAnswer) {
  const words = useWords(NOW);
  const say = useSay();
  const nodes = new Map(flows.nodes.map((node) => [idOf(node), node]));
  return (box: Placed): NodeBoxProps => {
    const counts = countsOf(words, totalOf(flows.edges, new Set(box.members)));
    const node = nodes.get(box.id);
    if (node === undefined) {
      const note = counts[0] ?? words.quiet;
      const to = box.kind === 'destination' ? '/settings' : '/peers';
      return {
        box,
        name: words.others(box.members.length),
        state: box.kind === 'stranger' ? 'refused' : counts.length > 0 ? 'active' : 'quiet',
        note,
        to,
      };
    }
    const note = node.why === undefined ? (counts[0] ?? words[node.state]) : say(node.why);
    return { box, name: node.name, state: node.state, note, to: pageOf(node) };
  };
}

/** The map of flows: devices left, gateway in the middle, destinations right, strangers below. */
export function FlowMap({ flows }: { readonly flows: FlowsAnswer }) {
  const words = useWords(NOW);
  const layout = usePlace(flows.nodes);
  const ways = waysOf(flows.edges, layout.boxOf);
  const propsOf = useNodeProps(flows);
  const seconds = flows.windowMs / 1000;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that holds links is a group of them; there is no fieldset in SVG.
    <svg className={css.map} viewBox={`0 0 ${MAP_WIDTH} ${layout.height}`} role="group" aria-label={words.mapTitle}>
      <text className={css.heading} x={0} y={18}>
        {words.devices}
      </text>
      <text className={css.heading} x={MAP_WIDTH - NODE_WIDTH} y={18}>
        {words.destinations}
      </text>
      {layout.strangersY === undefined ? null : (
        <text className={css.heading} x={0} y={layout.strangersY}>
          {words.strangers}
        </text>
      )}
      {ways.map((way) => (
        <WayLine
          key={way.id}
          d={pathOf(way, layout.height)}
          width={thicknessOf(way.objects / seconds)}
          state={stateOf(way)}
        />
      ))}
      {ways.map((way) => (
        <WayLabel key={way.id} way={way} windowMs={flows.windowMs} />
      ))}
      {layout.placed.map((box) =>
        box.kind === 'gateway' ? (
          <GatewayBox key={box.id} box={box} flows={flows} />
        ) : (
          <NodeBox key={box.id} {...propsOf(box)} />
        ),
      )}
    </svg>
  );
}
