import { type Cidr, cidrContains, parseAddress, parseCidr } from '@leadglass/policy';

/**
 * Ranges that no router of the Internet carries: RFC 1918, loopback, link-local (RFC 3927, RFC 4291 §2.5.6), unique local (RFC 4193). Shared address
 * space (100.64.0.0/10, RFC 6598) is an operator's and not a site's.
 */
const INSIDE: readonly Cidr[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
].flatMap((range) => parseCidr(range) ?? []);

/** Whether `address`, as a socket prints it, lies outside of the site. One that cannot be read lies outside; an empty one is a local socket’s. */
export function isOutsideAddress(address: string): boolean {
  if (address === '') return false;
  return !INSIDE.some((range) => cidrContains(range, address));
}

/** Whether `host` is an address, and not a name. */
export function isAddress(host: string): boolean {
  return parseAddress(host) !== undefined;
}
