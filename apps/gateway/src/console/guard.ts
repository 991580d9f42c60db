import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consoleFault } from './faults.ts';

/** In every POST of our pages: no form and no link of another site can make a browser send it. */
export const OURS_HEADER = 'x-leadglass';

/** What the console's own pages may do: nothing that is not of this origin, nothing inline. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** For data: whatever a browser takes it for, it may do nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

const HEADERS: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), payment=(), display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), fullscreen=(self)',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
};

/** Sets what every answer bears, and lets nothing in but what comes from a page of ours, or a person's address bar. */
export function guard(app: FastifyInstance, origins: () => readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...HEADERS, 'content-security-policy': DATA_POLICY, 'cache-control': 'no-store' });
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    requireHost(request, origins());
    if (isRead) requireNoOtherSite(request);
    else requireOurs(request, origins());
  });
}

/** Under which of our addresses the browser has us. The guard has seen that there is one. */
export function originOf(request: Pick<FastifyRequest, 'headers'>): string {
  return `https://${request.headers.host ?? ''}`;
}

/** The policy of an answer that is a page, or part of one. */
export function asPage(reply: FastifyReply, policy: string = PAGE_POLICY): FastifyReply {
  return reply.header('content-security-policy', policy);
}

// A name that somebody else's DNS points at us is not one of ours (DNS rebinding).
function requireHost(request: FastifyRequest, origins: readonly string[]): void {
  if (!origins.includes(originOf(request))) throw consoleFault('console.unknown-host');
}

function requireOurs({ headers }: FastifyRequest, origins: readonly string[]): void {
  const isOurs = headers.origin === originOf({ headers }) && origins.includes(headers.origin);
  if (!isOurs || headers[OURS_HEADER] !== '1') throw consoleFault('console.foreign-origin');
  requireNoOtherSite({ headers });
}

/** Fetch metadata (W3C): what another site makes a browser ask, a browser says so. Following a link to a page is not that. */
function requireNoOtherSite({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  const isOfOurs = site === 'same-origin' || site === 'none';
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (!isOfOurs && !isLink) throw consoleFault('console.foreign-origin');
}
