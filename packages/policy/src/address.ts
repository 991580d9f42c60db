/** An IP address as bytes: 4 for IPv4, 16 for IPv6. IPv4-mapped IPv6 (`::ffff:192.0.2.1`) is always held as IPv4. */
export type IpAddress = Uint8Array;

const MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
/** Longest textual IPv6 with an IPv4 tail is 45 characters (RFC 4291 §2.2); a zone adds a name. */
const LONGEST_TEXT = 64;

/**
 * Parses an address as sockets print it: dotted IPv4, IPv6 with `::`, an IPv4 tail, an optional `%zone` (dropped).
 * @returns the bytes, or undefined when `value` is not exactly an address (no octal, no short forms, no blanks).
 */
export function parseAddress(value: string): IpAddress | undefined {
  if (value.length > LONGEST_TEXT) return undefined;
  if (!value.includes(':')) return parseIpv4(value);
  const six = parseIpv6(value.replace(/%[0-9A-Za-z._-]+$/, ''));
  return six === undefined ? undefined : unmapped(six);
}

/** Canonical text: dotted IPv4, RFC 5952 IPv6. */
export function formatAddress(address: IpAddress): string {
  return address.length === 4 ? address.join('.') : formatIpv6(address);
}

/** Whether the 16 bytes are an IPv4-mapped address. */
export function isMapped(six: Uint8Array): boolean {
  return MAPPED_PREFIX.every((byte, at) => six[at] === byte);
}

function unmapped(six: Uint8Array): Uint8Array {
  return isMapped(six) ? six.slice(12) : six;
}

function parseIpv4(value: string): Uint8Array | undefined {
  const parts = value.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [at, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[at] = Number(part);
  }
  return bytes;
}

/** The 16 bytes of an IPv6 text without zone, mapped addresses included; undefined when it is not one. */
export function parseIpv6(value: string): Uint8Array | undefined {
  const halves = value.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const groups = [...head, ...new Array<number>(8 - given).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** 16-bit groups of a colon-separated part; an IPv4 tail counts as two and may only stand where the address ends. */
function groupsOf(part: string, mayEndInIpv4: boolean): number[] | undefined {
  if (part === '') return [];
  const groups: number[] = [];
  const words = part.split(':');
  for (const [at, word] of words.entries()) {
    if (word.includes('.')) {
      const four = mayEndInIpv4 && at === words.length - 1 ? parseIpv4(word) : undefined;
      if (four === undefined) return undefined;
      groups.push(((four[0] ?? 0) << 8) | (four[1] ?? 0), ((four[2] ?? 0) << 8) | (four[3] ?? 0));
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(word)) {
      groups.push(Number.parseInt(word, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatIpv6(six: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((six[at * 2] ?? 0) << 8) | (six[at * 2 + 1] ?? 0));
  const { start, length } = longestZeroRun(groups);
  const words = groups.map((group) => group.toString(16));
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: at - length + 1, length };
  }
  return best;
}
