/** A media type as HTTP writes it (RFC 9110 §8.3.1): type and names in lower case, values without their quotes. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A range of an Accept header with its weight, 0 to 1. `index`: where it stood. */
export interface AcceptedType extends MediaType {
  readonly q: number;
}

/** Longest header field read, in characters; and the most ranges of one. */
const MOST_CHARACTERS = 4096;
const MOST_RANGES = 64;
const MOST_PARAMETERS = 16;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Splits at `separator` where it stands outside quotes; undefined when a quote does not end. */
function splitUnquoted(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted && character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return isQuoted ? undefined : parts;
}

function unquoted(value: string): string | undefined {
  if (!value.startsWith('"')) return TOKEN.test(value) || /^[\w*.+/-]+$/.test(value) ? value : undefined;
  if (value.length < 2 || !value.endsWith('"')) return undefined;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** Reads one media type; undefined when it is none. A value with a slash is taken without quotes too, as clients write `type=application/dicom`. */
export function parseMediaType(text: string): MediaType | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const [first = '', ...rest] = splitUnquoted(text, ';') ?? [''];
  const type = first.trim().toLowerCase();
  if (!TYPE.test(type) || rest.length > MOST_PARAMETERS) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = unquoted(part.slice(equals + 1).trim());
    if (equals < 1 || !TOKEN.test(name) || value === undefined) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return { type, parameters };
}

/** Reads an Accept header, best first. Absent or empty is `any`; undefined when it cannot be read. */
export function parseAccept(header: string | undefined): readonly AcceptedType[] | undefined {
  if (header === undefined || header.trim() === '') return [{ type: '*/*', parameters: new Map(), q: 1 }];
  if (header.length > MOST_CHARACTERS) return undefined;
  const parts = splitUnquoted(header, ',');
  if (parts === undefined || parts.length > MOST_RANGES) return undefined;
  const ranges: AcceptedType[] = [];
  for (const part of parts) {
    if (part.trim() === '') continue;
    const range = parseMediaType(part);
    if (range === undefined) return undefined;
    const weight = range.parameters.get('q');
    const q = weight === undefined ? 1 : /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : -1;
    if (q < 0) return undefined;
    if (q > 0) ranges.push({ ...range, q });
  }
  return ranges.sort((a, b) => b.q - a.q);
}

/** Whether the range `wanted` (`image/*`, `*` of both) covers `type`. */
export function covers(wanted: string, type: string): boolean {
  if (wanted === '*/*' || wanted === type) return true;
  return wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1));
}

/** A multipart/related type as written in Content-Type. */
export function multipartType(type: string, boundary: string): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`;
}
