/** Bech32 (BIP 173) without its length limit, as the age format uses it for keys. Inputs are bounded by their callers. */

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const CHECKSUM_SYMBOLS = 6;

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, word] of GENERATOR.entries()) if ((top >>> bit) & 1) sum ^= word;
  }
  return sum >>> 0;
}

function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

/** Regroups bits; undefined when the bits left over are not zero padding. */
function regroup(values: Iterable<number>, fromBits: number, toBits: number, pad: boolean): number[] | undefined {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values) {
    held = ((held << fromBits) | value) & 0xfff;
    bits += fromBits;
    while (bits >= toBits) {
      bits -= toBits;
      out.push((held >>> bits) & ((1 << toBits) - 1));
    }
  }
  const rest = (held << (toBits - bits)) & ((1 << toBits) - 1);
  if (pad) {
    if (bits > 0) out.push(rest);
  } else if (bits >= fromBits || (bits > 0 && rest !== 0)) {
    return undefined;
  }
  return out;
}

/** Lower-case Bech32 of `bytes` under the lower-case `prefix`. */
export function bech32Encode(prefix: string, bytes: Uint8Array): string {
  const data = regroup(bytes, 8, 5, true) ?? [];
  const sum = polymod([...expandPrefix(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = Array.from({ length: CHECKSUM_SYMBOLS }, (_, i) => (sum >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...data, ...checksum].map((symbol) => CHARSET[symbol]).join('')}`;
}

/** The bytes of `value` when it is Bech32 under exactly `prefix` (lower case), else undefined. Mixed case is refused. */
export function bech32Decode(prefix: string, value: string): Uint8Array | undefined {
  const lower = value.toLowerCase();
  if (value !== lower && value !== value.toUpperCase()) return undefined;
  if (!lower.startsWith(`${prefix}1`)) return undefined;
  const symbols = [...lower.slice(prefix.length + 1)].map((char) => CHARSET.indexOf(char));
  if (symbols.length < CHECKSUM_SYMBOLS || symbols.includes(-1)) return undefined;
  if (polymod([...expandPrefix(prefix), ...symbols]) !== 1) return undefined;
  const bytes = regroup(symbols.slice(0, -CHECKSUM_SYMBOLS), 5, 8, false);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}
