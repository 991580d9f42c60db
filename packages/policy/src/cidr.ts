import { formatAddress, type IpAddress, isMapped, parseAddress, parseIpv6 } from './address.ts';

/** A range of addresses. `base` has its host bits cleared; a mapped IPv6 range (`::ffff:0:0/96` and longer) is held as IPv4. */
export interface Cidr {
  readonly base: IpAddress;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
}

/**
 * Parses `192.0.2.0/24`, `2001:db8::/64`, or a single address (the whole of it: /32 or /128). Host bits are cleared.
 * @returns undefined when `value` is not exactly that (RFC 4632 §3.1, RFC 4291 §2.3).
 */
export function parseCidr(value: string): Cidr | undefined {
  const [address = '', suffix, ...rest] = value.split('/');
  if (rest.length > 0 || address.includes('%')) return undefined;
  const ip = parseAddress(address);
  if (ip === undefined) return undefined;
  if (suffix === undefined) return { base: ip, prefix: ip.length * 8 };
  if (!/^(0|[1-9][0-9]{0,2})$/.test(suffix)) return undefined;
  return address.includes(':') ? rangeOfIpv6(address, Number(suffix)) : range(ip, Number(suffix));
}

/** Canonical text of a range, always with its prefix: `192.0.2.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

/** Whether `address` (as a socket prints it, IPv4-mapped too) lies in `cidr`. An address that cannot be read lies nowhere. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const ip = parseAddress(address);
  if (ip === undefined || ip.length !== cidr.base.length) return false;
  const masked = range(ip, cidr.prefix);
  return masked?.base.every((byte, at) => byte === cidr.base[at]) ?? false;
}

function range(ip: IpAddress, prefix: number): Cidr | undefined {
  if (prefix > ip.length * 8) return undefined;
  return { base: ip.map((byte, at) => byte & maskByte(prefix - at * 8)), prefix };
}

function maskByte(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
}

function rangeOfIpv6(address: string, prefix: number): Cidr | undefined {
  const six = parseIpv6(address);
  if (six === undefined || prefix > 128) return undefined;
  return isMapped(six) && prefix >= 96 ? range(six.slice(12), prefix - 96) : range(six, prefix);
}
