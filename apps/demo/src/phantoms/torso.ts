import { Kept } from '../kept.ts';
import { Random } from '../random.ts';
import { paintBones } from './bones.ts';
import { diaphragm, lung, paintLungVessels } from './lungs.ts';
import { type NoiseTile, noiseTile, smoothField } from './noise.ts';
import { paintBlood, paintHeart } from './organs.ts';
import { type Build, cavity, HU, ribMatter, skin } from './torso-wall.ts';
import { type Box, type Grid, type Shape, Volume } from './volume.ts';

const EVERYWHERE: Box = { x: [-230, 230], y: [-190, 210], z: [-100, 320] };
/** What the ribs can enclose. */
const CHEST: Box = { x: [-150, 150], y: [-105, 115], z: [-100, 320] };
const lungBox = (side: -1 | 1): Box => ({ ...CHEST, x: side < 0 ? [-150, -8] : [8, 150], z: [-70, 275] });
const COUCH: Box = { ...EVERYWHERE, y: [90, 210] };
/** Thickness of the wall in which ribs lie. */
const WALL = 10;

/** A chest that was never anybody's, in Hounsfield units: all of it follows from the seed. */
export function torso(grid: Grid, seed: string, build: Build): Volume {
  const random = new Random(seed);
  const volume = new Volume(grid, HU.air);
  paintTable(volume);
  paintSoft(volume, build);
  const inside = cavity(build);
  paintWall(volume, inside);
  paintBelow(volume, seed, build, inside);
  paintLungs(volume, seed, inside);
  paintLungVessels(volume, inside, random, build.isEnhanced ? 190 : 45);
  paintHeart(volume, build);
  paintBlood(volume, build);
  paintBones(volume, seed);
  paintNodule(volume, random);
  return volume;
}

/** The couch: a thin shell of carbon with foam in it. */
function paintTable(volume: Volume): void {
  const bow = (y: number, x: number) => y - 142 + (x * x) / 900;
  const inside = (x: number, y: number) => Math.max(Math.abs(bow(y, x) - 14) - 13, Math.abs(x) - 205);
  volume.paint(COUCH, () => inside, -610);
  volume.paint(COUCH, () => (x, y) => inside(x, y) + 2.5, -960);
}

function paintSoft(volume: Volume, build: Build): void {
  const outside = skin(build);
  const deeper =
    (depth: number): Shape =>
    (z) => {
      const at = outside(z);
      return at === undefined ? undefined : (x, y) => at(x, y) + depth;
    };
  volume.paint(EVERYWHERE, outside, 40);
  volume.paint(EVERYWHERE, deeper(2), HU.fat);
  volume.paint(EVERYWHERE, deeper(build.fat), HU.muscle);
}

function paintWall(volume: Volume, inside: Shape): void {
  let outside = 0;
  const wall: Shape = (z) => {
    const at = inside(z);
    if (at === undefined) return undefined;
    return (x, y) => {
      outside = at(x, y);
      // Never deep, so that every place is asked for, and `outside` is of the very place that is painted.
      return Math.max(outside - WALL - 2, -3 - outside, -0.6 * volume.grid.spacing);
    };
  };
  // Fat and muscle lie between the ribs.
  volume.paint({ ...CHEST, z: [-100, 275] }, wall, (x, y, z) =>
    ribMatter(x, y, z, outside, outside > WALL ? -25 : outside < 1.2 ? -30 : HU.muscle),
  );
}

/** What is under the diaphragm, and the fat around everything between the lungs. */
function paintBelow(volume: Volume, seed: string, { isEnhanced }: Build, inside: Shape): void {
  volume.paint(CHEST, inside, -88);
  const under =
    (depth: number, limit: (x: number, y: number, z: number) => number): Shape =>
    (z) => {
      const at = inside(z);
      if (at === undefined) return undefined;
      return (x, y) => Math.max(at(x, y) + depth, z - diaphragm(x < 10 ? -1 : 1, x, y) + 3, limit(x, y, z));
    };
  const grain = smoothField(`${seed} liver`, 7);
  const liver = (x: number, y: number, z: number) => (isEnhanced ? HU.liver : 58) + 5 * grain(x, y, z);
  volume.paint(
    { ...CHEST, z: [-100, 45] },
    under(3, (x, y, z) => x - 42 + 0.5 * y + 0.25 * z),
    liver,
  );
  for (const [at, to] of [
    [
      [-20, 5, -60],
      [-70, -25, -35],
    ],
    [
      [-20, 5, -60],
      [-60, 40, -30],
    ],
    [
      [-60, -20, -38],
      [-95, -10, -12],
    ],
    [
      [-58, 38, -32],
      [-95, 30, -14],
    ],
  ] as const)
    volume.tube(at, to, 5, 2.6, isEnhanced ? 165 : 45);
  volume.ellipsoid([92, 44, -38], [27, 38, 42], isEnhanced ? 122 : 50, 0.5);
  paintStomach(volume);
}

function paintStomach(volume: Volume): void {
  volume.ellipsoid([58, -22, -34], [44, 40, 38], 48);
  // Air rises to the front of somebody who lies on their back.
  volume.ellipsoid([58, -22, -34], [40, 36, 34], (_x, y) => (y < -30 ? HU.air : HU.fluid));
}

function paintLungs(volume: Volume, seed: string, inside: Shape): void {
  const coarse = smoothField(`${seed} lung`, 22);
  const fine = smoothField(`${seed} lobules`, 5);
  for (const side of [-1, 1] as const) {
    // Blood sinks: the back of a lung is denser.
    volume.paint(
      lungBox(side),
      lung(side, inside),
      (x, y, z) => HU.lung + 0.45 * y + 22 * coarse(x, y, z) + 16 * fine(x, y, z),
    );
    paintFissure(volume, inside, side);
  }
}

/** The oblique fissure: a sheet thinner than a voxel. */
function paintFissure(volume: Volume, inside: Shape, side: -1 | 1): void {
  const shape = lung(side, inside);
  const sheet: Shape = (z) => {
    const at = shape(z);
    return at === undefined
      ? undefined
      : (x, y) => Math.max(at(x, y), Math.abs((z - 130 - 1.35 * (y - 18)) * 0.6) - 0.3);
  };
  volume.paint({ ...lungBox(side), z: [0, 215] }, sheet, -640);
}

/** Something to find. */
function paintNodule(volume: Volume, random: Random): void {
  const at = [random.between(-78, -62), random.between(-20, 10), random.between(165, 190)] as const;
  volume.ellipsoid(at, [5.2, 4.6, 5], 38);
  for (let spike = 0; spike < 7; spike += 1)
    volume.tube(at, [at[0] + 9 * random.bell(), at[1] + 9 * random.bell(), at[2] + 7 * random.bell()], 1.6, 0.4, -250);
}

/** Adds what a detector adds. @param spread standard deviation, Hounsfield units. */
export function addNoise(slice: Int16Array, columns: number, seed: string, no: number, spread: number): Int16Array {
  const tile = tiles.get(seed, () => noiseTile(seed, 1));
  const random = new Random(`${seed} ${no}`);
  const [dx, dy] = [random.int(0, 511), random.int(0, 511)];
  return slice.map((value, at) => {
    const noise = spread * tile.at((at % columns) + dx, Math.floor(at / columns) + dy);
    return Math.max(-1024, Math.round(value + noise));
  });
}

const tiles = new Kept<NoiseTile>(4);
