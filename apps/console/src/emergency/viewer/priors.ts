import type { ChartStudyAnswer } from '@leadglass/contract';

type Study = Pick<ChartStudyAnswer, 'studyInstanceUid' | 'studyDate' | 'studyTime' | 'description' | 'modalities'>;

/** Words that say the same part of the body, in French and English, as descriptions have them. */
const PARTS: readonly (readonly string[])[] = [
  ['head', 'brain', 'crane', 'cerveau', 'cerebral', 'encephale', 'tete', 'skull'],
  ['chest', 'thorax', 'thoracique', 'poumon', 'lung', 'pulmonary', 'pulmonaire'],
  ['abdomen', 'abdominal', 'abdo', 'pelvis', 'pelvien', 'bassin', 'tap'],
  ['spine', 'rachis', 'lumbar', 'lombaire', 'cervical', 'dorsal'],
  ['knee', 'genou'],
  ['hip', 'hanche'],
  ['hand', 'main', 'wrist', 'poignet'],
  ['foot', 'pied', 'ankle', 'cheville'],
  ['shoulder', 'epaule'],
  ['breast', 'sein', 'mammo', 'mammographie'],
  ['heart', 'coeur', 'cardiac', 'cardiaque', 'coro', 'coronary'],
];

/** Which parts of the body a description names. */
export function partsOf(description: string): ReadonlySet<number> {
  const words = description
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return new Set(PARTS.flatMap((names, part) => (names.some((name) => words.includes(name)) ? [part] : [])));
}

const momentOf = ({ studyDate, studyTime }: Study): string => `${studyDate.padEnd(8, '0')}${studyTime.padEnd(6, '0')}`;

/** Newest first; what has no date comes last. */
export function newestFirst<S extends Study>(studies: readonly S[]): readonly S[] {
  return studies.toSorted((a, b) => (momentOf(a) < momentOf(b) ? 1 : momentOf(a) > momentOf(b) ? -1 : 0));
}

function likeness(study: Study, to: Study): number {
  const isSameKind = study.modalities.some((modality) => to.modalities.includes(modality));
  const parts = partsOf(to.description);
  const isSamePart = [...partsOf(study.description)].some((part) => parts.has(part));
  const isBefore = momentOf(study) <= momentOf(to);
  return Number(isSameKind) * 4 + Number(isSamePart) * 2 + Number(isBefore);
}

/** What `study` may be compared with: same modality and part of the body first, then same modality, then the newest. */
export function priorsOf<S extends Study>(study: S, all: readonly S[]): readonly S[] {
  const others = newestFirst(all.filter(({ studyInstanceUid }) => studyInstanceUid !== study.studyInstanceUid));
  return others.toSorted((a, b) => likeness(b, study) - likeness(a, study));
}
