import type { FlowsAnswer } from '@leadglass/contract';

/** Where everything on the map lies. Pure: the same nodes give the same places, whatever flows. Units: of the SVG's own grid. */

export type FlowNode = FlowsAnswer['nodes'][number];
export type FlowEdge = FlowsAnswer['edges'][number];

export const MAP_WIDTH = 1160;
export const NODE_WIDTH = 236;
export const NODE_HEIGHT = 44;
const GATEWAY_WIDTH = 210;
const GATEWAY_HEIGHT = 148;
const STEP = 54;
const TOP = 34;
/** Between devices and strangers: room for a heading. */
const GAP = 40;
/** How many of one kind are drawn by themselves; the others stand together in one. */
export const MOST_IN_A_COLUMN = 12;
export const MOST_STRANGERS = 4;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A node, or those that had no room, in one. */
export interface Placed extends Box {
  /** `KIND:NAME` of the node; `KIND:` of a group. */
  readonly id: string;
  readonly kind: FlowNode['kind'];
  readonly members: readonly string[];
  readonly isGroup: boolean;
}

export interface Place {
  readonly height: number;
  readonly placed: readonly Placed[];
  /** Which box shows a node. */
  readonly boxOf: ReadonlyMap<string, Placed>;
  /** Where the strangers' heading goes; absent when there are none. */
  readonly strangersY?: number;
}

export const idOf = ({ kind, name }: Pick<FlowNode, 'kind' | 'name'>): string => `${kind}:${name}`;

const WEIGHT = { trouble: 3, refused: 2, active: 1, quiet: 0 } as const;

/**
 * Which nodes of one kind are drawn by themselves. Trouble comes first; whoever is shown stays until somebody hidden is in a graver state, so
 * that the map does not jump with every image.
 */
export function shownOf(nodes: readonly FlowNode[], most: number, before: ReadonlySet<string>): readonly FlowNode[] {
  if (nodes.length <= most) return byName(nodes);
  const rank = (node: FlowNode) => WEIGHT[node.state] * 2 + (before.has(idOf(node)) ? 1.5 : 0);
  const sorted = byName(nodes).toSorted((a, b) => rank(b) - rank(a));
  return byName(sorted.slice(0, most - 1));
}

function byName(nodes: readonly FlowNode[]): readonly FlowNode[] {
  return nodes.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What a layout depends on: while it is the same, nothing is laid out anew. */
export function signatureOf(nodes: readonly FlowNode[]): string {
  return nodes
    .map((node) => `${idOf(node)}${WEIGHT[node.state] > 1 ? '!' : ''}`)
    .sort()
    .join('\n');
}

interface Column {
  readonly kind: FlowNode['kind'];
  readonly x: number;
  readonly most: number;
}

function column(
  nodes: readonly FlowNode[],
  { kind, x, most }: Column,
  before: ReadonlySet<string>,
  y: number,
): Placed[] {
  const mine = nodes.filter((node) => node.kind === kind);
  const shown = shownOf(mine, most, before);
  const ids = new Set(shown.map(idOf));
  const rest = mine.map(idOf).filter((id) => !ids.has(id));
  const at = (index: number): Box => ({ x, y: y + index * STEP, width: NODE_WIDTH, height: NODE_HEIGHT });
  const placed = shown.map(
    (node, index): Placed => ({ ...at(index), id: idOf(node), kind, members: [idOf(node)], isGroup: false }),
  );
  if (rest.length > 0) placed.push({ ...at(placed.length), id: `${kind}:`, kind, members: rest, isGroup: true });
  return placed;
}

const bottomOf = (boxes: readonly Box[]): number => Math.max(TOP, ...boxes.map(({ y, height }) => y + height));

function moved(boxes: readonly Placed[], by: number): Placed[] {
  return boxes.map((box) => ({ ...box, y: box.y + by }));
}

/** Lays out: devices left, strangers below them, the gateway in the middle, destinations right. @param before what was shown by itself until now */
export function place(nodes: readonly FlowNode[], before: ReadonlySet<string> = new Set()): Place {
  const right = MAP_WIDTH - NODE_WIDTH;
  const peers = column(nodes, { kind: 'peer', x: 0, most: MOST_IN_A_COLUMN }, before, TOP);
  const strangersY = bottomOf(peers) + (peers.length === 0 ? 0 : GAP);
  const strangers = column(nodes, { kind: 'stranger', x: 0, most: MOST_STRANGERS }, before, strangersY);
  const destinations = column(nodes, { kind: 'destination', x: right, most: MOST_IN_A_COLUMN }, before, TOP);
  const height = Math.max(bottomOf([...peers, ...strangers]), bottomOf(destinations), TOP + GATEWAY_HEIGHT) + 8;
  const middle = (height + TOP) / 2;
  const gateways = nodes
    .filter(({ kind }) => kind === 'gateway')
    .map(
      (node): Placed => ({
        ...{ x: (MAP_WIDTH - GATEWAY_WIDTH) / 2, y: middle - GATEWAY_HEIGHT / 2 },
        ...{ width: GATEWAY_WIDTH, height: GATEWAY_HEIGHT },
        ...{ id: idOf(node), kind: 'gateway', members: [idOf(node)], isGroup: false },
      }),
    );
  const lowered = moved(destinations, Math.max(0, middle - (bottomOf(destinations) + TOP) / 2));
  const placed = [...peers, ...strangers, ...gateways, ...lowered];
  const boxOf = new Map(placed.flatMap((box) => box.members.map((id) => [id, box] as const)));
  return { height, placed, boxOf, ...(strangers.length === 0 ? {} : { strangersY: strangersY - 12 }) };
}

/** Edges between the same two boxes, counted together. */
export interface Way {
  readonly id: string;
  readonly from: Placed;
  readonly to: Placed;
  readonly objects: number;
  readonly bytes: number;
  readonly questions: number;
  readonly refusals: number;
  readonly holds: number;
  readonly waiting: number;
}

/** The edges as they are drawn: those of a group are added up. Edges to what is not on the map are left out. */
export function waysOf(edges: readonly FlowEdge[], boxOf: Place['boxOf']): readonly Way[] {
  const ways = new Map<string, Way>();
  for (const edge of edges) {
    const [from, to] = [boxOf.get(edge.from), boxOf.get(edge.to)];
    if (from === undefined || to === undefined) continue;
    const id = `${from.id} ${to.id}`;
    const sum = ways.get(id);
    ways.set(id, {
      ...{ id, from, to },
      objects: (sum?.objects ?? 0) + edge.objects,
      bytes: (sum?.bytes ?? 0) + edge.bytes,
      questions: (sum?.questions ?? 0) + edge.questions,
      refusals: (sum?.refusals ?? 0) + edge.refusals,
      holds: (sum?.holds ?? 0) + edge.holds,
      waiting: (sum?.waiting ?? 0) + edge.waiting,
    });
  }
  return [...ways.values()];
}

/** The line of a way: from the side of one box to the side of the other, meeting the larger at its share of the height. */
export function pathOf({ from, to }: Pick<Way, 'from' | 'to'>, height: number): string {
  const isRightward = from.x <= to.x;
  const [x1, x2] = isRightward ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
  const [y1, y2] = [portOf(from, to, height), portOf(to, from, height)];
  const bend = (x1 + x2) / 2;
  return `M${x1} ${round(y1)}C${bend} ${round(y1)} ${bend} ${round(y2)} ${x2} ${round(y2)}`;
}

function portOf(box: Placed, other: Placed, height: number): number {
  const middle = box.y + box.height / 2;
  if (box.kind !== 'gateway') return middle;
  const share = (other.y + other.height / 2) / height - 0.5;
  return middle + share * (box.height - 24);
}

const round = (value: number): number => Math.round(value * 10) / 10;

const THINNEST = 1.5;
const THICKEST = 7;

/** Width of a line for objects a second: it grows with the logarithm, so that one image a minute and a thousand a second are both seen. */
export function thicknessOf(objectsPerSecond: number): number {
  if (objectsPerSecond <= 0) return THINNEST;
  return Math.min(THICKEST, Math.max(THINNEST, 2.5 + 1.5 * Math.log10(objectsPerSecond * 6)));
}
