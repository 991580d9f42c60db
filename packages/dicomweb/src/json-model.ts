import type { Tag } from '@leadglass/dicom';
import { type ModelValue, type ModelWriter, type PersonName, tagName } from './model-reader.ts';

/** Writes one data set in the DICOM JSON Model (PS3.18 Annex F), piece by piece. */
export class JsonModelWriter implements ModelWriter {
  readonly #sink: (text: string) => void;
  /** Whether something stands before, of each object and list that is open. */
  readonly #isFollowed: boolean[] = [false];

  /** @param sink gets the text in order. */
  constructor(sink: (text: string) => void) {
    this.#sink = sink;
    sink('{');
  }

  attribute(tag: Tag, vr: string, _creator: string | undefined, value: ModelValue): void {
    this.#sink(`${this.#comma()}"${tagName(tag)}":{"vr":"${vrName(vr)}"${told(value)}}`);
  }

  sequence(tag: Tag): void {
    this.#sink(`${this.#comma()}"${tagName(tag)}":{"vr":"SQ"`);
    this.#isFollowed.push(false);
  }

  item(): void {
    this.#sink(this.#isFollowed.at(-1) === true ? ',{' : ',"Value":[{');
    this.#isFollowed[this.#isFollowed.length - 1] = true;
    this.#isFollowed.push(false);
  }

  itemEnd(): void {
    this.#isFollowed.pop();
    this.#sink('}');
  }

  sequenceEnd(): void {
    this.#sink(this.#isFollowed.pop() === true ? ']}' : '}');
  }

  /** Ends the data set. */
  end(): void {
    this.#sink('}');
  }

  #comma(): string {
    const isFollowed = this.#isFollowed.at(-1) === true;
    this.#isFollowed[this.#isFollowed.length - 1] = true;
    return isFollowed ? ',' : '';
  }
}

/** Bytes that are no VR could end the string they stand in. */
export function vrName(vr: string): string {
  return /^[A-Z]{2}$/.test(vr) ? vr : 'UN';
}

function told(value: ModelValue): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'bulk':
      return `,"BulkDataURI":${JSON.stringify(value.uri)}`;
    case 'binary':
      return `,"InlineBinary":"${Buffer.from(value.bytes).toString('base64')}"`;
    case 'names':
      return `,"Value":${JSON.stringify(value.values.map(nameOf))}`;
    default:
      return `,"Value":${JSON.stringify(value.values)}`;
  }
}

function nameOf(name: PersonName | null): object | null {
  if (name === null) return null;
  const { alphabetic, ideographic, phonetic } = name;
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}
