import { fromHex } from '@leadglass/kit';
import { fromBase64 } from './base64.ts';
import { codeText, entityText, personText } from './fields.ts';
import type { Problems } from './problems.ts';
import type { DocumentReading } from './readings.ts';
import { componentOf, type Dialect, meaning, rawComponent, type Segment } from './segment.ts';
import { WHY } from './why.ts';

/** What TXA says of a document. */
export type DocumentHead = Pick<
  DocumentReading,
  'id' | 'parent' | 'type' | 'status' | 'availability' | 'writtenAt' | 'author'
>;

/** Of a document that came without TXA. */
export const NO_HEAD: DocumentHead = {
  id: '',
  parent: '',
  type: '',
  status: '',
  availability: '',
  writtenAt: '',
  author: '',
};

/** TXA (v2.5.1 §9.6.1). */
export function documentHeadOf(txa: Segment): DocumentHead {
  return {
    id: entityText(txa, 12),
    parent: entityText(txa, 13),
    type: codeText(txa, 2),
    status: txa.component(17, 1),
    availability: txa.component(19, 1),
    writtenAt: txa.component(4, 1) || txa.component(6, 1),
    author: personText(txa, 9) || personText(txa, 5),
  };
}

/** A document as it was found, and what of it could not be opened, as sent. */
export interface FoundDocument {
  readonly document: DocumentReading;
  readonly raw: string;
}

/** ED (v2.5.1 §2.A.24): source, type, subtype, encoding, data. */
export function encapsulated(
  repetition: string,
  obx: Segment,
  title: string,
  head: DocumentHead,
  problems: Problems,
): FoundDocument {
  const { dialect } = obx;
  const data = rawComponent(repetition, 5, dialect);
  const bytes = data === '' ? undefined : opened(data, componentOf(repetition, 4, dialect), dialect);
  if (data === '') problems.tell(101, obx, 5, WHY.noDocument);
  else if (bytes === undefined) problems.tell(102, obx, 5, WHY.badBase64);
  const document = {
    ...head,
    mediaType: joined(componentOf(repetition, 2, dialect), componentOf(repetition, 3, dialect)),
    title,
    bytes,
    reference: '',
  };
  return { document, raw: bytes === undefined ? repetition : '' };
}

/** RP (v2.5.1 §2.A.67): where it lies, application, type, subtype. */
export function referenced(repetition: string, dialect: Dialect, title: string, head: DocumentHead): DocumentReading {
  return {
    ...head,
    mediaType: joined(componentOf(repetition, 3, dialect), componentOf(repetition, 4, dialect)),
    title,
    bytes: undefined,
    reference: componentOf(repetition, 1, dialect),
  };
}

/** A text sent as a document. */
export function plainDocument(lines: readonly string[], title: string, head: DocumentHead): DocumentReading {
  const bytes = lines.length === 0 ? undefined : new Uint8Array(Buffer.from(lines.join('\n'), 'utf8'));
  return { ...head, mediaType: lines.length === 0 ? '' : 'text/plain', title, bytes, reference: '' };
}

/** Table 0299. What names no encoding is taken for base64 where it is that. */
function opened(raw: string, encoding: string, dialect: Dialect): Uint8Array | undefined {
  const data = meaning(raw, dialect);
  switch (encoding.toUpperCase()) {
    case 'A':
      return new Uint8Array(Buffer.from(data, 'utf8'));
    case 'HEX':
      return fromHex(data);
    default:
      return fromBase64(data);
  }
}

function joined(type: string, subtype: string): string {
  return type !== '' && subtype !== '' ? `${type}/${subtype}` : type + subtype;
}
