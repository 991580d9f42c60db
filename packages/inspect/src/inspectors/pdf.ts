import { type ElementHead, TAG } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { mayCarryDocument } from '../content/carrier.ts';
import { Needle } from '../content/needle.ts';
import { PdfDocument, type PdfSaying } from '../content/pdf-document.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('pdf');

/** What a PDF in an object can be or hold. */
export const PDF_KINDS = {
  script: kind(
    'script',
    'suspicious',
    'ISO 32000-1 §12.6.4.16; PS3.3 §A.45.1',
    'Le document PDF contient un programme (JavaScript) qui s’exécute à l’ouverture ou au clic.',
    'The PDF document holds a program (JavaScript) that runs when it is opened or clicked.',
  ),
  launch: kind(
    'launch',
    'malicious',
    'ISO 32000-1 §12.6.4.5; PS3.3 §A.45.1',
    'Le document PDF demande de lancer un programme sur le poste de celui qui l’ouvre.',
    'The PDF document asks to start a program on the workstation of whoever opens it.',
  ),
  attachment: kind(
    'attachment',
    'suspicious',
    'ISO 32000-1 §7.11.4; PS3.3 §A.45.1',
    'Le document PDF contient un fichier joint, qui échappe aux contrôles habituels des images.',
    'The PDF document carries an attached file, which escapes the usual checks of images.',
  ),
  'attached-program': kind(
    'attached-program',
    'malicious',
    'ISO 32000-1 §7.11.4; PS3.3 §A.45.1',
    'Le document PDF contient un programme en pièce jointe.',
    'The PDF document carries a program as an attached file.',
  ),
  remote: kind(
    'remote',
    'suspicious',
    'ISO 32000-1 §12.6.4.3, §12.6.4.4',
    'Le document PDF ouvre un autre document, ailleurs sur le poste ou sur le réseau ; cela peut livrer les identifiants de l’utilisateur.',
    'The PDF document opens another document elsewhere on the workstation or network; that can give away the user’s credentials.',
  ),
  'form-data': kind(
    'form-data',
    'suspicious',
    'ISO 32000-1 §12.7.5',
    'Le document PDF envoie ou importe des données de formulaire.',
    'The PDF document sends or imports form data.',
  ),
  'rich-media': kind(
    'rich-media',
    'suspicious',
    'ISO 32000-2 §13.7',
    'Le document PDF contient un média interactif qui peut exécuter un programme.',
    'The PDF document holds interactive media that can run a program.',
  ),
  xfa: kind(
    'xfa',
    'suspicious',
    'ISO 32000-1 §12.7.8',
    'Le document PDF contient un formulaire dynamique (XFA), qui peut exécuter un programme.',
    'The PDF document holds a dynamic form (XFA), which can run a program.',
  ),
  uri: kind(
    'uri',
    'suspicious',
    'ISO 32000-1 §12.6.4.7',
    'Un lien du document PDF mène ailleurs que vers une page web ordinaire : fichier, partage réseau, programme ou adresse déguisée.',
    'A link of the PDF document leads elsewhere than to an ordinary web page: a file, a network share, a program or a disguised address.',
  ),
  link: kind(
    'link',
    'information',
    'ISO 32000-1 §12.6.4.7',
    'Le document PDF contient des liens vers des pages web.',
    'The PDF document holds links to web pages.',
  ),
  encrypted: kind(
    'encrypted',
    'information',
    'ISO 32000-1 §7.6',
    'Le document PDF est chiffré : ses textes et fichiers joints n’ont pas pu être lus.',
    'The PDF document is encrypted: its texts and attached files could not be read.',
  ),
  'encrypted-objects': kind(
    'encrypted-objects',
    'information',
    'ISO 32000-1 §7.5.7, §7.6',
    'Le document PDF est chiffré et une partie de sa structure est illisible : le contrôle n’a pas pu aller au bout.',
    'The PDF document is encrypted and part of its structure cannot be read: the check could not be completed.',
  ),
  'hidden-objects': kind(
    'hidden-objects',
    'suspicious',
    'ISO 32000-1 §7.5.7',
    'Une partie de la structure du document PDF est compressée d’une façon inhabituelle ou défectueuse, ce qui peut servir à échapper aux contrôles.',
    'Part of the structure of the PDF document is compressed in an unusual or broken way, which can serve to escape checks.',
  ),
  'unread-objects': kind(
    'unread-objects',
    'information',
    'ISO 32000-1 §7.4.4.4',
    'Une partie de la structure du document PDF est rangée sous une forme que le contrôle ne lit pas : il n’a pas pu aller au bout.',
    'Part of the structure of the PDF document is kept in a form the check does not read: it could not be completed.',
  ),
  'unpacked-too-much': kind(
    'unpacked-too-much',
    'information',
    'ISO 32000-1 §7.5.7',
    'La structure du document PDF est trop volumineuse une fois décompressée : le contrôle n’a pas pu aller au bout.',
    'The structure of the PDF document is too large once unpacked: the check could not be completed.',
  ),
  notPdf: kind(
    'not-pdf',
    'suspicious',
    'PS3.3 §C.24.2, §A.45.1',
    'Le document est déclaré comme PDF et n’en est pas un : il peut s’agir d’une page web ou d’un programme.',
    'The document is declared a PDF and is none: it may be a web page or a program.',
  ),
} as const satisfies Readonly<Record<PdfSaying | 'notPdf', FindingKind>>;

const UNFINISHED: ReadonlySet<PdfSaying> = new Set(['encrypted-objects', 'unread-objects', 'unpacked-too-much']);
const ENCAPSULATED_PDF_STORAGE = '1.2.840.10008.5.1.4.1.1.104.1';
const MIME_PDF = 'application/pdf';
const MARK = '%PDF-';
/** Readers look for the mark in the first 1,024 bytes, not only at their start. */
const MARK_WITHIN = 1024 + MARK.length;

/** A document seen, until it is known what it was declared to be. */
interface Seen {
  readonly path: string;
  readonly offset: number;
  readonly isPdf: boolean;
}

/** Active content of PDF documents, encapsulated or hidden in any bulk value but pixels (INSPECT-140 to 147). */
export function pdf(scene: Scene): Inspector {
  const eye = new PdfEye(scene);
  return {
    name: 'pdf',
    element: (head) => eye.element(head),
    fragments: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.valueOver(),
    fragmentsEnd: () => eye.valueOver(),
    beginning: (head, bytes) => eye.beginning(head, bytes),
    end: () => eye.end(),
  };
}

class PdfEye {
  readonly #scene: Scene;
  readonly #mark = new Needle(MARK);
  #isOn = false;
  #isDeclaredPlace = false;
  #offset = 0;
  #bytes = 0;
  #isPdf = false;
  #document: PdfDocument | undefined;
  #seen: Seen | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  element(head: ElementHead): void {
    this.#isOn = mayCarryDocument(head);
    if (!this.#isOn) return;
    this.#isDeclaredPlace = head.tag === TAG.EncapsulatedDocument;
    this.#offset = head.offset;
    this.#mark.restart();
    this.#bytes = 0;
    this.#isPdf = false;
  }

  value(bytes: Uint8Array): void {
    if (!this.#isOn) return;
    if (this.#document !== undefined) {
      this.#document.push(bytes);
      return;
    }
    const found = this.#mark.find(bytes, 0);
    this.#bytes += found < 0 ? bytes.length : found;
    if (found < 0) return;
    this.#isPdf = this.#bytes <= MARK_WITHIN;
    this.#document = new PdfDocument((what) => reportPdf(this.#scene, what));
    this.#document.push(bytes.subarray(found));
  }

  valueOver(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#document?.end();
    this.#document = undefined;
    if (!this.#isDeclaredPlace || this.#bytes === 0) return;
    this.#seen = { path: this.#scene.path(), offset: this.#offset, isPdf: this.#isPdf };
  }

  /** The type of the document comes behind the document (PS3.3 §C.24.2, in tag order). */
  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.tag !== TAG.MIMETypeOfEncapsulatedDocument) return;
    const isPdf = latin1(bytes).toLowerCase().includes(MIME_PDF);
    if (isPdf) this.#judge();
    this.#seen = undefined;
  }

  end(): void {
    if (this.#scene.context.sopClassUid === ENCAPSULATED_PDF_STORAGE) this.#judge();
  }

  #judge(): void {
    const seen = this.#seen;
    if (seen !== undefined && !seen.isPdf) this.#scene.find(PDF_KINDS.notPdf, seen);
  }
}

/** Reports what a PDF document says at the current place: what could not be read leaves the object not wholly looked at. */
export function reportPdf(scene: Scene, what: PdfSaying): void {
  if (UNFINISHED.has(what)) scene.unfinished(PDF_KINDS[what]);
  else scene.find(PDF_KINDS[what]);
}
