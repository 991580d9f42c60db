import { noiseTile } from './noise.ts';
import { torso } from './torso.ts';
import type { Build } from './torso-wall.ts';

export const RADIOGRAPH = { columns: 1024, rows: 1024, spacing: 0.35 } as const;
/** Attenuation of water, per millimetre, at the energy of a chest radiograph. */
const WATER = 0.0186;
const COARSE = { spacing: 1.4, columns: 256, rows: 240, slices: 232, thickness: 1.4 } as const;

/** What rays from behind to the front leave of themselves: sums of attenuation, by slice and column. */
function shadows(seed: string, build: Build): Float32Array {
  const origin = [-COARSE.spacing * 127.5, -160, -62] as const;
  const { values } = torso({ ...COARSE, origin }, seed, { ...build, isEnhanced: false });
  const sums = new Float32Array(COARSE.columns * COARSE.slices);
  for (let slice = 0; slice < COARSE.slices; slice += 1)
    for (let row = 0; row < 204; row += 1) {
      const from = (slice * COARSE.rows + row) * COARSE.columns;
      for (let column = 0; column < COARSE.columns; column += 1) {
        const hounsfield = values[from + column] ?? 0;
        // Bone holds back more than its density alone says.
        const dense = hounsfield > 150 ? 1 + (hounsfield - 150) / 1400 : 1;
        sums[slice * COARSE.columns + column] =
          (sums[slice * COARSE.columns + column] ?? 0) + (1 + hounsfield / 1000) * WATER * COARSE.spacing * dense;
      }
    }
  return sums;
}

/** Between the shadows of the coarse grid: Catmull-Rom in both directions. */
function smooth(sums: Float32Array, u: number, v: number): number {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const [wx, wy] = [weights(u - x), weights(v - y)];
  let total = 0;
  for (let j = 0; j < 4; j += 1) {
    const row = Math.min(COARSE.slices - 1, Math.max(0, y + j - 1)) * COARSE.columns;
    for (let i = 0; i < 4; i += 1) {
      const column = Math.min(COARSE.columns - 1, Math.max(0, x + i - 1));
      total += (wx[i] ?? 0) * (wy[j] ?? 0) * (sums[row + column] ?? 0);
    }
  }
  return total;
}

function weights(t: number): readonly number[] {
  const [t2, t3] = [t * t, t * t * t];
  return [(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2];
}

/** A chest from behind, 12 bits, for presentation: what the torso of this seed throws as a shadow. */
export function radiograph(seed: string, build: Build): Uint16Array {
  const { columns, rows, spacing } = RADIOGRAPH;
  const sums = shadows(seed, build);
  const noise = noiseTile(`${seed} quanta`, 1);
  const picture = new Uint16Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const u = ((column - columns / 2) * spacing) / COARSE.spacing + 127.5;
      const v = COARSE.slices - 1 - ((row + 0.5) * spacing * 0.905) / COARSE.thickness;
      const shadow = smooth(sums, u, v);
      // Fewer quanta behind what is dense: more noise there. The curve is a film's, without its ends.
      const exposed = shadow + noise.at(column, row) * 0.006 * Math.exp(shadow * 0.28);
      picture[row * columns + column] = Math.min(
        4095,
        Math.max(0, Math.round(4095 / (1 + Math.exp(-(exposed - 2.55) * 1.25)))),
      );
    }
  return picture;
}
