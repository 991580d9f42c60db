import { type ModelValue, type ModelWriter, XmlModelWriter } from '@leadglass/dicomweb';
import type { JsonDataSet, JsonElement, JsonPersonName, JsonValue } from '@leadglass/query';

/** A match in the Native DICOM Model. */
export function xmlOf(match: JsonDataSet): string {
  const text: string[] = [];
  const writer = new XmlModelWriter((piece) => text.push(piece));
  write(writer, match);
  writer.end();
  return text.join('');
}

/** Recursion follows attribute sets, which were collected to a bounded depth. */
function write(writer: ModelWriter, set: JsonDataSet): void {
  for (const [name, element] of Object.entries(set)) {
    const tag = Number.parseInt(name, 16);
    if (element.vr !== 'SQ') {
      writer.attribute(tag, element.vr, undefined, valueOfElement(element));
      continue;
    }
    writer.sequence(tag, undefined);
    for (const [index, item] of (element.Value ?? []).entries()) {
      writer.item(index);
      write(writer, item as JsonDataSet);
      writer.itemEnd();
    }
    writer.sequenceEnd();
  }
}

function valueOfElement({ vr, Value: values = [] }: JsonElement): ModelValue {
  if (values.length === 0) return { kind: 'none' };
  if (vr === 'PN') return { kind: 'names', values: values.map(nameOf) };
  return { kind: 'texts', values: values.map((value) => (value === null ? null : String(value))) };
}

function nameOf(value: JsonValue) {
  if (value === null || typeof value !== 'object') return null;
  const {
    Alphabetic: alphabetic = '',
    Ideographic: ideographic = '',
    Phonetic: phonetic = '',
  } = value as JsonPersonName;
  return { alphabetic, ideographic, phonetic };
}
