import { type ElementHead, TAG } from '@leadglass/dicom';
import { mayCarryDocument } from '../content/carrier.ts';
import { SNIFFED_BYTES, XmlDecoder, xmlEncodingOf } from '../content/xml-decoder.ts';
import { XmlDocument, type XmlTrouble } from '../content/xml-document.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { reportPdf } from './pdf.ts';

const kind = kindsOf('xml');

/** What an XML document (clinical document, HTML, a manufacturer's own XML) can hold. */
export const XML_KINDS = {
  'external-entity': kind(
    'external-entity',
    'suspicious',
    'XML 1.0 §4.2.2; PS3.3 §A.45.2',
    'Le document XML demande d’aller chercher une partie de son contenu ailleurs.',
    'The XML document asks for part of its content to be fetched from elsewhere.',
  ),
  'external-file': kind(
    'external-file',
    'malicious',
    'XML 1.0 §4.2.2; PS3.3 §A.45.2',
    'Le document XML demande de lire un fichier du poste ou du serveur qui l’ouvre, ou un partage réseau.',
    'The XML document asks to read a file of the workstation or server that opens it, or a network share.',
  ),
  'parameter-entity': kind(
    'parameter-entity',
    'suspicious',
    'XML 1.0 §4.1; PS3.3 §A.45.2',
    'Le document XML redéfinit sa propre grammaire, ce qui sert à dissimuler une lecture de fichier.',
    'The XML document redefines its own grammar, which serves to hide the reading of a file.',
  ),
  'entity-bomb': kind(
    'entity-bomb',
    'malicious',
    'XML 1.0 §4.4; PS3.3 §A.45.2',
    'Le document XML est fait pour grossir démesurément à la lecture et épuiser la mémoire du logiciel.',
    'The XML document is made to grow without measure when read and to exhaust the program’s memory.',
  ),
  'external-dtd': kind(
    'external-dtd',
    'suspicious',
    'XML 1.0 §2.8; PS3.3 §A.45.2',
    'Le document XML demande de charger sa grammaire depuis une adresse inconnue.',
    'The XML document asks to load its grammar from an unknown address.',
  ),
  'known-dtd': kind(
    'known-dtd',
    'information',
    'XML 1.0 §2.8',
    'Le document XML nomme une grammaire publiée.',
    'The XML document names a published grammar.',
  ),
  stylesheet: kind(
    'stylesheet',
    'suspicious',
    'W3C xml-stylesheet §4; PS3.3 §A.45.2',
    'Le document XML se présente au moyen d’un programme de mise en page chargé depuis une adresse extérieure.',
    'The XML document is shown by means of a layout program loaded from an outside address.',
  ),
  include: kind(
    'include',
    'suspicious',
    'W3C XInclude §3; PS3.3 §A.45.2',
    'Le document XML demande d’inclure un autre fichier.',
    'The XML document asks to include another file.',
  ),
  script: kind(
    'script',
    'suspicious',
    'HL7 CDA R2 §4.3.5; PS3.3 §A.45.2',
    'Le document contient un programme (script) qui s’exécute à l’affichage.',
    'The document holds a program (script) that runs when it is shown.',
  ),
  reference: kind(
    'reference',
    'suspicious',
    'HL7 CDA R2 §4.3.5; PS3.3 §A.45.2',
    'Le document renvoie à un fichier du poste, à un partage réseau ou à un service interne.',
    'The document refers to a file of the workstation, a network share or an internal service.',
  ),
  encoding: kind(
    'encoding',
    'suspicious',
    'XML 1.0 §4.3.3, Appendix F',
    'Le document XML utilise un jeu de caractères qui sert à cacher son contenu aux contrôles.',
    'The XML document uses a character set that serves to hide its content from checks.',
  ),
} as const satisfies Readonly<Record<XmlTrouble, FindingKind>>;

/** In a manufacturer's own XML these are how its software works; `injection` looks for scripts there. */
const FOR_DOCUMENTS_ONLY: ReadonlySet<XmlTrouble> = new Set([
  'external-dtd',
  'known-dtd',
  'stylesheet',
  'script',
  'reference',
  'encoding',
]);

/** Dangers of XML: encapsulated clinical documents, and whatever calls itself XML in other long values (INSPECT-150 to 154). */
export function xml(scene: Scene): Inspector {
  const eye = new XmlEye(scene);
  return {
    name: 'xml',
    element: (head) => eye.element(head),
    fragments: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.valueOver(),
    fragmentsEnd: () => eye.valueOver(),
  };
}

class XmlEye {
  readonly #scene: Scene;
  readonly #first = new Uint8Array(SNIFFED_BYTES);
  #held = 0;
  #state: 'off' | 'first' | 'on' = 'off';
  #isDocument = false;
  #document: XmlDocument | undefined;
  #decoder = new XmlDecoder('bytes');

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  element(head: ElementHead): void {
    this.#state = mayCarryDocument(head) ? 'first' : 'off';
    this.#held = 0;
    this.#isDocument = head.tag === TAG.EncapsulatedDocument;
  }

  value(bytes: Uint8Array): void {
    if (this.#state === 'off') return;
    if (this.#state === 'on') {
      this.#document?.push(this.#decoder.push(bytes));
      return;
    }
    const taken = bytes.subarray(0, SNIFFED_BYTES - this.#held);
    this.#first.set(taken, this.#held);
    this.#held += taken.length;
    if (this.#held < SNIFFED_BYTES) return;
    this.#begin();
    if (taken.length < bytes.length) this.value(bytes.subarray(taken.length));
  }

  valueOver(): void {
    if (this.#state === 'first') this.#begin();
    this.#document?.end();
    this.#document = undefined;
    this.#state = 'off';
  }

  #begin(): void {
    const first = this.#first.subarray(0, this.#held);
    const encoding = xmlEncodingOf(first, this.#isDocument);
    this.#state = encoding === undefined ? 'off' : 'on';
    if (encoding === undefined) return;
    this.#document = new XmlDocument({
      trouble: (what) => this.#trouble(what),
      pdf: (what) => reportPdf(this.#scene, what),
    });
    this.#decoder = new XmlDecoder(encoding);
    if (encoding === 'hiding') this.#document.say('encoding');
    this.#document.push(this.#decoder.push(first));
  }

  #trouble(what: XmlTrouble): void {
    if (this.#isDocument || !FOR_DOCUMENTS_ONLY.has(what)) this.#scene.find(XML_KINDS[what]);
  }
}
