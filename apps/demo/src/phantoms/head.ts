import { Kept } from '../kept.ts';
import { Random } from '../random.ts';
import { noiseTile, smoothField } from './noise.ts';
import { ease } from './volume.ts';

/** What a place of the head is made of. */
const TISSUES = ['air', 'skin', 'fat', 'bone', 'fluid', 'grey', 'white', 'deep', 'eye', 'muscle'] as const;
type Tissue = (typeof TISSUES)[number];

/** How brightly each shows, of 1000. */
const SIGNALS: Readonly<Record<'T1' | 'T2', Readonly<Record<Tissue, number>>>> = {
  T1: { air: 6, skin: 330, fat: 860, bone: 60, fluid: 130, grey: 430, white: 590, deep: 475, eye: 120, muscle: 300 },
  T2: { air: 6, skin: 230, fat: 560, bone: 45, fluid: 960, grey: 470, white: 320, deep: 370, eye: 980, muscle: 170 },
};
export type Weighting = keyof typeof SIGNALS;

export const HEAD = { side: 256, spacing: 0.9, slices: 26, gap: 5, lowest: -62 } as const;

type Field = (x: number, y: number, z: number) => number;

/** What makes one head differ from another. */
interface Anatomy {
  readonly folds: Field;
  readonly wander: Field;
  /** Wider with age. */
  readonly ventricles: number;
  readonly scale: number;
}

type Oval = readonly [cx: number, cy: number, cz: number, rx: number, ry: number, rz: number];

/** How far out a place is: 1 on the surface. Asked some ten million times a head, hence without anything that allocates. */
function oval(x: number, y: number, z: number, o: Oval, wide = 1): number {
  const u = (x - o[0]) / (o[3] * wide);
  const v = (y - o[1]) / o[4];
  const w = (z - o[2]) / (o[5] * wide);
  return Math.sqrt(u * u + v * v + w * w);
}

const SKIN: Oval = [0, 0, 0, 79, 99, 96];
const SKULL: Oval = [0, 2, 2, 72, 90, 88];
const DURA: Oval = [0, 2, 2, 66, 84, 81];
const NOSE: Oval = [14, -76, -48, 9, 24, 18];
const FOURTH: Oval = [0, 31, -42, 6, 5, 10];
const THIRD: Oval = [0, 6, 2, 2.6, 16, 11];
const BASE: Oval = [18, -18, -24, 30, 24, 12];

/** Lateral ventricle of one side: its body, its front horn, its back horn. */
const HORNS: readonly Oval[] = [
  [11, -4, 17, 6, 26, 7],
  [10, -26, 10, 6, 13, 8],
  [18, 30, 8, 6.5, 17, 7],
];
const THALAMUS: Oval = [10, 8, 3, 9, 15, 9];
const PUTAMEN: Oval = [26, -4, 2, 6, 17, 9];
const CAUDATE: Oval = [14, -24, 12, 5, 9, 9];
const CEREBELLUM: Oval = [0, 46, -44, 52, 31, 24];
const STEM: Oval = [0, 18, -48, 13, 12, 34];
const EYE: Oval = [31, -78, -40, 12.5, 12.5, 12.5];

function tissueAt(x: number, y: number, z: number, anatomy: Anatomy): Tissue {
  const skin = oval(x, y, z, SKIN);
  if (skin > 1) return 'air';
  const side = Math.abs(x);
  const face = z < -18 ? faceAt(side, y, z, skin) : undefined;
  if (face !== undefined) return face;
  const skull = oval(x, y, z, SKULL);
  if (skull > 1) return skin > 0.975 ? 'skin' : z < -30 && side > 40 ? 'muscle' : 'fat';
  const dura = oval(x, y, z, DURA);
  // Between two tables of bone lies marrow, which is fat.
  if (dura > 1) return skull > 0.955 && skull < 0.978 ? 'fat' : 'bone';
  return z < -22 && y > 8 ? hindbrain(x, y, z, anatomy, dura) : brain(x, y, z, anatomy, dura);
}

/** Eyes, nose and the fat around them, below the forehead. */
function faceAt(side: number, y: number, z: number, skin: number): Tissue | undefined {
  if (oval(side, y, z, EYE) < 1) return 'eye';
  if (y > -48 || skin > 0.93) return undefined;
  return oval(side, y, z, NOSE) < 1 ? 'air' : 'fat';
}

function hindbrain(x: number, y: number, z: number, { wander }: Anatomy, dura: number): Tissue {
  if (oval(x, y, z, FOURTH) < 1) return 'fluid';
  if (oval(x, y, z, STEM) < 1) return 'deep';
  const half = oval(x, y, z, CEREBELLUM);
  if (half < 1) {
    // The folds of the cerebellum are fine and run across.
    const folia = Math.sin(0.95 * (y + 0.5 * Math.abs(x)) + 1.3 * z + 2 * wander(x, y, z));
    if (half > 0.62) return folia > 0.55 && half > 0.8 ? 'fluid' : folia > -0.35 ? 'grey' : 'white';
    return 'white';
  }
  return z > -34 && dura < 0.97 ? 'grey' : z < -52 ? 'muscle' : 'fluid';
}

function brain(x: number, y: number, z: number, anatomy: Anatomy, dura: number): Tissue {
  const side = Math.abs(x + 1.4 * anatomy.wander(0, y, z));
  const wide = anatomy.ventricles;
  for (const horn of HORNS) if (oval(side, y, z, horn, wide) < 1) return 'fluid';
  if (oval(side, y, z, THIRD, wide) < 1) return 'fluid';
  if (oval(side, y, z, THALAMUS) < 1 || oval(side, y, z, PUTAMEN) < 1 || oval(side, y, z, CAUDATE) < 1) return 'deep';
  // The fissure between the halves, closed by the corpus callosum below.
  if (side < 1.3 && (z > 24 || Math.abs(y) > 40)) return 'fluid';
  if (z < -14 && oval(side, y, z, BASE) < 1) return side < 12 ? 'fluid' : 'deep';
  return cortex(x, y, z, anatomy, dura, side);
}

/** Grey matter follows the folds of the surface, fluid fills them. */
function cortex(x: number, y: number, z: number, { folds }: Anatomy, dura: number, side: number): Tissue {
  const fold = folds(x, y, z);
  const sylvian = Math.abs(y + 10 - 0.5 * z) < 2.2 && side > 40 && Math.abs(z) < 22;
  if (dura > 0.975 || sylvian) return 'fluid';
  const furrow = Math.abs(fold);
  const depth = Math.min(1 - dura, side < 9 && (z > 24 || Math.abs(y) > 40) ? (side - 1) / 75 : 1);
  if (furrow < 0.075 && depth < 0.2) return 'fluid';
  const grey = 0.045 + 0.05 * ease(furrow, 0.5, 0.1);
  return depth < grey || (furrow < 0.27 && depth < 0.235) ? 'grey' : 'white';
}

/** A head before it is scanned: four looks into each voxel, as places in TISSUES, slice by slice. */
export interface Head {
  readonly seed: string;
  readonly looks: readonly Uint8Array[];
}

const PLACE = Object.fromEntries(TISSUES.map((tissue, at) => [tissue, at])) as Readonly<Record<Tissue, number>>;

/** A head that was never anybody's: all of it follows from the seed. */
export function head(seed: string): Head {
  const random = new Random(seed);
  const folds = smoothField(`${seed} folds`, 11);
  const fine = smoothField(`${seed} fine folds`, 7);
  const anatomy: Anatomy = {
    folds: (x, y, z) => 0.62 * folds(x, y, z) + 0.5 * fine(x, y, z),
    wander: smoothField(`${seed} wander`, 30),
    ventricles: random.between(0.85, 1.35),
    scale: random.between(0.95, 1.04),
  };
  return { seed, looks: Array.from({ length: HEAD.slices }, (_, no) => looksAt(no, anatomy)) };
}

function looksAt(no: number, anatomy: Anatomy): Uint8Array {
  const { side, spacing, lowest, gap } = HEAD;
  const z = (lowest + no * gap) / anatomy.scale;
  const looks = new Uint8Array(side * side * 4);
  for (let row = 0; row < side; row += 1)
    for (let column = 0; column < side; column += 1) {
      const [x, y] = [(column - side / 2) * spacing, (row - side / 2) * spacing];
      if (oval(x, y, z, SKIN) > 1.1) continue;
      for (let look = 0; look < 4; look += 1) {
        // Its edges are soft as a scanner's are.
        const [dx, dy] = [((look & 1) - 0.5) * 0.5 * spacing, ((look >> 1) - 0.5) * 0.5 * spacing];
        const tissue = tissueAt((x + dx) / anatomy.scale, (y + dy) / anatomy.scale, z, anatomy);
        looks[(row * side + column) * 4 + look] = PLACE[tissue];
      }
    }
  return looks;
}

/** A slice as a weighting shows it. @param day another one has other noise. */
export function weighted({ seed, looks }: Head, no: number, weighting: Weighting, day: string): Int16Array {
  const { side, spacing, lowest, gap } = HEAD;
  const signals = TISSUES.map((tissue) => SIGNALS[weighting][tissue]);
  const noise = noises.get(seed, () => noiseTile(seed, 0));
  const coil = smoothField(`${seed} coil`, 120);
  const random = new Random(`${day} ${weighting} ${no}`);
  const [dx, dy] = [random.int(0, 511), random.int(0, 511)];
  const from = looks[no] ?? new Uint8Array(side * side * 4);
  const slice = new Int16Array(side * side);
  for (let at = 0; at < slice.length; at += 1) {
    const [row, column] = [Math.floor(at / side), at % side];
    let sum = 0;
    for (let look = at * 4; look < at * 4 + 4; look += 1) sum += signals[from[look] ?? 0] ?? 0;
    const bias = 1 + 0.09 * coil((column - side / 2) * spacing, (row - side / 2) * spacing, lowest + no * gap);
    // Of a magnitude the noise is never below 0 (Rice).
    const real = (sum / 4) * bias + 13 * noise.at(column + dx, row + dy);
    slice[at] = Math.min(4095, Math.round(Math.hypot(real, 13 * noise.at(column + dy, row + dx + 99))));
  }
  return slice;
}

const noises = new Kept<ReturnType<typeof noiseTile>>(2);
