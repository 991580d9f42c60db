/**
 * What is wrong with where a URL points, gravest first: runs code, asks a cloud machine for its secrets, names a share of another
 * machine, a local file, the reader's own machine, holds a password, hides its host, uses a scheme no viewer needs.
 */
export type UrlTrouble = 'script' | 'secrets' | 'share' | 'file' | 'self' | 'credentials' | 'obscured' | 'scheme';

const SCRIPTS: ReadonlySet<string> = new Set(['javascript', 'vbscript', 'livescript', 'data', 'mhtml', 'jar']);
const WEB: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);
/** Schemes that name something and fetch nothing by themselves, or that DICOM itself uses. */
const QUIET: ReadonlySet<string> = new Set([
  'mailto',
  'tel',
  'fax',
  'sip',
  'urn',
  'oid',
  'uuid',
  'cid',
  'dicom',
  'dicomweb',
  'ihe',
  'xds',
]);

/** Names and addresses under which cloud machines give out their own credentials. */
const SECRET_HOSTS: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  'metadata',
  'metadata.google.internal',
  'instance-data',
  '[fd00:ec2::254]',
]);

/** What is wrong with where `value` points; undefined for plain web addresses, names, and relative references. Never throws. */
export function urlTrouble(value: string): UrlTrouble | undefined {
  // Browsers drop control characters and surrounding blanks before they read a URL (WHATWG URL §4.4).
  const bare = value.replace(/[\0-\x1f]+/g, '').trim();
  if (/^\\\\[^\\]/.test(bare)) return 'share';
  if (bare.startsWith('//')) return webTrouble(`http:${bare}`);
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(bare) ?? [];
  if (scheme === '') return undefined;
  // `pacs01:8080/studies` is a host with its port, not a scheme.
  if (/^\d{1,5}(\/|$)/.test(rest)) return webTrouble(`http://${bare}`);
  return schemeTrouble(scheme.toLowerCase(), rest, bare);
}

function schemeTrouble(scheme: string, rest: string, whole: string): UrlTrouble | undefined {
  if (SCRIPTS.has(scheme)) return 'script';
  if (WEB.has(scheme)) return webTrouble(whole);
  if (scheme === 'file') return isOtherHost(rest) ? 'share' : 'file';
  if (scheme.length === 1 && /^[\\/]/.test(rest)) return 'file';
  return QUIET.has(scheme) ? undefined : 'scheme';
}

/** `file://server/share` and `file:////server/share`; `file:///C:/x` and `file://localhost/x` are local. */
function isOtherHost(rest: string): boolean {
  const [, slashes = '', host = ''] = /^([\\/]*)([^\\/]*)/.exec(rest) ?? [];
  if (host === '' || /^(localhost|[A-Za-z][:|])$/i.test(host)) return false;
  return slashes.length === 2 || slashes.length >= 4;
}

function webTrouble(url: string): UrlTrouble | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  const [, authority = ''] = /^[a-z]+:[\\/]*([^/?#]*)/i.exec(url) ?? [];
  const host = plainHost(parsed.hostname);
  if (SECRET_HOSTS.has(host)) return 'secrets';
  if (isOwnMachine(host)) return 'self';
  if (authority.includes('\\')) return 'obscured';
  if (authority.includes('@') || parsed.username !== '' || parsed.password !== '') return 'credentials';
  return isObscured(authority, host) ? 'obscured' : undefined;
}

/** The host without a final dot; an IPv4 address inside an IPv6 one as IPv4. */
function plainHost(hostname: string): string {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const [, high, low] = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${first >> 8}.${first & 255}.${second >> 8}.${second & 255}`;
}

/** Loopback, unspecified and link-local addresses. A hospital's own private networks are where its PACS lives. */
function isOwnMachine(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '[::]') return true;
  return (
    /^(127|0)\.\d+\.\d+\.\d+$/.test(host) || /^169\.254\.\d+\.\d+$/.test(host) || /^\[fe[89ab][0-9a-f]:/.test(host)
  );
}

/** An address written as a number, octal or hex, or a backslash: programs disagree on where such a URL goes. */
function isObscured(authority: string, host: string): boolean {
  if (/%[0-9a-f]{2}/i.test(authority)) return true;
  return (
    /^\d+\.\d+\.\d+\.\d+$/.test(host) &&
    authority.replace(/:\d*$/, '').replace(/\.$/, '') !== host &&
    !host.startsWith('[') &&
    !authority.startsWith('[')
  );
}
