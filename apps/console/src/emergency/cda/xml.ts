/*
 * Reads XML that somebody sent, and nothing but it: no document type, no entity but the five and those by number, no instruction, no address. Bounded in length,
 * depth and parts before anything is kept of them; one pass, without recursion. Names are without prefix.
 */

/** An element with what is in it, in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

/** Why a text is not read: not well-formed, with a document type, or over a bound. */
export type XmlRefusal = 'malformed' | 'doctype' | 'too-large';

interface Open extends XmlElement {
  readonly children: (XmlElement | string)[];
  /** With its prefix, as its end has to name it. */
  readonly full: string;
}

export const XML_LIMITS = { characters: 8 * 1024 * 1024, parts: 200_000, depth: 100, attributes: 64 } as const;

const NAME = /[\p{L}_:][\p{L}\p{N}_:.\-·]*/uy;
const ATTRIBUTE = /\s+([\p{L}_:][\p{L}\p{N}_:.\-·]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy;
const TAG_END = /\s*(\/?)>/y;
const END_TAG = /<\/([\p{L}_:][\p{L}\p{N}_:.\-·]*)\s*>/uy;

/** The root of a document; why it is not read. */
export function readXml(text: string): XmlElement | XmlRefusal {
  if (text.length > XML_LIMITS.characters) return 'too-large';
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;
  #parts = 0;
  #root: XmlElement | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlElement | XmlRefusal {
    while (this.#at < this.#text.length) {
      const refusal = this.#text[this.#at] === '<' ? this.#markup() : this.#characters();
      if (refusal !== undefined) return refusal;
      if (this.#parts > XML_LIMITS.parts || this.#open.length > XML_LIMITS.depth) return 'too-large';
    }
    return this.#open.length > 0 || this.#root === undefined ? 'malformed' : this.#root;
  }

  #markup(): XmlRefusal | undefined {
    const follows = (start: string) => this.#text.startsWith(start, this.#at);
    if (follows('<!--')) return this.#passOver('-->');
    if (follows('<?')) return this.#passOver('?>');
    if (follows('<![CDATA[')) return this.#verbatim();
    if (follows('<!')) return 'doctype';
    return follows('</') ? this.#end() : this.#begin();
  }

  #passOver(end: string): XmlRefusal | undefined {
    const found = this.#text.indexOf(end, this.#at);
    if (found < 0) return 'malformed';
    this.#at = found + end.length;
    return undefined;
  }

  #verbatim(): XmlRefusal | undefined {
    const from = this.#at + '<![CDATA['.length;
    const refusal = this.#passOver(']]>');
    return refusal ?? this.#say(this.#text.slice(from, this.#at - ']]>'.length));
  }

  #characters(): XmlRefusal | undefined {
    const next = this.#text.indexOf('<', this.#at);
    const end = next < 0 ? this.#text.length : next;
    const raw = this.#text.slice(this.#at, end);
    this.#at = end;
    return this.#say(unescaped(raw));
  }

  #say(text: string): XmlRefusal | undefined {
    const parent = this.#open.at(-1);
    if (parent === undefined) return text.replace(/^\uFEFF/, '').trim() === '' ? undefined : 'malformed';
    this.#parts += 1;
    parent.children.push(text);
    return undefined;
  }

  #begin(): XmlRefusal | undefined {
    NAME.lastIndex = this.#at + 1;
    const full = NAME.exec(this.#text)?.[0];
    if (full === undefined || (this.#open.length === 0 && this.#root !== undefined)) return 'malformed';
    this.#at = NAME.lastIndex;
    const attributes = this.#attributes();
    if (typeof attributes === 'string') return attributes;
    TAG_END.lastIndex = this.#at;
    const end = TAG_END.exec(this.#text);
    if (end === null) return 'malformed';
    this.#at = TAG_END.lastIndex;
    this.#parts += 1;
    const element: Open = { full, name: localOf(full), attributes, children: [] };
    this.#open.at(-1)?.children.push(element);
    this.#root ??= element;
    if (end[1] === '') this.#open.push(element);
    return undefined;
  }

  #attributes(): ReadonlyMap<string, string> | XmlRefusal {
    const found = new Map<string, string>();
    ATTRIBUTE.lastIndex = this.#at;
    for (let one = ATTRIBUTE.exec(this.#text); one !== null; one = ATTRIBUTE.exec(this.#text)) {
      this.#at = ATTRIBUTE.lastIndex;
      const [, name = '', double, single] = one;
      found.set(localOf(name), unescaped(double ?? single ?? ''));
      if (found.size > XML_LIMITS.attributes) return 'too-large';
    }
    return found;
  }

  #end(): XmlRefusal | undefined {
    END_TAG.lastIndex = this.#at;
    const [, name] = END_TAG.exec(this.#text) ?? [];
    if (name === undefined || this.#open.pop()?.full !== name) return 'malformed';
    this.#at = END_TAG.lastIndex;
    return undefined;
  }
}

function localOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities and those by number; any other stays as it is written. */
function unescaped(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name as string] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
    return isCharacter(code) ? String.fromCodePoint(code) : whole;
  });
}

function isCharacter(code: number): boolean {
  if (code === 0x9 || code === 0xa || code === 0xd) return true;
  return code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

const ENCODINGS: ReadonlySet<string> = new Set(['utf-8', 'us-ascii', 'iso-8859-1', 'iso-8859-15', 'windows-1252']);
const DECLARED_WITHIN = 200;

/** The characters of a document in the encoding that it declares; undefined where it is none of those that are read. */
export function decodeXml(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isWide) return new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, DECLARED_WITHIN));
  const declared = /^[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  return ENCODINGS.has(declared) ? new TextDecoder(declared).decode(bytes) : undefined;
}

/** The first child element of each name in turn; undefined where there is none. */
export function within(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let at = element;
  for (const name of path) at = childrenOf(at, name)[0];
  return at;
}

/** Child elements of a name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).filter(
    (child): child is XmlElement => typeof child !== 'string' && child.name === name,
  );
}

/** All text in an element, blanks run together. */
export function wordsIn(element: XmlElement | undefined): string {
  const found: string[] = [];
  const waiting: (XmlElement | string)[] = element === undefined ? [] : [element];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (typeof next === 'string') found.push(next);
    else for (let at = next.children.length - 1; at >= 0; at -= 1) waiting.push(next.children[at] ?? '');
  return found.join(' ').replace(/\s+/g, ' ').trim();
}
