import { keywordOf, type Tag } from '@leadglass/dicom';
import { vrName } from './json-model.ts';
import { type ModelValue, type ModelWriter, type PersonName, tagName } from './model-reader.ts';

/** Writes one data set in the Native DICOM Model (PS3.19 Annex A.1), piece by piece. */
export class XmlModelWriter implements ModelWriter {
  readonly #sink: (text: string) => void;

  /** @param sink gets the text in order. */
  constructor(sink: (text: string) => void) {
    this.#sink = sink;
    sink('<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve">');
  }

  attribute(tag: Tag, vr: string, creator: string | undefined, value: ModelValue): void {
    this.#sink(`${opening(tag, vrName(vr), creator)}${told(value)}</DicomAttribute>`);
  }

  sequence(tag: Tag, creator: string | undefined): void {
    this.#sink(opening(tag, 'SQ', creator));
  }

  item(index: number): void {
    this.#sink(`<Item number="${index + 1}">`);
  }

  itemEnd(): void {
    this.#sink('</Item>');
  }

  sequenceEnd(): void {
    this.#sink('</DicomAttribute>');
  }

  /** Ends the data set. */
  end(): void {
    this.#sink('</NativeDicomModel>\n');
  }
}

function opening(tag: Tag, vr: string, creator: string | undefined): string {
  const keyword = keywordOf(tag);
  const named = keyword === undefined ? '' : ` keyword="${keyword}"`;
  const owned = creator === undefined ? '' : ` privateCreator="${escaped(creator)}"`;
  return `<DicomAttribute tag="${tagName(tag)}" vr="${vr}"${named}${owned}>`;
}

function told(value: ModelValue): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'bulk':
      return `<BulkData uri="${escaped(value.uri)}"/>`;
    case 'binary':
      return `<InlineBinary>${Buffer.from(value.bytes).toString('base64')}</InlineBinary>`;
    case 'names':
      return value.values.map((name, at) => personName(name, at + 1)).join('');
    default:
      // An empty value has no element; the numbers of the others tell that it is there.
      return value.values
        .map((one, at) => (one === null ? '' : `<Value number="${at + 1}">${escaped(String(one))}</Value>`))
        .join('');
  }
}

const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

function personName(name: PersonName | null, number: number): string {
  if (name === null) return '';
  const groups = [
    ['Alphabetic', name.alphabetic],
    ['Ideographic', name.ideographic],
    ['Phonetic', name.phonetic],
  ] as const;
  const told = groups
    .filter(([, group]) => group !== '')
    .map(([kind, group]) => `<${kind}>${components(group)}</${kind}>`);
  return `<PersonName number="${number}">${told.join('')}</PersonName>`;
}

function components(group: string): string {
  const parts = group.split('^');
  return COMPONENTS.map((component, at) => {
    const part = parts[at] ?? '';
    return part === '' ? '' : `<${component}>${escaped(part)}</${component}>`;
  }).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text between or within tags. Characters XML 1.0 has no way to write become U+FFFD. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
