const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BREAKS = /[\r\n\t ]+/g;

/** Bytes of a base64 text (RFC 4648 §4), line breaks and blanks left out; undefined where it is none: other signs, wrong length, misplaced `=`. */
export function fromBase64(text: string): Uint8Array | undefined {
  const packed = BASE64.test(text) ? text : text.replace(BREAKS, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) return undefined;
  return new Uint8Array(Buffer.from(packed, 'base64'));
}
