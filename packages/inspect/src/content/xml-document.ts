import { Base64Pdf } from './base64-pdf.ts';
import { Entities } from './entities.ts';
import { EVENT_ATTRIBUTE } from './handlers.ts';
import type { PdfSaying } from './pdf-document.ts';
import { urlTrouble } from './url.ts';
import { withoutReferences, XmlLexer, type XmlTokens } from './xml-lexer.ts';

/** What an XML document can hold that makes its reader do more than read it. */
export type XmlTrouble =
  | 'external-entity'
  | 'external-file'
  | 'parameter-entity'
  | 'entity-bomb'
  | 'external-dtd'
  | 'known-dtd'
  | 'stylesheet'
  | 'include'
  | 'script'
  | 'reference'
  | 'encoding';

export interface XmlListener {
  trouble(what: XmlTrouble): void;
  /** Of a PDF that the document carries as text. */
  pdf(what: PdfSaying): void;
}

/** Where well-known document types are published: named by many honest files, fetched by nobody. */
const KNOWN_DTD =
  /\b(?:www\.w3\.org|w3\.org|www\.apple\.com|www\.oasis-open\.org|www\.hl7\.org|java\.sun\.com|www\.springframework\.org|dicom\.nema\.org)\//i;
const EXTERNAL_ID = /\b(?:SYSTEM|PUBLIC\s*(?:"[^"]*"|'[^']*'))\s*(?:"([^"]*)"|'([^']*)')/;
const XINCLUDE = 'http://www.w3.org/2001/XInclude';
const HANDLER = new RegExp(`^${EVENT_ATTRIBUTE}$`, 'i');
const SCRIPT_URL =
  /^[\s\0-\x1f]*(?:(?:java|vb|live)\s*script\s*:|data:\s*(?:text\/html|image\/svg|application\/x?h?t?m?l))/i;
/** Character sets that hide markup from whoever looks at bytes (UTF-7, EBCDIC) and that parsers are tricked with. */
const HIDING_ENCODING =
  /encoding\s*=\s*["']\s*(?:utf-?7|utf-?32|ucs-?4|iso-10646-ucs-4|cp-?037|ibm-?037|ebcdic|cp-?500|cp-?1047|ibm-?1047)/i;

/** An XML document as it comes, in characters; each thing is said once. */
export class XmlDocument implements XmlTokens {
  readonly #listener: XmlListener;
  readonly #said = new Set<XmlTrouble>();
  readonly #lexer = new XmlLexer(this);
  readonly #entities = new Entities();
  readonly #base64: Base64Pdf;
  #references = 0;

  constructor(listener: XmlListener) {
    this.#listener = listener;
    this.#base64 = new Base64Pdf((what) => listener.pdf(what));
  }

  push(characters: string): void {
    this.#lexer.push(characters);
  }

  end(): void {
    this.#base64.end();
    if (this.#entities.isBombWith(this.#references)) this.say('entity-bomb');
  }

  say(what: XmlTrouble): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#listener.trouble(what);
  }

  instruction(target: string, data: string): void {
    if (target === 'xml' && HIDING_ENCODING.test(data)) this.say('encoding');
    if (target !== 'xml-stylesheet') return;
    const [, double, single] = /href\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(data) ?? [];
    const href = withoutReferences(double ?? single ?? '');
    if (/^\s*(?:https?:)?\/\//i.test(href) || urlTrouble(href) !== undefined) this.say('stylesheet');
  }

  doctype(text: string): void {
    const url = externalId(text);
    if (url === undefined) return;
    const trouble = urlTrouble(url);
    if (trouble === 'file' || trouble === 'share' || trouble === 'secrets') this.say('external-file');
    else if (/^[a-z][a-z0-9+.-]*:/i.test(url) && !KNOWN_DTD.test(url)) this.say('external-dtd');
    else this.say('known-dtd');
  }

  declaration(text: string, length: number, references: number): void {
    const [, sign, name = '', rest = ''] = /^ENTITY\s+(%\s+)?(\S+)\s+(.*)$/s.exec(text) ?? [];
    if (name === '') return;
    if (sign !== undefined) this.say('parameter-entity');
    const url = /^\s*(?:SYSTEM|PUBLIC)\b/.test(rest) ? externalId(rest) : undefined;
    if (url !== undefined) this.say(isLeavingDocument(url) ? 'external-file' : 'external-entity');
    else this.#entities.add(name, rest, Math.max(0, length - name.length - 10), references);
  }

  doctypeEnd(): void {
    if (this.#entities.isBomb()) this.say('entity-bomb');
  }

  element(name: string): void {
    this.#base64.end();
    if (/^(?:[\w.-]+:)?script$/i.test(name)) this.say('script');
  }

  attribute(_element: string, name: string, raw: string): void {
    const value = withoutReferences(raw);
    if (this.#entities.size > 0 && raw.includes('&')) this.#references += raw.split('&').length - 1;
    if (value === XINCLUDE) this.say('include');
    if (HANDLER.test(name) || SCRIPT_URL.test(value)) this.say('script');
    if (!/^(?:href|src|value|data|action|xlink:href|background)$/i.test(name)) return;
    const trouble = urlTrouble(value);
    if (trouble === 'share' || trouble === 'secrets' || (trouble === 'file' && /^\s*file:/i.test(value)))
      this.say('reference');
  }

  text(characters: string): void {
    if (this.#entities.size > 0) this.#references += characters.split('&').length - 1;
    this.#base64.push(characters);
  }
}

function externalId(text: string): string | undefined {
  const [whole, double, single] = EXTERNAL_ID.exec(text) ?? [];
  return whole === undefined ? undefined : (double ?? single ?? '').trim();
}

/** Whether an entity is fetched from a file, a share or by an odd scheme: a document's own parts lie beside it. */
function isLeavingDocument(url: string): boolean {
  return urlTrouble(url) !== undefined || /^[\\/]|(^|[\\/])\.\.([\\/]|$)/.test(url);
}
