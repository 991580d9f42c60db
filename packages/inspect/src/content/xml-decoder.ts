import { latin1 } from '../bytes.ts';

/** How a document's characters lie in its bytes, as far as ASCII is concerned. */
export type XmlEncoding = 'bytes' | 'utf-16le' | 'utf-16be' | 'hiding';

/** How many bytes decide. */
export const SNIFFED_BYTES = 256;

const BLANKS = /^[ \t\r\n]*/;

/**
 * Whether bytes begin an XML (or HTML) document, and in which encoding (XML 1.0 Appendix F).
 * @param isDocument whether this place is meant for documents: then any markup counts, elsewhere only what calls itself XML.
 * @returns undefined when it is none; `hiding`: EBCDIC or 32-bit characters, which nobody uses but to hide.
 */
export function xmlEncodingOf(bytes: Uint8Array, isDocument: boolean): XmlEncoding | undefined {
  const head = latin1(bytes.subarray(0, SNIFFED_BYTES));
  if (isDocument && /^(?:\x4c\x6f\xa7\x94|\0\0(?:\0<|\xfe\xff)|<\0\0\0|\xff\xfe\0\0)/.test(head)) return 'hiding';
  const encoding: XmlEncoding = /^(?:\xff\xfe|<\0)/.test(head)
    ? 'utf-16le'
    : /^(?:\xfe\xff|\0<)/.test(head)
      ? 'utf-16be'
      : 'bytes';
  const plain = head.replace(/^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)/, '').replace(encoding === 'bytes' ? '' : /\0/g, '');
  const begun = plain.replace(BLANKS, '');
  const isXml = isDocument ? /^<[?!A-Za-z_]/.test(begun) : /^<(?:\?xml|!DOCTYPE|!ENTITY|ClinicalDocument)/i.test(begun);
  return isXml ? encoding : undefined;
}

/** Bytes into characters for the lexer: markup is ASCII in every encoding, other characters stand for themselves or for `x`. */
export class XmlDecoder {
  readonly #encoding: XmlEncoding;
  #odd = -1;

  constructor(encoding: XmlEncoding) {
    this.#encoding = encoding;
  }

  push(bytes: Uint8Array): string {
    if (this.#encoding === 'bytes' || this.#encoding === 'hiding') return latin1(bytes);
    const isLittle = this.#encoding === 'utf-16le';
    const out = new Uint8Array((bytes.length + 1) >> 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.#odd < 0) {
        this.#odd = byte;
        continue;
      }
      const high = isLittle ? byte : this.#odd;
      out[length] = high === 0 ? (isLittle ? this.#odd : byte) : 0x78;
      length += 1;
      this.#odd = -1;
    }
    return latin1(out.subarray(0, length));
  }
}
