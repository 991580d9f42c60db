import { formatAddress, type IpAddress, parseAddress } from '../address.ts';
import { formatCidr, parseCidr } from '../cidr.ts';

/** Up to so many addresses of one title each stand by themselves. */
const MOST_SINGLE = 4;
/** Beyond, they are put together by subnet: what one DHCP server deals out. */
const SUBNET_PREFIX = { 4: 24, 16: 64 } as const;

/**
 * The narrowest ranges that hold these addresses: each by itself when they are few; else, of each /24 (IPv6: /64), the longest prefix
 * that its addresses share. Addresses that cannot be read are left out.
 */
export function narrowRanges(addresses: readonly string[]): readonly string[] {
  const texts = new Set(
    addresses
      .map(parseAddress)
      .filter((ip) => ip !== undefined)
      .map(formatAddress),
  );
  const ips = [...texts].map(parseAddress).filter((ip) => ip !== undefined);
  if (ips.length <= MOST_SINGLE) return ips.map((ip) => `${formatAddress(ip)}/${ip.length * 8}`).sort();
  const subnets = Map.groupBy(ips, (ip) => cidrText(ip, ip.length === 4 ? SUBNET_PREFIX[4] : SUBNET_PREFIX[16]));
  return [...subnets.values()].map(sharedRange).sort();
}

function sharedRange(ips: readonly IpAddress[]): string {
  const [first, ...others] = ips;
  if (first === undefined) return '';
  const shared = others.reduce((prefix, ip) => Math.min(prefix, sharedBits(first, ip)), first.length * 8);
  return cidrText(first, shared);
}

function sharedBits(a: IpAddress, b: IpAddress): number {
  for (let at = 0; at < a.length; at += 1) {
    const different = (a[at] ?? 0) ^ (b[at] ?? 0);
    if (different !== 0) return at * 8 + Math.clz32(different) - 24;
  }
  return a.length * 8;
}

function cidrText(ip: IpAddress, prefix: number): string {
  const range = parseCidr(`${formatAddress(ip)}/${prefix}`);
  return range === undefined ? '' : formatCidr(range);
}
