import type { Random } from '../random.ts';
import { HU } from './torso-wall.ts';
import { ease, type Point, type Shape, type Volume } from './volume.ts';

/** -1: the right lung, which an image shows on its left; 1: the left one. */
export type Side = -1 | 1;
const SIDES: readonly Side[] = [-1, 1];
interface BySide {
  readonly right: Point;
  readonly left: Point;
}
const of = (side: Side, { right, left }: BySide): Point => (side < 0 ? right : left);

/** How far the diaphragm rises under each lung: the liver lifts the right one. */
const DOME: BySide = { right: [-68, -2, 34], left: [70, 4, 18] };
const DOME_ROUND = 150;
const APEX: BySide = { right: [-40, 18, 262], left: [40, 20, 260] };
const HILUM: BySide = { right: [-34, 14, 136], left: [36, 16, 142] };

/** Height of the diaphragm over a place: above it is lung, below it liver, spleen and stomach. */
export function diaphragm(side: Side, x: number, y: number): number {
  const [cx, cy, top] = of(side, DOME);
  return top - ((x - cx) ** 2 + 0.8 * (y - cy) ** 2) / DOME_ROUND;
}

/** Half the width of what lies between the lungs. */
function betweenLungs(side: Side, y: number, z: number): number {
  const spine = 14 * ease(y, 20, 44) * ease(y, 92, 56);
  const upper = 26 - 8 * ease(z, 150, 230) - 9 * ease(y, -20, -60);
  return Math.max(side === 1 ? upper + 2 : upper, 10 + spine);
}

/** @param inside distance to the inner side of the ribs. */
export function lung(side: Side, inside: Shape): Shape {
  return (z) => {
    const wall = inside(z);
    if (wall === undefined || z < -70 || z > 275) return undefined;
    const [ax, ay, az] = of(side, APEX);
    return (x, y) => {
      if (x * side < 0) return 99;
      const apex = z - az + ((x - ax) ** 2 + (y - ay) ** 2) / 75;
      return Math.max(
        wall(x, y) + 2.5,
        betweenLungs(side, y, z) - x * side,
        (diaphragm(side, x, y) - z) * 0.7,
        apex * 0.6,
      );
    };
  };
}

interface Branch {
  readonly from: Point;
  readonly heading: Point;
  readonly length: number;
  readonly radius: number;
}

const THINNEST = 0.5;
const add = (a: Point, b: Point, share: number): Point => [
  a[0] + b[0] * share,
  a[1] + b[1] * share,
  a[2] + b[2] * share,
];
const unit = (a: Point): Point => {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** A heading turned by about `angle` radians to a side that chance chooses. */
function bent(random: Random, heading: Point, angle: number): Point {
  const aside = unit([random.bell(), random.bell(), random.bell()]);
  return unit(add(heading, aside, Math.tan(angle)));
}

const CANDIDATES = 9;

/** Where a branch ends: of some ways it could take within the lung the one that leads farthest from all others, so that they fill it. */
function reachable(
  branch: Branch,
  ends: readonly Point[],
  isInLung: (at: Point) => boolean,
  random: Random,
): Point | undefined {
  let [best, mostFree]: [Point | undefined, number] = [undefined, -1];
  for (let tries = 0; tries < CANDIDATES; tries += 1) {
    const heading = bent(random, branch.heading, random.between(0.1, 0.85));
    const to = add(branch.from, heading, branch.length * random.between(0.6, 1));
    if (!isInLung(to) || !isInLung(add(branch.from, heading, branch.length * 0.4))) continue;
    let free = Number.POSITIVE_INFINITY;
    for (const end of ends)
      free = Math.min(free, (end[0] - to[0]) ** 2 + (end[1] - to[1]) ** 2 + (end[2] - to[2]) ** 2);
    if (free > mostFree) [best, mostFree] = [to, free];
  }
  return best;
}

const TRUNKS: readonly Point[] = [
  [0.9, -0.5, 0.5],
  [0.6, 0.3, 1],
  [1, 0.4, 0.2],
  [0.9, -0.6, -0.3],
  [0.6, 0.3, -1],
  [0.8, 0.8, -0.6],
  [0.5, -0.3, 1.1],
  [0.5, -0.2, -1.2],
];

function vesselsOf(side: Side, isInLung: (at: Point) => boolean, random: Random): (Branch & { to: Point })[] {
  const from = of(side, HILUM);
  const growing: Branch[] = TRUNKS.map(([x, y, z]) => ({
    from,
    heading: unit([x * side, y, z]),
    length: random.between(26, 34),
    radius: random.between(3.6, 4.8),
  }));
  const grown: (Branch & { to: Point })[] = [];
  const ends: Point[] = [];
  for (let branch = growing.shift(); branch !== undefined; branch = growing.shift()) {
    const to = reachable(branch, ends, isInLung, random);
    if (to === undefined) continue;
    grown.push({ ...branch, to });
    ends.push(to);
    const heading = unit([to[0] - branch.from[0], to[1] - branch.from[1], to[2] - branch.from[2]]);
    for (const share of [0.86, 0.72]) {
      const radius = branch.radius * share * random.between(0.92, 1);
      if (radius >= THINNEST)
        growing.push({ from: to, heading, radius, length: branch.length * random.between(0.74, 0.9) });
    }
  }
  return grown;
}

/** The tree of vessels of both lungs. @param blood Hounsfield units of it. */
export function paintLungVessels(volume: Volume, inside: Shape, random: Random, blood: number): void {
  for (const side of SIDES) {
    const shape = lung(side, inside);
    const [hx, hy, hz] = of(side, HILUM);
    const isInLung = ([x, y, z]: Point) => (shape(z)?.(x, y) ?? 99) < -2 || Math.hypot(x - hx, y - hy, z - hz) < 26;
    for (const { from, to, radius } of vesselsOf(side, isInLung, random)) {
      // What is thinner than a voxel shares it with air.
      const full = Math.min(1, radius / 1.1);
      volume.tube(from, to, radius, radius * 0.8, HU.lung + (blood - HU.lung) * full);
    }
  }
}
