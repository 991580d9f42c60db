import { ctStudy } from './ct.ts';
import { dxStudy } from './dx.ts';
import type { Kind, MadeObject, StudyOrder } from './made.ts';
import { mrStudy } from './mr.ts';
import { usStudy } from './us.ts';

const MAKERS: Readonly<Record<Kind, (order: StudyOrder) => Generator<MadeObject>>> = {
  CT: ctStudy,
  MR: mrStudy,
  US: usStudy,
  DX: dxStudy,
};

/** The objects of a study, one after the other as they are made. */
export function studyOf(order: StudyOrder): Generator<MadeObject> {
  return MAKERS[order.kind](order);
}
