import type { QueryLimits, Service } from '@leadglass/model';

/** The limits that say which answers a peer sees. */
export interface SightLimits {
  /** Of these modalities alone; absent: of any. */
  readonly modalities?: readonly string[];
  /** In a worklist, what is scheduled for this AE title alone: its own. */
  readonly station?: string;
}

/** What an answer says of itself; absent where it does not carry the attribute. */
export interface AnswerFacts {
  /** Modality (0008,0060), or ModalitiesInStudy (0008,0061). */
  readonly modalities?: readonly string[];
  /** ScheduledStationAETitle (0040,0001), every value. */
  readonly stations?: readonly string[];
}

/** Whether a peer may see one answer. `unknown` is not shown: an archive that does not say is asked for the key first (`keysForSight`). */
export type Sight = 'yes' | 'no' | 'unknown';

/** Services whose answers, or objects, are of a modality. */
const OF_A_MODALITY: ReadonlySet<Service> = new Set<Service>(['find', 'move', 'get', 'worklist']);

/**
 * The part of `limits` that narrows what a peer sees of a service's answers; undefined where it sees all of them.
 * @param aeTitle the peer's.
 */
export function sightLimitsOf(
  limits: QueryLimits | undefined,
  service: Service,
  aeTitle: string,
): SightLimits | undefined {
  const modalities = OF_A_MODALITY.has(service) ? limits?.modalities : undefined;
  const isOwn = service === 'worklist' && limits?.ownStation === true;
  if (modalities === undefined && !isOwn) return undefined;
  return { ...(modalities === undefined ? {} : { modalities }), ...(isOwn ? { station: aeTitle } : {}) };
}

/** Whether an answer may be seen: of these modalities (of a study, any one of them), and in a worklist scheduled for this station. */
export function sightOf(limits: SightLimits | undefined, answer: AnswerFacts): Sight {
  const byModality = among(limits?.modalities, answer.modalities);
  const byStation = among(limits?.station === undefined ? undefined : [limits.station], answer.stations);
  if (byModality === 'no' || byStation === 'no') return 'no';
  return byModality === 'unknown' || byStation === 'unknown' ? 'unknown' : 'yes';
}

function among(allowed: readonly string[] | undefined, said: readonly string[] | undefined): Sight {
  if (allowed === undefined) return 'yes';
  const values = said?.map((value) => value.trim()).filter((value) => value !== '') ?? [];
  if (values.length === 0) return 'unknown';
  return values.some((value) => allowed.includes(value)) ? 'yes' : 'no';
}

const MODALITY = 0x00080060;

/** Tags an answer has to carry so that `sightOf` can tell; what the peer did not ask for is asked for it, and taken out again. */
export function keysForSight(limits: SightLimits | undefined, service: Service, level: string): readonly number[] {
  const modality = service === 'worklist' ? MODALITY : MODALITY_KEYS[level];
  return [
    ...(limits?.modalities !== undefined && modality !== undefined ? [modality] : []),
    ...(limits?.station === undefined ? [] : [0x00400001]),
  ];
}

/**
 * Where a level says its modality. PATIENT says none: a peer limited to modalities sees no patients, and of an archive that knows nothing of
 * relational queries no single images either; ours tells the modality of an image's series.
 */
const MODALITY_KEYS: Readonly<Record<string, number>> = { STUDY: 0x00080061, SERIES: MODALITY, IMAGE: MODALITY };
