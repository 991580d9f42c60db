/** What the bytes of a document are, whatever their sender calls them. */
export type DocumentForm = 'pdf' | 'cda' | 'text' | 'other' | 'none';

const BEGINNING_BYTES = 1024;

/** Looks at the beginning of the bytes alone: nothing is opened or run. */
export function formOf(bytes: Uint8Array | undefined): DocumentForm {
  if (bytes === undefined || bytes.length === 0) return 'none';
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BEGINNING_BYTES)).toString('latin1');
  if (start.startsWith('%PDF-')) return 'pdf';
  if (/^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|ClinicalDocument|[A-Za-z]+:ClinicalDocument)/.test(start)) {
    return start.includes('ClinicalDocument') || start.includes('urn:hl7-org:v3') ? 'cda' : 'other';
  }
  return /^[\x09\x0a\x0d\x20-\x7e\x80-\xff]*$/.test(start) && !/^\s*</.test(start) ? 'text' : 'other';
}
