import { Random } from '../random.ts';
import { noiseTile, smoothField } from './noise.ts';

export const ULTRASOUND = { columns: 640, rows: 480, millimetresPerPixel: 0.36 } as const;

/** The fan: where its edges meet above the picture, how wide it is, where it begins and ends. */
const FAN = { x: 320, y: -42, half: 0.62, near: 78, far: 505 } as const;
/** What does not scatter at all. */
const SILENT = 0.02;

interface Plane {
  readonly kidney: readonly [x: number, y: number, a: number, b: number, turn: number];
  readonly gallbladder: readonly [x: number, y: number, a: number, b: number];
  readonly vessel: readonly [x: number, y: number, r: number];
  readonly diaphragm: number;
  readonly hasStone: boolean;
}

function planeOf(random: Random): Plane {
  return {
    kidney: [
      random.between(360, 420),
      random.between(270, 310),
      random.between(112, 128),
      random.between(54, 62),
      random.between(-0.35, -0.1),
    ],
    gallbladder: [random.between(225, 260), random.between(165, 190), random.between(50, 64), random.between(22, 28)],
    vessel: [random.between(270, 320), random.between(220, 250), random.between(9, 13)],
    diaphragm: random.between(395, 425),
    hasStone: random.next() < 0.5,
  };
}

const oval = (x: number, y: number, cx: number, cy: number, a: number, b: number, turn = 0): number => {
  const [px, py] = [x - cx, y - cy];
  const [u, v] = [(px * Math.cos(turn) + py * Math.sin(turn)) / a, (py * Math.cos(turn) - px * Math.sin(turn)) / b];
  return Math.sqrt(u * u + v * v);
};

/** How much a place scatters, 0 to 1 and more. */
function echoAt(x: number, y: number, depth: number, plane: Plane): number {
  if (depth < 26) return 0.85 - depth * 0.014 + 0.5 * Math.max(0, Math.sin(depth * 0.75));
  const [gx, gy, ga, gb] = plane.gallbladder;
  const gall = oval(x, y, gx, gy, ga, gb, 0.3);
  if (plane.hasStone && oval(x, y, gx + 8, gy + gb * 0.5, 9, 5) < 1) return 2.6;
  if (gall < 1) return SILENT;
  if (gall < 1.13) return 0.95;
  const [vx, vy, vr] = plane.vessel;
  const vessel = Math.hypot(x - vx, y - vy) / vr;
  if (vessel < 1) return SILENT;
  if (vessel < 1.25) return 0.8;
  const arc = Math.hypot(x - 300, y - 120) - (plane.diaphragm - 120);
  if (Math.abs(arc) < 4) return 2.2;
  return arc > 0 ? 0.32 : kidneyAt(x, y, plane.kidney);
}

function kidneyAt(x: number, y: number, [cx, cy, a, b, turn]: Plane['kidney']): number {
  const kidney = oval(x, y, cx, cy, a, b, turn);
  if (kidney > 1.05) return 0.5;
  if (kidney > 0.97) return 1.05;
  if (kidney < 0.42) return 0.95;
  // Pyramids between columns of cortex.
  const around = Math.atan2(y - cy, x - cx);
  return kidney < 0.72 && Math.sin(around * 7) > 0.25 ? 0.14 : 0.31;
}

/** How sound has fared on its way: weaker behind a stone, stronger behind fluid. */
function wayAt(x: number, depth: number, y: number, { gallbladder: [gx, gy, ga, gb], hasStone }: Plane): number {
  const ray = (x - FAN.x) / (y - FAN.y);
  const towards = (px: number, py: number) => Math.abs(ray - (px - FAN.x) / (py - FAN.y));
  if (hasStone && y > gy + gb * 0.5 + 4 && towards(gx + 8, gy + gb * 0.5) < 0.028) return 0.12;
  return y > gy + gb && towards(gx, gy) < (ga * 0.8) / (gy - FAN.y) ? 1.5 : 1 - depth * 0.00055;
}

/** A picture of an abdomen through a curved probe, 8 bits: liver, kidney, gallbladder, diaphragm, in speckle. */
export function ultrasound(seed: string): Uint8Array {
  const { columns, rows } = ULTRASOUND;
  const plane = planeOf(new Random(seed));
  const [a, b] = [noiseTile(`${seed} a`, 1), noiseTile(`${seed} b`, 1)];
  const texture = smoothField(`${seed} texture`, 26);
  const picture = new Uint8Array(columns * rows);
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < columns; x += 1) {
      const [radius, angle] = [Math.hypot(x - FAN.x, y - FAN.y), Math.atan2(x - FAN.x, y - FAN.y)];
      if (Math.abs(angle) > FAN.half || radius < FAN.near || radius > FAN.far) continue;
      const depth = radius - FAN.near;
      // Grains are as deep as the pulse is long, and as wide as the beam, which widens.
      const [along, across] = [Math.round(radius * 0.62), Math.round(angle * 260)];
      const speckle = Math.hypot(a.at(along, across), b.at(along, across)) * 0.78;
      const echo = echoAt(x, y, depth, plane) * (1 + 0.22 * texture(x, y, 0)) * wayAt(x, depth, y, plane);
      picture[y * columns + x] = Math.min(255, Math.max(0, 58 * Math.log1p(38 * echo * (0.25 + speckle)) - 62));
    }
  paintScale(picture, columns, rows);
  return picture;
}

/** A grey wedge at the right, a mark for each centimetre at the left. */
function paintScale(picture: Uint8Array, columns: number, rows: number): void {
  for (let y = 60; y < 316; y += 1) picture.fill(Math.min(255, 315 - y), y * columns + 606, y * columns + 618);
  const centimetre = 10 / ULTRASOUND.millimetresPerPixel;
  for (let no = 0; FAN.near + FAN.y + no * centimetre < rows; no += 1) {
    const at = Math.round(FAN.near + FAN.y + no * centimetre) * columns + 18;
    picture.fill(200, at, at + (no % 5 === 0 ? 12 : 6));
  }
}
