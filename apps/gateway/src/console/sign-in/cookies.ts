import { createHmac } from 'node:crypto';
import { COOKIE_PREFIX, SESSION_COOKIE } from './auth.ts';
import { isSame, markOf } from './secrets.ts';

/** Says that somebody signed in from this browser before, so that strangers' tries at the account do not slow it down. */
export const KNOWN_COOKIE = `${COOKIE_PREFIX}.known`;
const KNOWN_SECONDS = 90 * 24 * 3600;
const LONGEST_HEADER = 16_384;

/** The cookies of a request by name; a header that is too long has none. */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (header === undefined || header.length > LONGEST_HEADER) return found;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !found.has(name)) found.set(name, pair.slice(at + 1).trim());
  }
  return found;
}

/** The cookies as a header again, without those of these names. */
export function withoutCookies(header: string | undefined, names: readonly string[]): string {
  return [...cookiesOf(header)]
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** The session's token in a cookie that better-auth signed (`TOKEN.HMAC`); undefined when the signature is not ours. */
export function tokenOf(header: string | undefined, secret: string): string | undefined {
  const value = decoded(cookiesOf(header).get(SESSION_COOKIE) ?? '');
  const at = value.lastIndexOf('.');
  if (at < 1) return undefined;
  const token = value.slice(0, at);
  const signature = createHmac('sha256', secret).update(token).digest('base64');
  return isSame(signature, value.slice(at + 1)) ? token : undefined;
}

/** Whether an answer begins or ends a session. */
export function setsSession(cookies: readonly string[]): 'begins' | 'ends' | undefined {
  const last = cookies.findLast((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  if (last === undefined) return undefined;
  return last.startsWith(`${SESSION_COOKIE}=;`) || /;\s*max-age=0/i.test(last) ? 'ends' : 'begins';
}

/** The new session's token, in an answer's cookies. */
export function newTokenOf(cookies: readonly string[], secret: string): string | undefined {
  const last = cookies.findLast((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  return last === undefined ? undefined : tokenOf(last.split(';', 1)[0], secret);
}

/** A cookie by which this browser is known for this person. */
export function knownCookie(secret: string, userId: string, id: string): string {
  const value = `${id}.${markOf(secret, 'known', userId, id)}`;
  return `${KNOWN_COOKIE}=${value}; Max-Age=${KNOWN_SECONDS}; Path=/; HttpOnly; Secure; SameSite=Strict`;
}

/** Which known browser of this person it is; undefined: none. */
export function knownBrowser(header: string | undefined, secret: string, userId: string): string | undefined {
  const [id = '', mark = ''] = (cookiesOf(header).get(KNOWN_COOKIE) ?? '').split('.');
  return id !== '' && isSame(mark, markOf(secret, 'known', userId, id)) ? id : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
