import { smoothField } from './noise.ts';
import { HU } from './torso-wall.ts';
import { type Box, ease, type Point, type Shape, type Volume } from './volume.ts';

const VERTEBRA = 27;
const DISC = 6.5;
/** Middle of the vertebral bodies from front to back; the canal lies behind. */
const BODY_Y = 66;
const CANAL_Y = 92;

/** Height within the vertebra that a slice cuts, 0 in its middle. */
const within = (z: number): number => z - VERTEBRA * Math.round(z / VERTEBRA);
/** The spine is a little bowed, and goes forward into the neck. */
const bowAt = (z: number): number => 6 * Math.sin((z - 20) / 80) - 18 * ease(z, 190, 290);

export function paintBones(volume: Volume, seed: string): void {
  paintSpine(volume, seed);
  paintBreastbone(volume);
  for (const side of [-1, 1]) {
    paintShoulder(volume, side);
    bone(
      volume,
      [
        [14 * side, -72, 232],
        [50 * side, -66, 246],
        [104 * side, -20, 268],
      ],
      6,
    );
  }
}

/** A long bone: cortex around marrow. */
function bone(volume: Volume, points: readonly Point[], radius: number): void {
  volume.vessel(points, radius, HU.cortex);
  volume.vessel(points, radius - 2, HU.marrow);
}

function paintSpine(volume: Volume, seed: string): void {
  const box = { x: [-60, 60], y: [30, 150], z: [-110, 320] } as const;
  const trabeculae = smoothField(`${seed} spine`, 3.4);
  volume.paint(box, arch, HU.cortex);
  volume.paint(box, inner(arch, 2.4), HU.marrow);
  volume.paint(box, disc, 92);
  volume.paint(box, vertebra, HU.cortex);
  volume.paint(
    box,
    inner(vertebra, 1.8),
    (x, y, z) => 205 + 75 * trabeculae(x, y, z) + 160 * ease(Math.abs(within(z)), 6.5, 10),
  );
  volume.paint(box, canal(9.5), HU.fluid);
  volume.paint(box, canal(5.2), 38);
}

const inner =
  (shape: Shape, depth: number): Shape =>
  (z) => {
    const at = shape(z);
    return at === undefined ? undefined : (x, y) => at(x, y) + depth;
  };

/** A cylinder drawn in at its waist, flat behind. */
const column = (z: number, waist: number) => {
  const middle = BODY_Y + bowAt(z);
  return (x: number, y: number) => {
    const [u, v] = [x / 18.5, (y - middle) / 14.5];
    return Math.max((Math.sqrt(u * u + v * v) - 1) * 15 + waist, y - middle - 12.5);
  };
};

const vertebra: Shape = (z) => {
  const height = (VERTEBRA - DISC) / 2 - Math.abs(within(z));
  if (height < -1) return undefined;
  const side = column(z, 2.6 * ease(height, 0, 9));
  return (x, y) => Math.max(side(x, y), -height);
};

const disc: Shape = (z) => {
  const side = column(z, -0.6);
  return Math.abs(within(z)) < (VERTEBRA - DISC) / 2 - 1 ? undefined : side;
};

const canal =
  (radius: number): Shape =>
  (z) => {
    const middle = CANAL_Y + bowAt(z);
    return (x, y) => Math.hypot(x * 0.88, y - middle) - radius;
  };

/** Behind the body: pedicles, laminae, the processes to the sides and to the back. */
const arch: Shape = (z) => {
  const [at, middle] = [within(z), CANAL_Y + bowAt(z)];
  const isHigh = Math.abs(at - 2) < 7;
  const spinous = Math.abs(at + 5) - 7;
  return (x, y) => {
    const [side, behind] = [Math.abs(x), y - middle];
    const ring = Math.abs(Math.hypot(x * 0.88, behind) - 12) - 3;
    const lamina = behind > 0 ? Math.max(ring, Math.abs(at) - 10) : 99;
    const pedicle = isHigh ? Math.max(Math.abs(side - 12) - 3.6, Math.abs(behind + 6) - 9) : 99;
    const back = Math.max(side - 3, behind - 21, 10 - behind, spinous);
    const across = isHigh ? Math.max(Math.abs(behind - 6 - 0.3 * (side - 14)) - 3.6, side - 42, 12 - side) : 99;
    return Math.min(lamina, pedicle, back, across);
  };
};

const frontAt = (z: number): number => -84 + 30 * ease(z, 130, 250);

function paintBreastbone(volume: Volume): void {
  const plate: Shape = (z) => {
    const half = z > 196 ? 26 : 16;
    return (x, y) => Math.max(Math.abs(x) - half, Math.abs(y - frontAt(z) - 0.006 * x * x) - 6);
  };
  const box = { x: [-40, 40], y: [-120, -30], z: [62, 236] } as const;
  volume.paint(box, plate, HU.cortex * 0.7);
  volume.paint(box, inner(plate, 2), HU.marrow * 0.7);
}

/** The blade behind the ribs, its spine, and the head of the humerus above. */
function paintShoulder(volume: Volume, side: number): void {
  const blade: Shape = (z) => {
    const width = 62 * ease(z, 92, 200);
    return (x, y) => {
      const along = x * side - 74;
      return Math.max(Math.abs(y - 92 + along * 0.72 + 14 * ease(z, 200, 270)) * 0.8 - 3.4, -along, along - width);
    };
  };
  const box: Box = { x: side < 0 ? [-150, -70] : [70, 150], y: [20, 120], z: [92, 250] };
  volume.paint(box, blade, HU.cortex * 0.85);
  volume.paint(box, inner(blade, 1.6), HU.marrow);
  bone(
    volume,
    [
      [82 * side, 84, 222],
      [128 * side, 44, 240],
    ],
    5.5,
  );
}
