import { Random } from '../random.ts';

const SIDE = 512;
const MASK = SIDE - 1;

/** A square of noise that repeats at its edges: standard deviation 1, its grain as coarse as its blur. */
export interface NoiseTile {
  /** The value at a place; any whole numbers. */
  at(x: number, y: number): number;
}

/** Noise as a reconstructed image has it: grains of some pixels. @param blur how often neighbours are averaged, 0 and up. */
export function noiseTile(seed: string, blur: number): NoiseTile {
  const random = new Random(seed);
  let values: Float32Array = Float32Array.from({ length: SIDE * SIDE }, () => random.bell());
  for (let pass = 0; pass < blur; pass += 1) values = blurred(values);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const scaled = values.map((value) => value / spread);
  return { at: (x, y) => scaled[((y & MASK) << 9) | (x & MASK)] ?? 0 };
}

function blurred(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let y = 0; y < SIDE; y += 1) {
    const [row, above, below] = [y << 9, ((y - 1) & MASK) << 9, ((y + 1) & MASK) << 9];
    for (let x = 0; x < SIDE; x += 1) {
      const [left, right] = [(x - 1) & MASK, (x + 1) & MASK];
      const sides = (values[row | left] ?? 0) + (values[row | right] ?? 0) + (values[above | x] ?? 0);
      out[row | x] = 2 * (values[row | x] ?? 0) + sides + (values[below | x] ?? 0);
    }
  }
  return out;
}

const CUBE = 32;
const LATTICE = CUBE - 1;

/** A smooth field in space, about -1 to 1, whose hills are some `size` millimetres wide: between random values on a lattice that repeats. */
export function smoothField(seed: string, size: number): (x: number, y: number, z: number) => number {
  const random = new Random(seed);
  const lattice = Float32Array.from({ length: CUBE ** 3 }, () => random.bell() * 0.72);
  const step = 1.3 / size;
  const row = (at: number, x: number, next: number, t: number) =>
    (lattice[at | x] ?? 0) * (1 - t) + (lattice[at | next] ?? 0) * t;
  return (x, y, z) => {
    const [u, v, w] = [x * step, y * step, z * step];
    const [i, j, k] = [Math.floor(u), Math.floor(v), Math.floor(w)];
    const [a, b, c] = [bend(u - i), bend(v - j), bend(w - k)];
    const [x0, x1] = [i & LATTICE, (i + 1) & LATTICE];
    const [y0, y1] = [(j & LATTICE) << 5, ((j + 1) & LATTICE) << 5];
    const [z0, z1] = [(k & LATTICE) << 10, ((k + 1) & LATTICE) << 10];
    const near = row(z0 | y0, x0, x1, a) * (1 - b) + row(z0 | y1, x0, x1, a) * b;
    const far = row(z1 | y0, x0, x1, a) * (1 - b) + row(z1 | y1, x0, x1, a) * b;
    return near * (1 - c) + far * c;
  };
}

const bend = (t: number): number => t * t * (3 - 2 * t);
