import { Kept } from '../kept.ts';
import { addNoise, torso } from '../phantoms/torso.ts';
import type { Build } from '../phantoms/torso-wall.ts';
import type { Grid, Volume } from '../phantoms/volume.ts';
import { bytesOf, pixelElements, planeElements, seriesElements, studyHead, windowElements } from './common.ts';
import { el, empty, type MadeObject, objectOf, type StudyOrder, uidOf } from './made.ts';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const FIELD = 384;
const LOWEST = -66;
const FINE = { side: 512, thickness: 2.5, slices: 132 } as const;
const PLAIN = { side: 256, thickness: 5, slices: 66 } as const;

/** Bodies that patients take turns in: each is as another in its noise, its name and its number. */
export const BODIES: readonly (Build & { readonly name: string })[] = [
  { name: 'a', width: 1, depth: 1, fat: 14, isEnhanced: true },
  { name: 'b', width: 1.07, depth: 1.08, fat: 27, isEnhanced: true },
  { name: 'c', width: 0.95, depth: 1, fat: 10, isEnhanced: false },
];

const kept = new Kept<Volume>(2);

function gridOf({ side, thickness, slices }: typeof FINE | typeof PLAIN): Grid {
  const spacing = FIELD / side;
  const edge = -FIELD / 2 + spacing / 2;
  return { columns: side, rows: side, slices, spacing, thickness, origin: [edge, edge + 14, LOWEST] };
}

/** A chest, slice by slice from below: pixels in Hounsfield units over the intercept. */
export function* ctStudy(order: StudyOrder): Generator<MadeObject> {
  const body = BODIES[(order.no + 1) % BODIES.length] ?? BODIES[0];
  if (body === undefined) return;
  const grid = gridOf(order.isFine ? FINE : PLAIN);
  const head = studyHead(order, {
    description: body.isEnhanced ? 'Scanner du thorax injecté' : 'Scanner du thorax sans injection',
    bodyPart: 'CHEST',
    station: 'CT1',
    model: 'Scanner calculé',
  });
  const volume = kept.get(`${body.name} ${grid.columns}`, () => torso(grid, `${order.seed} ${body.name}`, body));
  const common = [
    ...head.elements,
    ...seriesElements(head.study, 1, body.isEnhanced ? 'Thorax injecté' : 'Thorax'),
    ...ACQUISITION,
    ...windowElements(WINDOWS),
  ];
  const frame = uidOf(head.study, 'frame');
  for (let no = 0; no < grid.slices; no += 1)
    yield sliceObject({ volume, frame, study: head.study, seed: `${order.seed} ${order.no}`, no, common });
}

interface Slice {
  readonly volume: Volume;
  readonly frame: string;
  readonly study: string;
  readonly seed: string;
  readonly no: number;
  readonly common: readonly ReturnType<typeof el>[];
}

function sliceObject({ volume, frame, study, seed, no, common }: Slice): MadeObject {
  const { grid, values } = volume;
  const count = grid.columns * grid.rows;
  // Thinner slices catch fewer quanta.
  const spread = grid.thickness < 4 ? 14 : 10;
  const slice = addNoise(values.subarray(no * count, (no + 1) * count), grid.columns, seed, no, spread);
  const stored = { rows: grid.rows, columns: grid.columns, bitsAllocated: 16, bitsStored: 16, isSigned: true } as const;
  const at = [grid.origin[0], grid.origin[1], volume.zOf(no)] as const;
  return objectOf(CT_IMAGE, uidOf(study, 'ct', no), [
    ...common,
    ...planeElements(frame, at, grid.spacing, grid.thickness),
    el(0x00200013, String(no + 1)),
    ...pixelElements(stored, bytesOf(slice)),
  ]);
}

const WINDOWS = [
  [45, 380, 'Médiastin'],
  [-600, 1500, 'Poumon'],
  [400, 1800, 'Os'],
] as const;

const ACQUISITION = [
  el(0x00080008, 'ORIGINAL\\PRIMARY\\AXIAL'),
  el(0x00180060, '120'),
  empty(0x00181120),
  el(0x00181150, '500'),
  el(0x00181151, '210'),
  el(0x00181210, 'Calculé'),
  el(0x00281052, '0'),
  el(0x00281053, '1'),
  el(0x00281054, 'HU'),
];
