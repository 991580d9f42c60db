import { ease, type Shape } from './volume.ts';

/** Hounsfield units of what a torso is made of. */
export const HU = {
  air: -1000,
  lung: -870,
  fat: -95,
  muscle: 55,
  fluid: 12,
  cartilage: 140,
  cortex: 850,
  marrow: 280,
  heart: 115,
  liver: 112,
} as const;

/** Middle of the body from front to back. */
const MIDDLE_Y = 10;
/** Between a circle's square (0) and an ellipse (2): how much of a rectangle the body has. */
const ROUND = 1.35;

/** What makes one body differ from another. */
export interface Build {
  /** 1 is the mean of grown-ups. */
  readonly width: number;
  readonly depth: number;
  /** Fat under the skin, millimetres. */
  readonly fat: number;
  /** Whether a contrast agent is in the blood. */
  readonly isEnhanced: boolean;
}

/** Half the width and depth of the body at `z`. */
export function bodyAt(z: number, { width, depth, fat }: Build): readonly [a: number, b: number] {
  const neck = ease(z, 215, 300);
  const waist = ease(z, 20, -70);
  return [(150 + fat - 38 * neck - 6 * waist) * width, (108 + fat * 0.8 - 22 * neck + 4 * waist) * depth];
}

/** Half the width and depth of the inside of the ribs at `z`; it narrows to the top like a barrel. */
function cavityAt(z: number, build: Build): readonly [a: number, b: number] {
  const top = ease(z, 130, 290);
  return [(128 - 62 * top) * build.width, (86 - 30 * top) * build.depth];
}

function oval([a, b]: readonly [number, number], middleY: number): (x: number, y: number) => number {
  const [a2, b2, size] = [a * a, b * b, Math.min(a, b)];
  return (x, y) => {
    const [u, v] = [(x * x) / a2, ((y - middleY) * (y - middleY)) / b2];
    return (Math.sqrt(Math.sqrt(u * u + v * v + ROUND * u * v)) - 1) * size;
  };
}

/** The skin; a groove runs along the spine. */
export function skin(build: Build): Shape {
  return (z) => {
    const round = oval(bodyAt(z, build), MIDDLE_Y);
    return (x, y) => round(x, y) + (y > 0 ? 5 * Math.exp((-x * x) / 600) : 0);
  };
}

/** What the ribs enclose; the back of it reaches behind the sides of the spine. */
export function cavity(build: Build): Shape {
  return (z) => {
    const round = oval(cavityAt(z, build), MIDDLE_Y - 8);
    return (x, y) => round(x, y);
  };
}

const RIB_EVERY = 27;
const RIB_SLOPE = 0.36;
const [HALF_THICK, HALF_HIGH] = [4.2, 6.6] as const;
/** The middle of a rib lies so far outside the cavity. */
const RIB_OUT = 5;

/** How deep a place is in a rib: 0 in its middle, 1 at its surface; undefined where no rib can be. */
function inRib(x: number, y: number, z: number, outside: number): number | undefined {
  if (outside < 0 || outside > 2 * RIB_OUT || (y < -40 && Math.abs(x) < 20)) return undefined;
  // A rib falls from the spine to the breastbone: followed along its slope it stays on one height.
  const along = z - RIB_SLOPE * (y - 70) + 0.05 * Math.abs(x);
  const beside = along - RIB_EVERY * Math.round(along / RIB_EVERY);
  const [thick, high] = [(outside - RIB_OUT) / HALF_THICK, beside / HALF_HIGH];
  const deep = Math.sqrt(thick * thick + high * high);
  return deep < 1.25 ? deep : undefined;
}

/** Cortex outside, marrow inside, cartilage towards the breastbone. */
export function ribMatter(x: number, y: number, z: number, outside: number, below: number): number {
  const deep = inRib(x, y, z, outside);
  if (deep === undefined) return below;
  const share = Math.min(1, Math.max(0, (1.12 - deep) / 0.24));
  const isCartilage = y < -48 - 0.12 * z && Math.abs(x) < 78;
  const bone = isCartilage ? HU.cartilage : deep > 0.62 ? HU.cortex : HU.marrow;
  return below * (1 - share) + bone * share;
}
