import { type Build, HU } from './torso-wall.ts';
import type { Point, Volume } from './volume.ts';

/** Blood as it is without a contrast agent. */
const PLAIN = 42;

/** Fat around it, muscle, and the four chambers. */
export function paintHeart(volume: Volume, { isEnhanced }: Build): void {
  const [muscle, left, right] = isEnhanced ? [HU.heart, 262, 225] : [48, PLAIN, PLAIN];
  const turn = 0.62;
  volume.ellipsoid([19, -26, 70], [67, 50, 54], -85, turn);
  volume.ellipsoid([21, -26, 70], [61, 44, 48], muscle, turn);
  volume.ellipsoid([45, -16, 62], [33, 20, 25], left, 0.75);
  volume.ellipsoid([8, -46, 66], [34, 17, 28], right, 0.45);
  volume.ellipsoid([-26, -24, 78], [23, 27, 29], right * 0.97, 0.2);
  volume.ellipsoid([10, 8, 96], [32, 18, 20], left * 0.98, 0.1);
  for (const at of [
    [58, -10, 58],
    [40, -2, 66],
  ] as const)
    volume.ellipsoid(at, [6, 5, 8], muscle, turn);
}

interface Vessel {
  readonly points: readonly Point[];
  readonly radius: number;
  /** Hounsfield units with a contrast agent. */
  readonly enhanced: number;
}

const VESSELS: readonly Vessel[] = [
  {
    points: [
      [2, -18, 92],
      [-6, -26, 120],
      [-12, -24, 148],
      [-8, -14, 174],
      [2, 0, 187],
      [14, 16, 187],
      [24, 32, 174],
      [27, 43, 150],
      [26, 46, 110],
      [22, 46, 60],
      [14, 43, 10],
      [6, 40, -100],
    ],
    radius: 13.5,
    enhanced: 268,
  },
  {
    points: [
      [-28, -18, 84],
      [-30, -16, 120],
      [-28, -15, 165],
      [-22, -18, 196],
    ],
    radius: 9,
    enhanced: 305,
  },
  {
    points: [
      [-22, -18, 196],
      [-34, -20, 225],
      [-38, -14, 262],
    ],
    radius: 7,
    enhanced: 240,
  },
  {
    points: [
      [-22, -18, 196],
      [8, -28, 206],
      [34, -22, 228],
      [42, -14, 262],
    ],
    radius: 6.4,
    enhanced: 320,
  },
  {
    points: [
      [12, -44, 92],
      [18, -36, 116],
      [18, -18, 142],
    ],
    radius: 13.5,
    enhanced: 244,
  },
  {
    points: [
      [18, -18, 142],
      [26, 2, 147],
      [44, 18, 142],
    ],
    radius: 10.5,
    enhanced: 240,
  },
  {
    points: [
      [18, -18, 142],
      [-2, -8, 138],
      [-40, 10, 132],
    ],
    radius: 10.5,
    enhanced: 238,
  },
  {
    points: [
      [-26, -2, 66],
      [-22, 8, 30],
      [-20, 14, -100],
    ],
    radius: 11.5,
    enhanced: 140,
  },
  {
    points: [
      [-8, -14, 178],
      [-15, -8, 215],
      [-19, -4, 290],
    ],
    radius: 6.2,
    enhanced: 262,
  },
  {
    points: [
      [5, 2, 190],
      [12, 4, 225],
      [16, 6, 290],
    ],
    radius: 4.6,
    enhanced: 262,
  },
  {
    points: [
      [15, 16, 190],
      [22, 18, 225],
      [36, 18, 262],
    ],
    radius: 5.2,
    enhanced: 262,
  },
  {
    points: [
      [30, 14, 98],
      [48, 24, 92],
    ],
    radius: 6,
    enhanced: 245,
  },
  {
    points: [
      [-16, 14, 96],
      [-42, 22, 92],
    ],
    radius: 6,
    enhanced: 245,
  },
];

/** Great vessels, windpipe and gullet. */
export function paintBlood(volume: Volume, { isEnhanced }: Build): void {
  // Its wall, and then what it carries.
  for (const { points, radius } of VESSELS) volume.vessel(points, radius + 1.4, 50);
  for (const { points, radius, enhanced } of VESSELS) volume.vessel(points, radius, isEnhanced ? enhanced : PLAIN);
  paintAirway(volume);
  volume.vessel(
    [
      [5, 32, 290],
      [7, 36, 168],
      [8, 34, 90],
      [22, 22, 0],
    ],
    7,
    42,
  );
  volume.vessel(
    [
      [5, 32, 290],
      [6, 34, 200],
    ],
    2.2,
    -700,
  );
}

const AIRWAY: readonly (readonly [points: readonly Point[], radius: number])[] = [
  [
    [
      [1, 6, 300],
      [1, 12, 220],
      [0, 20, 166],
    ],
    8.6,
  ],
  [
    [
      [0, 20, 166],
      [-20, 22, 148],
      [-36, 22, 136],
    ],
    6.8,
  ],
  [
    [
      [0, 20, 166],
      [22, 24, 150],
      [40, 24, 138],
    ],
    6,
  ],
  [
    [
      [-36, 22, 136],
      [-52, 26, 112],
      [-62, 34, 84],
    ],
    4.4,
  ],
  [
    [
      [-34, 22, 140],
      [-50, 16, 160],
    ],
    3.6,
  ],
  [
    [
      [40, 24, 138],
      [54, 30, 112],
      [64, 38, 86],
    ],
    4.2,
  ],
  [
    [
      [38, 24, 140],
      [52, 14, 162],
    ],
    3.4,
  ],
  [
    [
      [-62, 34, 84],
      [-72, 44, 56],
    ],
    2.6,
  ],
  [
    [
      [64, 38, 86],
      [76, 48, 58],
    ],
    2.6,
  ],
];

function paintAirway(volume: Volume): void {
  for (const [points, radius] of AIRWAY) volume.vessel(points, radius + 1.5, 40);
  for (const [points, radius] of AIRWAY) volume.vessel(points, radius, HU.air);
}
