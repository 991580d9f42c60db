import { z } from 'zod';
import type { Directory } from './directory.ts';

const WAIT_MS = 5000;
const LARGEST_BYTES = 256 * 1024;

const DiscoveredSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  userinfo_endpoint: z.optional(z.string()),
  jwks_uri: z.string(),
});
/** Where the directory's parts are. */
export type Discovered = z.output<typeof DiscoveredSchema>;

/** Where discovery of an issuer lies (OpenID Connect Discovery §4). */
export function discoveryUrl({ issuer }: Pick<Directory, 'issuer'>): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** What the directory says of itself; undefined: it does not answer, or is not the issuer it should be. */
export async function discover(directory: Directory): Promise<Discovered | undefined> {
  const said = DiscoveredSchema.safeParse(await jsonOf(discoveryUrl(directory)));
  if (!said.success || said.data.issuer.replace(/\/$/, '') !== directory.issuer.replace(/\/$/, '')) return undefined;
  return said.data;
}

/** Claims that the userinfo endpoint tells of the bearer. */
export async function userInfo(endpoint: string, accessToken: string): Promise<Readonly<Record<string, unknown>>> {
  const claims = z.record(z.string(), z.unknown()).safeParse(await jsonOf(endpoint, accessToken));
  return claims.success ? claims.data : {};
}

async function jsonOf(url: string, bearer?: string): Promise<unknown> {
  try {
    const headers = {
      accept: 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(WAIT_MS) });
    if (!answer.ok || answer.body === null) return undefined;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of answer.body) {
      bytes += piece.length;
      if (bytes > LARGEST_BYTES) return undefined;
      pieces.push(piece);
    }
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    // Away, slow, not trusted or not JSON: all the same to whoever asks.
    return undefined;
  }
}
