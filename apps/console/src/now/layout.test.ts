import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '@leadglass/kit';
import {
  type FlowEdge,
  type FlowNode,
  idOf,
  MAP_WIDTH,
  MOST_IN_A_COLUMN,
  type Placed,
  pathOf,
  place,
  shownOf,
  signatureOf,
  thicknessOf,
  waysOf,
} from './layout.ts';

const node = (kind: FlowNode['kind'], name: string, state: FlowNode['state'] = 'active'): FlowNode => ({
  kind,
  name,
  state,
});
const GATEWAY = node('gateway', 'LEADGLASS');
const edge = (from: string, to: string, counts: Partial<FlowEdge> = {}): FlowEdge => ({
  ...{ from, to, objects: 0, bytes: 0, questions: 0, refusals: 0, holds: 0, waiting: 0 },
  ...counts,
});
const many = (count: number, state: FlowNode['state'] = 'active') =>
  Array.from({ length: count }, (_, at) => node('peer', `CT${String(at).padStart(3, '0')}`, state));
const NOBODY = new Set<string>();

function overlap(a: Placed, b: Placed): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test('[CONSOLE-64] devices stand left, destinations right, the gateway between them, strangers below the devices', () => {
  const nodes = [GATEWAY, node('peer', 'CT1'), node('destination', 'pacs'), node('stranger', 'X 192.0.2.9', 'refused')];
  const { boxOf, height, strangersY } = place(nodes);
  const at = (id: string) => boxOf.get(id) ?? assert.fail(id);
  assert(at('peer:CT1').x < at('gateway:LEADGLASS').x && at('gateway:LEADGLASS').x < at('destination:pacs').x);
  assert(at('stranger:X 192.0.2.9').y > at('peer:CT1').y);
  assert(strangersY !== undefined && strangersY < at('stranger:X 192.0.2.9').y);
  for (const box of boxOf.values())
    assert(box.x >= 0 && box.x + box.width <= MAP_WIDTH && box.y + box.height <= height);
});

test('[CONSOLE-64] no two boxes overlap, however many there are', () => {
  for (const count of [0, 1, 5, 12, 13, 200]) {
    const nodes = [GATEWAY, ...many(count), node('destination', 'a'), node('destination', 'b'), node('stranger', 'S')];
    const { placed } = place(nodes);
    for (const [at, a] of placed.entries()) {
      for (const b of placed.slice(at + 1)) assert(!overlap(a, b), `${count}: ${a.id} ${b.id}`);
    }
  }
});

test('[CONSOLE-64] over twelve of a kind the rest stand together, and nobody is lost', () => {
  const nodes = [GATEWAY, ...many(200)];
  const { placed, boxOf } = place(nodes);
  const peers = placed.filter(({ kind }) => kind === 'peer');
  assert.equal(peers.length, MOST_IN_A_COLUMN);
  assert.equal(peers.at(-1)?.members.length, 200 - MOST_IN_A_COLUMN + 1);
  for (const each of nodes) assert(boxOf.has(idOf(each)), idOf(each));
});

test('[CONSOLE-65] trouble is always drawn by itself; whoever is shown stays until a graver state needs the place', () => {
  const calm = many(40, 'quiet');
  const before = new Set(shownOf(calm, 12, NOBODY).map(idOf));
  const busy = calm.map((each, at) => (at === 39 ? node('peer', each.name, 'trouble') : each));
  assert(shownOf(busy, 12, before).some(({ name }) => name === 'CT039'));
  assert.deepEqual(new Set(shownOf(calm, 12, before).map(idOf)), before);
  const once = many(40, 'active');
  const shown = new Set(shownOf(once, 12, new Set(['peer:CT030'])).map(idOf));
  assert(shown.has('peer:CT030'));
});

test('[CONSOLE-65] a layout depends on who is there and in trouble, not on the order or on what flows', () => {
  const nodes = [GATEWAY, ...many(5)];
  assert.equal(signatureOf(nodes), signatureOf(nodes.toReversed()));
  assert.equal(signatureOf(nodes), signatureOf(nodes.map((each) => ({ ...each, state: 'quiet' as const }))));
  assert.notEqual(signatureOf(nodes), signatureOf([...nodes.slice(1), node('gateway', 'LEADGLASS', 'trouble')]));
  assert.deepEqual(place(nodes).placed, place(nodes.toReversed()).placed);
});

test('[CONSOLE-66] ways of a group are added up; a way to nobody on the map is left out', () => {
  const { boxOf } = place([GATEWAY, ...many(20)]);
  const edges = many(20).map((each) => edge(idOf(each), 'gateway:LEADGLASS', { objects: 2, refusals: 1 }));
  const ways = waysOf([...edges, edge('peer:GONE', 'gateway:LEADGLASS', { objects: 99 })], boxOf);
  assert.equal(ways.length, MOST_IN_A_COLUMN);
  assert.equal(
    ways.reduce((sum, { objects }) => sum + objects, 0),
    40,
  );
  assert.equal(ways.find(({ from }) => from.isGroup)?.refusals, 20 - MOST_IN_A_COLUMN + 1);
});

test('[CONSOLE-66] a line begins and ends at the sides of its boxes', () => {
  const { boxOf, height } = place([GATEWAY, node('peer', 'A'), node('destination', 'B')]);
  const [a, gateway, b] = ['peer:A', 'gateway:LEADGLASS', 'destination:B'].map(
    (id) => boxOf.get(id) ?? assert.fail(id),
  );
  assert(a !== undefined && gateway !== undefined && b !== undefined);
  assert(pathOf({ from: a, to: gateway }, height).startsWith(`M${a.x + a.width} `));
  assert(pathOf({ from: gateway, to: b }, height).includes(` ${b.x} `));
});

test('[CONSOLE-66] a thousand a second is drawn thicker than one a minute, and within bounds', () => {
  const widths = [0, 1 / 60, 1, 1000, 1e9].map(thicknessOf);
  assert.deepEqual(
    widths,
    widths.toSorted((x, y) => x - y),
  );
  assert(Math.min(...widths) >= 1 && Math.max(...widths) <= 8);
});

test('[CONSOLE-67] two hundred devices are laid out in well under a frame', () => {
  const nodes = [GATEWAY, ...many(200), ...Array.from({ length: 50 }, (_, at) => node('destination', `d${at}`))];
  const edges = many(200).map((each) => edge(idOf(each), 'gateway:LEADGLASS', { objects: 300 }));
  const once = () => waysOf(edges, place(nodes).boxOf);
  for (let warm = 0; warm < 50; warm += 1) once();
  const startedAt = processorMs();
  for (let round = 0; round < 50; round += 1) once();
  assert((processorMs() - startedAt) / 50 < 16);
});
