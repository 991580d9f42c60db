import type { Text } from '@leadglass/kit';
import { noticePdf } from './notice-pdf.ts';

/** What takes the place of a withdrawn document. */
export interface Notice {
  /** Even in length. */
  readonly bytes: Uint8Array;
  readonly mimeType: string;
}

/** What a notice says. */
export interface NoticeWords {
  /** Why the document was withdrawn; at most a few sentences. */
  readonly reasons: readonly Text[];
  /** Whom to ask. */
  readonly contact: Text;
}

type Form = 'pdf' | 'cda' | 'stl' | 'obj' | 'mtl';

/** Encapsulated document storage classes (PS3.4 §B.5) and the form their documents have. */
const FORM_OF: Readonly<Record<string, Form>> = {
  '1.2.840.10008.5.1.4.1.1.104.1': 'pdf',
  '1.2.840.10008.5.1.4.1.1.104.2': 'cda',
  '1.2.840.10008.5.1.4.1.1.104.3': 'stl',
  '1.2.840.10008.5.1.4.1.1.104.4': 'obj',
  '1.2.840.10008.5.1.4.1.1.104.5': 'mtl',
};
const MIME_TYPES: Readonly<Record<Form, string>> = {
  pdf: 'application/pdf',
  cda: 'text/XML',
  stl: 'model/stl',
  obj: 'model/obj',
  mtl: 'model/mtl',
};

/** The notice for a document of this SOP class; a PDF page where the class says nothing of the form. */
export function noticeFor(sopClassUid: string, words: NoticeWords): Notice {
  const form = FORM_OF[sopClassUid] ?? 'pdf';
  const lines = noticeLines(words);
  return { bytes: even(WRITERS[form](lines), form), mimeType: MIME_TYPES[form] };
}

/** One line of a notice; an empty one separates. */
export interface NoticeLine {
  readonly value: string;
  readonly isTitle: boolean;
}

function noticeLines({ reasons, contact }: NoticeWords): readonly NoticeLine[] {
  const line = (value: string, isTitle = false): NoticeLine => ({ value, isTitle });
  // A name of PDF quoted in a reason is not to be taken for one.
  const bare = (value: string): string => value.replaceAll('/', ' ');
  return [
    line('Document retiré pour des raisons de sécurité', true),
    line('Ce document a été retiré par Leadglass, la passerelle de sécurité de la radiologie.'),
    ...reasons.map((reason) => line(`Motif : ${bare(reason.fr)}`)),
    line('L’original est conservé sous clé, intact. Rien d’autre n’a été changé dans le dossier du patient.'),
    line(`Pour l’obtenir : ${contact.fr}`),
    line(''),
    line('Document withdrawn for security reasons', true),
    line('This document was withdrawn by Leadglass, the security gateway of radiology.'),
    ...reasons.map((reason) => line(`Reason: ${bare(reason.en)}`)),
    line('The original is kept under lock, untouched. Nothing else was changed in the patient’s record.'),
    line(`To obtain it: ${contact.en}`),
  ];
}

const WRITERS: Readonly<Record<Form, (lines: readonly NoticeLine[]) => Uint8Array>> = {
  pdf: noticePdf,
  cda: noticeCda,
  stl: noticeStl,
  obj: (lines) => utf8(`${comments(lines)}\n`),
  mtl: (lines) => utf8(`${comments(lines)}\nnewmtl withdrawn\n`),
};

/** PDF and text formats take a blank behind their end; STL counts its bytes and is even already. */
function even(bytes: Uint8Array, form: Form): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = form === 'pdf' ? 0x0a : 0x20;
  return padded;
}

function utf8(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'utf8'));
}

/** Letters without accents, quotes plain: formats that promise ASCII only. */
function ascii(value: string): string {
  const plain = value
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[’‘]/g, "'")
    .replace(/[«»“”]/g, '"');
  return plain.replace(/[^\x20-\x7e]/g, ' ');
}

/** Wavefront OBJ and MTL: comments alone, no geometry. */
function comments(lines: readonly NoticeLine[]): string {
  return lines.map(({ value }) => `# ${ascii(value)}`.trimEnd()).join('\n');
}

const STL_HEADER_BYTES = 80;
/** Normal, three corners, attribute byte count. */
const STL_FACET_BYTES = 50;

/** Binary STL with one facet of no extent, which shows nothing; its header holds 80 characters. */
function noticeStl(): Uint8Array {
  const bytes = new Uint8Array(STL_HEADER_BYTES + 4 + STL_FACET_BYTES);
  bytes.set(utf8('Document retire / withdrawn: Leadglass. Original conserve / kept.').subarray(0, STL_HEADER_BYTES));
  new DataView(bytes.buffer).setUint32(STL_HEADER_BYTES, 1, true);
  return bytes;
}

function xml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A CDA document (HL7 CDA R2) of one section that says the notice. */
function noticeCda(lines: readonly NoticeLine[]): Uint8Array {
  const paragraphs = lines
    .filter(({ value }) => value !== '')
    .map(({ value }) => `<paragraph>${xml(value)}</paragraph>`);
  return utf8(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<ClinicalDocument xmlns="urn:hl7-org:v3">',
      '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>',
      '<title>Document retiré / Document withdrawn</title>',
      '<component><structuredBody><component><section><text>',
      ...paragraphs,
      '</text></section></component></structuredBody></component>',
      '</ClinicalDocument>',
      '',
    ].join('\n'),
  );
}
