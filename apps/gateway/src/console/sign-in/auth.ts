import { NodeSqliteDialect } from '@better-auth/kysely-adapter/node-sqlite-dialect';
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { genericOAuth, twoFactor, username } from 'better-auth/plugins';
import type { BetterAuthOptions } from 'better-auth/types';
import { decodeJwt } from 'jose';
import { Kysely } from 'kysely';
import { type Directory, directoryEmail, personOfClaims } from './directory.ts';
import { type Discovered, discoveryUrl, userInfo } from './discovery.ts';
import { doors, refuse } from './doors.ts';
import { ADDRESS_HEADER, hooks } from './hooks.ts';
import { LIMITS, type Parts } from './parts.ts';

/** The name of the one directory, in better-auth's words. */
export const PROVIDER = 'directory';
/** `__Host-`: from this very host, over TLS, for every path, and no page can read it. */
export const COOKIE_PREFIX = '__Host-leadglass';
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;
/** better-auth's own end is a backstop; ours counts by the handed clock. */
const BACKSTOP_SECONDS = LIMITS.lifetimeMs / 1000 + 3600;

/** What a directory adds to an instance. */
export interface FoundDirectory {
  readonly directory: Directory;
  readonly discovered: Discovered;
}

/** better-auth for one origin: WebAuthn's relying party is that host, and a directory sends people back there. */
export function makeAuth(parts: Parts, origin: string, found?: FoundDirectory) {
  return betterAuth({
    ...baseOptions(parts, origin),
    plugins: [
      username({
        minUsernameLength: 1,
        maxUsernameLength: 64,
        usernameValidator: (value) => /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(value),
      }),
      twoFactor({ issuer: 'Leadglass', trustDeviceMaxAge: 1 }),
      passkeys(origin),
      doors(parts),
      genericOAuth({ config: found === undefined ? [] : [provider(found)] }),
    ],
    user: {
      additionalFields: PERSON_FIELDS,
      validateUserInfo: async ({ source }, ctx) => {
        if (source.method !== 'oauth' || found === undefined) return;
        const person = personOfClaims(found.directory, source.oauth?.profile ?? {});
        if (person?.role !== undefined) return;
        const address = ctx.headers?.get(ADDRESS_HEADER) ?? '';
        await parts.mention({ what: 'refused', by: person?.account ?? '', why: 'no-role', address });
        return { error: 'no_role' };
      },
    },
  });
}
export type Auth = ReturnType<typeof makeAuth>;

const PERSON_FIELDS = {
  role: { type: 'string', required: false },
  language: { type: 'string', required: false, defaultValue: 'fr' },
  isDisabled: { type: 'boolean', required: false },
  isFromDirectory: { type: 'boolean', required: false },
  directoryAccount: { type: 'string', required: false },
  seenAt: { type: 'number', required: false, bigint: true },
} as const;
const SESSION_FIELDS = {
  how: { type: 'string', required: false },
  isLocked: { type: 'boolean', required: false },
  beganAt: { type: 'number', required: false, bigint: true },
  seenAt: { type: 'number', required: false, bigint: true },
} as const;

function baseOptions(parts: Parts, origin: string) {
  const { log } = parts.tools;
  return {
    appName: 'Leadglass',
    baseURL: origin,
    basePath: '/api/auth',
    secret: parts.secret,
    trustedOrigins: [origin],
    // No transactions of its own: they would stay open across turns of the loop on the connection that our statements share.
    database: {
      db: new Kysely({ dialect: new NodeSqliteDialect({ database: parts.store.database }) }),
      type: 'sqlite',
      transaction: false,
    },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      level: 'error',
      // At a first start it complains of tables that the migration is about to make.
      log: (_level, message) => {
        if (parts.store.isPrepared) log.warn('console.sign-in', { message: message.slice(0, 200) });
      },
    },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: LIMITS.passwordCharacters },
    account: { accountLinking: { enabled: false } },
    session: {
      expiresIn: BACKSTOP_SECONDS,
      disableSessionRefresh: true,
      freshAge: LIMITS.freshMs / 1000,
      additionalFields: SESSION_FIELDS,
    },
    databaseHooks: hooks(parts),
    onAPIError: { errorURL: `${origin}/sign-in` },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: false,
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'strict', path: '/' },
      // The directory's answer comes from another site: this one cookie, of minutes, has to come along.
      cookies: { state: { attributes: { sameSite: 'lax' } } },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 128 },
    },
  } as const satisfies BetterAuthOptions;
}

// The plugin asks for user verification and does not insist: we do.
function passkeys(origin: string) {
  return passkey({
    rpID: new URL(origin).hostname,
    rpName: 'Leadglass',
    origin,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    advanced: { webAuthnChallengeCookie: 'passkey' },
    registration: {
      afterVerification: async ({ verification }) => {
        if (verification.registrationInfo?.userVerified !== true) refuse('USER_NOT_VERIFIED', 'UNAUTHORIZED');
      },
    },
    authentication: {
      afterVerification: async ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) refuse('USER_NOT_VERIFIED', 'UNAUTHORIZED');
      },
    },
  });
}

// Discovery, PKCE, state and nonce are the library's; it verifies an ID token when there is one, and we insist that there is.
function provider({ directory, discovered }: FoundDirectory) {
  return {
    providerId: PROVIDER,
    discoveryUrl: discoveryUrl(directory),
    requireIdTokenVerification: true,
    clientId: directory.clientId,
    clientSecret: directory.clientSecret,
    scopes: [...directory.scopes],
    pkce: true,
    authorizationUrlParams: directory.parameters,
    overrideUserInfo: true,
    getUserInfo: async ({
      idToken,
      accessToken,
    }: {
      idToken?: string | undefined;
      accessToken?: string | undefined;
    }) => {
      if (idToken === undefined) return null;
      const told = decodeJwt(idToken);
      if (typeof told.sub !== 'string' || told.sub === '') return null;
      const asked = await moreClaims({ directory, discovered }, told, accessToken);
      const email = directoryEmail(discovered.issuer, told.sub);
      const claims = { ...asked, ...told };
      const name = personOfClaims(directory, claims)?.displayName ?? '';
      return { ...claims, id: told.sub, email, emailVerified: true, name };
    },
    mapProfileToUser: (claims: Record<string, unknown>) => {
      const person = personOfClaims(directory, claims);
      // Without an account or a role nothing comes of it: `validateUserInfo` says no.
      return { role: person?.role, directoryAccount: person?.account, isFromDirectory: true };
    },
  };
}

// Some directories tell groups only at userinfo. What is told there counts when it is about the same subject.
async function moreClaims(
  { directory, discovered }: FoundDirectory,
  told: Readonly<Record<string, unknown>>,
  accessToken: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const isWhole = personOfClaims(directory, told)?.role !== undefined;
  const { userinfo_endpoint: endpoint } = discovered;
  if (isWhole || endpoint === undefined || accessToken === undefined) return {};
  const asked = await userInfo(endpoint, accessToken);
  return asked.sub === told.sub ? asked : {};
}

/** Makes or brings up to date better-auth's tables. */
export async function migrate(auth: Auth): Promise<void> {
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
}
