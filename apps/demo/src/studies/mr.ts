import { Kept } from '../kept.ts';
import { HEAD, type Head, head, type Weighting, weighted } from '../phantoms/head.ts';
import { bytesOf, pixelElements, planeElements, seriesElements, studyHead, windowElements } from './common.ts';
import { el, empty, type MadeObject, objectOf, type StudyOrder, uidOf } from './made.ts';

const MR_IMAGE = '1.2.840.10008.5.1.4.1.1.4';
const HEADS = 2;
const kept = new Kept<Head>(HEADS);

interface Sequence {
  readonly weighting: Weighting;
  readonly description: string;
  readonly repetitionMs: number;
  readonly echoMs: number;
  readonly echoTrain: number;
}

const SEQUENCES: readonly Sequence[] = [
  { weighting: 'T1', description: 'Axial T1', repetitionMs: 550, echoMs: 11, echoTrain: 1 },
  { weighting: 'T2', description: 'Axial T2', repetitionMs: 4200, echoMs: 98, echoTrain: 12 },
];

/** A head, in two weightings that lie on one another. */
export function* mrStudy(order: StudyOrder): Generator<MadeObject> {
  const words = { description: 'IRM cérébrale', bodyPart: 'BRAIN', station: 'MR1', model: 'IRM calculée' };
  const { study, elements } = studyHead(order, words);
  const seed = `${order.seed} head ${order.no % HEADS}`;
  const frame = uidOf(study, 'frame');
  const scanned = kept.get(seed, () => head(seed));
  for (const [at, sequence] of SEQUENCES.entries()) {
    const common = [...elements, ...seriesElements(study, at + 1, sequence.description), ...acquisition(sequence)];
    for (let no = 0; no < HEAD.slices; no += 1) {
      const slice = weighted(scanned, no, sequence.weighting, `${order.seed} ${order.no}`);
      const place = [...planeElements(frame, placeOf(no), HEAD.spacing, HEAD.gap), el(0x00200013, String(no + 1))];
      yield objectOf(MR_IMAGE, uidOf(study, sequence.weighting, no), [
        ...common,
        ...place,
        ...pixelElements(STORED, bytesOf(slice)),
      ]);
    }
  }
}

const STORED = { rows: HEAD.side, columns: HEAD.side, bitsAllocated: 16, bitsStored: 12, isSigned: false } as const;

function placeOf(no: number): readonly [number, number, number] {
  const edge = (-HEAD.side / 2) * HEAD.spacing;
  return [edge, edge, HEAD.lowest + no * HEAD.gap];
}

function acquisition({ repetitionMs, echoMs, echoTrain }: Sequence) {
  return [
    el(0x00080008, 'ORIGINAL\\PRIMARY\\OTHER'),
    el(0x00180020, 'SE'),
    el(0x00180021, echoTrain > 1 ? 'SK' : 'NONE'),
    empty(0x00180022),
    el(0x00180023, '2D'),
    el(0x00180080, String(repetitionMs)),
    el(0x00180081, String(echoMs)),
    el(0x00180087, '1.5'),
    el(0x00180091, String(echoTrain)),
    ...windowElements([[480, 900, 'Cerveau']]),
  ];
}
