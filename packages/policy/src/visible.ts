import type { QueryLimits, Service } from '@leadglass/model';

/** What an answer says of itself; absent where it does not carry the attribute. */
export interface AnswerFacts {
  /** Modality (0008,0060), or ModalitiesInStudy (0008,0061). */
  readonly modalities?: readonly string[];
  /** ScheduledStationAETitle (0040,0001), every value. */
  readonly stations?: readonly string[];
}

/** Whether a peer may see one answer. `unknown` is not shown: an archive that does not say is asked for the key first (`keysForSight`). */
export type Sight = 'yes' | 'no' | 'unknown';

/**
 * Whether the peer may see an answer: of its modalities (of a study, any one of them), and in a worklist scheduled for its own title.
 * @param aeTitle the peer's.
 */
export function sightOf(
  limits: QueryLimits | undefined,
  aeTitle: string,
  service: Service,
  answer: AnswerFacts,
): Sight {
  const byModality = among(limits?.modalities, answer.modalities);
  const byStation =
    limits?.ownStation === true && service === 'worklist' ? among([aeTitle], answer.stations) : ('yes' as const);
  if (byModality === 'no' || byStation === 'no') return 'no';
  return byModality === 'unknown' || byStation === 'unknown' ? 'unknown' : 'yes';
}

function among(allowed: readonly string[] | undefined, said: readonly string[] | undefined): Sight {
  if (allowed === undefined) return 'yes';
  const values = said?.map((value) => value.trim()).filter((value) => value !== '') ?? [];
  if (values.length === 0) return 'unknown';
  return values.some((value) => allowed.includes(value)) ? 'yes' : 'no';
}

/** Tags an answer has to carry so that `sightOf` can tell; what the peer did not ask for is asked for it, and taken out again. */
export function keysForSight(limits: QueryLimits | undefined, service: Service, level: string): readonly number[] {
  const modality = service === 'worklist' ? 0x00080060 : MODALITY_KEYS[level];
  return [
    ...(limits?.modalities !== undefined && modality !== undefined ? [modality] : []),
    ...(limits?.ownStation === true && service === 'worklist' ? [0x00400001] : []),
  ];
}

/** Where a level says its modality. PATIENT and IMAGE say none: a peer limited to modalities sees no answers there. */
const MODALITY_KEYS: Readonly<Record<string, number>> = { STUDY: 0x00080061, SERIES: 0x00080060 };
