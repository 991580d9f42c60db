import { ULTRASOUND, ultrasound } from '../phantoms/ultrasound.ts';
import { pixelElements, seriesElements, studyHead } from './common.ts';
import { el, empty, type MadeObject, objectOf, type StudyOrder, uidOf } from './made.ts';

const US_IMAGE = '1.2.840.10008.5.1.4.1.1.6.1';
const PICTURES = 4;
const STORED = {
  ...{ rows: ULTRASOUND.rows, columns: ULTRASOUND.columns },
  ...({ bitsAllocated: 8, bitsStored: 8, isSigned: false } as const),
};

/** Some pictures of an abdomen. */
export function* usStudy(order: StudyOrder): Generator<MadeObject> {
  const words = {
    description: 'Échographie abdominale',
    bodyPart: 'ABDOMEN',
    station: 'US1',
    model: 'Échographe calculé',
  };
  const { study, elements } = studyHead(order, words);
  const common = [...elements, ...seriesElements(study, 1, 'Abdomen'), ...REGION];
  for (let no = 0; no < PICTURES; no += 1)
    yield objectOf(US_IMAGE, uidOf(study, 'us', no), [
      ...common,
      el(0x00200013, String(no + 1)),
      ...pixelElements(STORED, ultrasound(`${order.seed} ${order.no} ${no}`)),
    ]);
}

const perPixel = ULTRASOUND.millimetresPerPixel / 10;
const REGION = [
  el(0x00080008, 'ORIGINAL\\PRIMARY\\ABDOMINAL\\0001'),
  el(0x00282110, '00'),
  empty(0x00200020),
  el(0x00186011, [
    [
      el(0x00186012, 1),
      el(0x00186014, 1),
      el(0x00186016, 0),
      el(0x00186018, 0),
      el(0x0018601a, 0),
      el(0x0018601c, ULTRASOUND.columns - 1),
      el(0x0018601e, ULTRASOUND.rows - 1),
      el(0x00186024, 3),
      el(0x00186026, 3),
      el(0x0018602c, perPixel),
      el(0x0018602e, perPixel),
    ],
  ]),
];
