import { createHash, type Hash } from 'node:crypto';
import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { latin1 } from './bytes.ts';
import type { Inspector, InspectorMaker, Scene } from './inspector.ts';

/** Who made a private block: a digest of the name, which a device may have filled with anything, and where it stands. */
export interface PrivateCreator {
  /** First 16 hexadecimal digits of the SHA-256 of the name, padding off. */
  readonly digest: string;
  readonly path: string;
}

/** What one object says that can be held against what is already known. No patient data: of dates only what follows from them. */
export interface ObjectFacts {
  /** As sent, padding off, at most 64 characters, controls as `?`; empty when the object does not say. */
  readonly manufacturer: string;
  readonly model: string;
  readonly software: string;
  /**
   * Which device it says it comes from: first 16 hexadecimal digits of the SHA-256 of maker, model and DeviceSerialNumber, or StationName
   * where there is no serial number. A digest, because a device may have anything in these. Empty when it says none of the two.
   */
  readonly device: string;
  /** Each once, at most MOST_CREATORS. */
  readonly creators: readonly PrivateCreator[];
  /** Earliest and latest of study, series, acquisition and content date as YYYYMMDD; 0 when there is none. */
  readonly earliestDate: number;
  readonly latestDate: number;
  /** The latest of these dates lies before the patient's birth. */
  readonly isBeforeBirth: boolean;
  /** SHA-256 of the pixel values in hexadecimal; empty when it was not asked for or there are none. */
  readonly pixelSha256: string;
}

export const NO_FACTS: ObjectFacts = {
  manufacturer: '',
  model: '',
  software: '',
  device: '',
  creators: [],
  earliestDate: 0,
  latestDate: 0,
  isBeforeBirth: false,
  pixelSha256: '',
};

/** Real objects have up to thirty. */
export const MOST_CREATORS = 64;
const MOST_CHARACTERS = 64;
const DIGEST_DIGITS = 16;

const DATES = new Set<Tag>([TAG.StudyDate, TAG.SeriesDate, TAG.AcquisitionDate, TAG.ContentDate]);
const NAMES = new Map<Tag, 'manufacturer' | 'model' | 'software'>([
  [TAG.Manufacturer, 'manufacturer'],
  [TAG.ManufacturerModelName, 'model'],
  [TAG.SoftwareVersions, 'software'],
]);
const PIXELS = new Set<Tag>([TAG.PixelData, TAG.FloatPixelData, TAG.DoubleFloatPixelData]);

/**
 * Collects an object's facts beside the inspectors: hand `maker` to an inspection with them, and read `facts` once it has ended.
 * The digest of the pixels costs as much as that of the whole object, so it is taken only where it is asked for.
 */
export class FactsCollector {
  readonly #names = { manufacturer: '', model: '', software: '' };
  readonly #device = { serial: '', station: '' };
  readonly #creators = new Map<string, PrivateCreator>();
  readonly #hash: Hash | undefined;
  readonly #dates: number[] = [];
  #birth = 0;
  #hasPixels = false;
  #isHashing = false;

  constructor(isPixelDigestWanted = false) {
    this.#hash = isPixelDigestWanted ? createHash('sha256') : undefined;
  }

  readonly maker: InspectorMaker = (scene) => ({ name: 'facts', ...this.#reading(scene), ...this.#hashing() });

  get facts(): ObjectFacts {
    const dates = this.#dates;
    const latestDate = Math.max(0, ...dates);
    return {
      ...this.#names,
      device: deviceDigest({ ...this.#names, ...this.#device }),
      creators: [...this.#creators.values()],
      earliestDate: dates.length === 0 ? 0 : Math.min(...dates),
      latestDate,
      isBeforeBirth: latestDate > 0 && this.#birth > latestDate,
      pixelSha256: this.#hasPixels ? (this.#hash?.copy().digest('hex') ?? '') : '',
    };
  }

  #reading(scene: Scene): Pick<Inspector, 'beginning'> {
    return {
      beginning: (head, bytes) => {
        if (head.depth !== 0) return;
        const name = NAMES.get(head.tag);
        if (name !== undefined) this.#names[name] ||= shown(bytes);
        else if (head.tag === TAG.DeviceSerialNumber) this.#device.serial ||= shown(bytes);
        else if (head.tag === TAG.StationName) this.#device.station ||= shown(bytes);
        else if (DATES.has(head.tag)) this.#takeDate(dateOf(bytes));
        else if (head.tag === TAG.PatientBirthDate) this.#birth = dateOf(bytes);
        else if (isCreator(head.tag)) this.#takeCreator(bytes, scene);
      },
    };
  }

  // Without a digest nothing listens to values: the pixels pass at no cost.
  #hashing(): Partial<Inspector> {
    const hash = this.#hash;
    if (hash === undefined) return {};
    const begin = (head: ElementHead): void => {
      this.#isHashing = head.depth === 0 && PIXELS.has(head.tag);
      this.#hasPixels ||= this.#isHashing;
    };
    return {
      element: begin,
      fragments: begin,
      // Fragment 0 is the offset table: the same pixels are sent with and without it.
      fragment: (index) => {
        this.#isHashing = this.#hasPixels && index > 0;
      },
      value: (bytes) => {
        if (this.#isHashing) hash.update(bytes);
      },
      elementEnd: () => {
        this.#isHashing = false;
      },
      fragmentsEnd: () => {
        this.#isHashing = false;
      },
    };
  }

  #takeDate(date: number): void {
    if (date > 0 && this.#dates.length < DATES.size) this.#dates.push(date);
  }

  #takeCreator(bytes: Uint8Array, scene: Scene): void {
    const name = latin1(bytes.subarray(0, MOST_CHARACTERS + 1)).replace(/[\0 ]+$/, '');
    if (name === '' || this.#creators.size >= MOST_CREATORS) return;
    const digest = createHash('sha256').update(name, 'latin1').digest('hex').slice(0, DIGEST_DIGITS);
    if (!this.#creators.has(digest)) this.#creators.set(digest, { digest, path: scene.path() });
  }
}

function deviceDigest(names: { manufacturer: string; model: string; serial: string; station: string }): string {
  const { manufacturer, model, serial, station } = names;
  const own = serial === '' ? station : serial;
  if (own === '') return '';
  // Upper case: some devices write their maker in both.
  const words = [manufacturer, model, serial === '' ? 'station' : 'serial', own].map((word) => word.toUpperCase());
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, DIGEST_DIGITS);
}

/** (gggg,0010-00FF) of an odd group (PS3.5 §7.8.1). */
function isCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return (tag & 0x10000) !== 0 && element >= 0x10 && element <= 0xff;
}

/** YYYYMMDD, or YYYY.MM.DD as older objects write it (PS3.5 §6.2); 0 when it is no date. */
function dateOf(bytes: Uint8Array): number {
  const digits = latin1(bytes.subarray(0, 12))
    .replaceAll('.', '')
    .replace(/[\0 ]+$/, '');
  if (!/^[0-9]{8}$/.test(digits)) return 0;
  const [month, day] = [Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? Number(digits) : 0;
}

function shown(bytes: Uint8Array): string {
  const text = latin1(bytes.subarray(0, MOST_CHARACTERS));
  return text
    .replace(/[\0 ]+$/, '')
    .replace(/^ +/, '')
    .replace(/[^\x20-\x7e]/g, '?');
}
