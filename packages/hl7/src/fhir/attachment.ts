import { fromBase64 } from '../base64.ts';
import { NO_HEAD } from '../document.ts';
import type { Coded, DocumentReading } from '../readings.ts';
import { WHY } from '../why.ts';
import type { Entry, Resources } from './bundle.ts';
import type { FhirAttachment } from './shapes.ts';
import { momentOf } from './types.ts';

/** A document, and what of it could not be opened, as sent. */
export interface FoundAttachment {
  readonly document: DocumentReading;
  readonly raw: string;
}

/** Attachment: with its data, that of a Binary beside it, or only where it lies. */
export function attachmentOf(
  attachment: FhirAttachment,
  code: Coded,
  from: Entry,
  resources: Resources,
): FoundAttachment {
  const binary = resources.resolveTo('Binary', { reference: attachment.url }, from)?.resource;
  const data = attachment.data ?? binary?.data ?? '';
  const bytes = data === '' ? undefined : fromBase64(data);
  const isBad = data !== '' && bytes === undefined;
  if (isBad) resources.problems.tell(102, `${from.place}.data`, 0, WHY.badBase64);
  const document = {
    ...NO_HEAD,
    mediaType: attachment.contentType ?? binary?.contentType ?? '',
    title: attachment.title || code.text || code.id,
    bytes,
    reference: data === '' ? (attachment.url ?? '') : '',
    writtenAt: momentOf(attachment.creation),
  };
  return { document, raw: isBad ? data : '' };
}
