import { Kept } from '../kept.ts';
import { RADIOGRAPH, radiograph } from '../phantoms/radiograph.ts';
import { Random } from '../random.ts';
import { bytesOf, pixelElements, seriesElements, studyHead } from './common.ts';
import { BODIES } from './ct.ts';
import { el, empty, type MadeObject, objectOf, type StudyOrder, uidOf } from './made.ts';

const DX_FOR_PRESENTATION = '1.2.840.10008.5.1.4.1.1.1.1';
const kept = new Kept<Uint16Array>(BODIES.length);
const STORED = {
  ...{ rows: RADIOGRAPH.rows, columns: RADIOGRAPH.columns },
  ...({ bitsAllocated: 16, bitsStored: 12, isSigned: false } as const),
};

/** A chest, seen from behind. */
export function* dxStudy(order: StudyOrder): Generator<MadeObject> {
  const words = {
    description: 'Radiographie du thorax de face',
    bodyPart: 'CHEST',
    station: 'DX1',
    model: 'Capteur calculé',
  };
  const { study, elements } = studyHead(order, words);
  const body = BODIES[order.no % BODIES.length] ?? BODIES[0];
  if (body === undefined) return;
  const clean = kept.get(body.name, () => radiograph(`${order.seed} chest ${body.name}`, body));
  yield objectOf(DX_FOR_PRESENTATION, uidOf(study, 'dx'), [
    ...elements,
    ...seriesElements(study, 1, 'Thorax de face, PA'),
    ...PROJECTION,
    el(0x00200013, '1'),
    ...pixelElements(STORED, bytesOf(exposed(clean, `${order.seed} ${order.no}`))),
  ]);
}

/** The same chest on another day: other quanta. */
function exposed(clean: Uint16Array, seed: string): Uint16Array {
  const random = new Random(seed);
  return clean.map((value) => Math.min(4095, Math.max(0, Math.round(value + 5 * random.bell()))));
}

const [HALF, FULL] = [2048, 4096] as const;
const PROJECTION = [
  el(0x00080008, 'ORIGINAL\\PRIMARY\\'),
  el(0x00080068, 'FOR PRESENTATION'),
  el(0x00082218, [[el(0x00080100, '43799004'), el(0x00080102, 'SCT'), el(0x00080104, 'Thorax')]]),
  el(0x00181164, `${RADIOGRAPH.spacing}\\${RADIOGRAPH.spacing}`),
  el(0x00181508, 'NONE'),
  el(0x00185101, 'PA'),
  el(0x00187004, 'DIRECT'),
  el(0x00200020, 'L\\F'),
  el(0x00200062, 'U'),
  empty(0x00400555),
  el(0x00281040, 'LOG'),
  el(0x00281041, 1, 'SS'),
  el(0x00281050, String(HALF)),
  el(0x00281051, String(FULL)),
  el(0x00281052, '0'),
  el(0x00281053, '1'),
  el(0x00281054, 'US'),
  el(0x00282110, '00'),
  el(0x20500020, 'IDENTITY'),
];
