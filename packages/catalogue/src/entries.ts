import { TAG, type Tag } from '@leadglass/dicom';
import {
  type AttributeSet,
  COMPUTED_ATTRIBUTES,
  type Level,
  levelOf,
  type Matcher,
  matcherOf,
  nameOf,
  QUERY_TAG,
  type Query,
} from '@leadglass/query';
import type { InstanceRow, SeriesRow, StudyRow, SubjectRow } from '@leadglass/records';
import type { Sealer } from './sealer.ts';

/** What of a study is worked out from its series, and can be asked for. */
const FROM_SERIES: ReadonlySet<Tag> = new Set([QUERY_TAG.ModalitiesInStudy, QUERY_TAG.SOPClassesInStudy]);
const COMPUTED: ReadonlySet<Tag> = new Set(Object.values(COMPUTED_ATTRIBUTES).flat());
const TOTALS: ReadonlySet<Tag> = new Set(COMPUTED_ATTRIBUTES.PATIENT);
const AVAILABLE: AttributeSet = { [nameOf(QUERY_TAG.InstanceAvailability)]: 'ONLINE' };
const NAME = {
  study: nameOf(TAG.StudyInstanceUID),
  series: nameOf(TAG.SeriesInstanceUID),
  sopClass: nameOf(TAG.SOPClassUID),
  sop: nameOf(TAG.SOPInstanceUID),
  modalities: nameOf(QUERY_TAG.ModalitiesInStudy),
  classes: nameOf(QUERY_TAG.SOPClassesInStudy),
  seriesOfStudy: nameOf(QUERY_TAG.NumberOfStudyRelatedSeries),
  instancesOfStudy: nameOf(QUERY_TAG.NumberOfStudyRelatedInstances),
  instancesOfSeries: nameOf(QUERY_TAG.NumberOfSeriesRelatedInstances),
} as const;

/** Rows of records as attribute sets, opened as far as they match the keys of one query. Synchronous: who goes through many gives others their turn. */
export class Entries {
  readonly #sealer: Sealer;
  readonly #tests: Readonly<Record<Level, Matcher>>;
  readonly #testFromSeries: Matcher;
  /** Whether totals over all studies of a patient are asked for. */
  readonly wantsTotals: boolean;

  constructor(sealer: Sealer, { keys, options }: Query) {
    this.#sealer = sealer;
    this.wantsTotals = keys.some(({ tag }) => TOTALS.has(tag));
    const testOf = (level: Level): Matcher =>
      matcherOf({ options, keys: keys.filter(({ tag }) => levelOf(tag) === level && !COMPUTED.has(tag)) });
    this.#tests = {
      PATIENT: testOf('PATIENT'),
      STUDY: testOf('STUDY'),
      SERIES: testOf('SERIES'),
      IMAGE: testOf('IMAGE'),
    };
    this.#testFromSeries = matcherOf({ options, keys: keys.filter(({ tag }) => FROM_SERIES.has(tag)) });
  }

  /** The patient, when it matches. These throw Fault `catalogue.sealed-otherwise`. */
  patient(row: SubjectRow): AttributeSet | undefined {
    const subject = this.#sealer.open('subject', row.variant, row.sealed);
    return this.#tests.PATIENT(subject) ? { ...AVAILABLE, ...subject } : undefined;
  }

  /** The study with its patient, when both match; totals of the patient are not among them. */
  study(row: StudyRow): AttributeSet | undefined {
    // What stands in the clear is held against the keys first: it costs no opening.
    const fromSeries = { [NAME.modalities]: row.modalities, [NAME.classes]: row.sopClasses };
    if (!this.#testFromSeries(fromSeries)) return undefined;
    const both = this.#sealer.open('study', row.studyInstanceUid, row.sealed);
    const study = { ...AVAILABLE, ...both, [NAME.study]: row.studyInstanceUid, ...fromSeries };
    if (!this.#tests.PATIENT(study) || !this.#tests.STUDY(study)) return undefined;
    return Object.assign(study, {
      [NAME.seriesOfStudy]: String(row.series),
      [NAME.instancesOfStudy]: String(row.instances),
    });
  }

  /** The series without its study, when it matches. */
  series(row: SeriesRow): AttributeSet | undefined {
    const own = this.#sealer.open('series', row.seriesInstanceUid, row.sealed);
    const named = { [NAME.series]: row.seriesInstanceUid, [NAME.instancesOfSeries]: String(row.instances) };
    const series = { ...own, ...named };
    return this.#tests.SERIES(series) ? series : undefined;
  }

  /** The instance without its series, when it matches. */
  instance(row: InstanceRow): AttributeSet | undefined {
    const own = this.#sealer.open('instance', row.sopInstanceUid, row.sealed);
    const instance = { ...own, [NAME.sopClass]: row.sopClassUid, [NAME.sop]: row.sopInstanceUid };
    return this.#tests.IMAGE(instance) ? instance : undefined;
  }
}
