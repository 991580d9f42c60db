import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Role, RoleSchema } from '@leadglass/contract';
import { Fault, text } from '@leadglass/kit';
import { z } from 'zod';

const NAME = z.string().trim().min(1).max(100);

/**
 * `<home>/people/directory.json`: the single sign-on of the site. `roles` says which value of `claim` gives which role; who has none of
 * them is refused.
 */
const DirectorySchema = z.strictObject({
  /** As people call it, on the button. */
  name: NAME,
  /** OpenID Connect issuer: its `/.well-known/openid-configuration` is read. */
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1).max(200),
  /** File in the same folder that holds the client's secret, mode 0600. */
  clientSecretFile: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .default('directory.secret'),
  scopes: z.array(z.string().min(1).max(64)).max(20).default(['openid', 'profile']),
  /** Claim the account's name is taken from. */
  accountClaim: z.string().min(1).max(64).default('preferred_username'),
  /** Claim with groups or roles: a text or a list; `a.b` for one inside another, as Keycloak's `realm_access.roles`. */
  roleClaim: z.string().min(1).max(200).default('groups'),
  /** In this order: the first that fits decides. */
  roles: z
    .array(z.strictObject({ value: z.string().min(1).max(200), role: RoleSchema }))
    .min(1)
    .max(200),
  /** More parameters of the request for authorisation, such as `acr_values` of Pro Santé Connect. */
  parameters: z.record(z.string().regex(/^[a-z_]{1,40}$/), z.string().max(200)).default({}),
  /** File in the same folder with the authority (PEM) that signed the directory's certificate, when it is the site's own. */
  authorityFile: z.exactOptional(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)),
});

/** A directory with its secret. */
export type Directory = z.output<typeof DirectorySchema> & { readonly clientSecret: string };

/** What the directory said of somebody, as far as it matters here. */
export interface DirectoryPerson {
  readonly account: string;
  readonly displayName: string;
  readonly role: Role | undefined;
}

/** The directory of this home; undefined without one. Throws Fault `console.directory-wrong`: a mistake there must not pass unseen. */
export function readDirectory(folder: string): Directory | undefined {
  const path = join(folder, 'directory.json');
  if (!existsSync(path)) return undefined;
  try {
    const directory = DirectorySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const clientSecret = readFileSync(join(folder, directory.clientSecretFile), 'utf8').trim();
    if (!directory.issuer.startsWith('https:') && !isLoopback(directory.issuer)) throw new Error('issuer: https only');
    if (clientSecret === '') throw new Error(`${directory.clientSecretFile} is empty`);
    trust(folder, directory);
    return { ...directory, clientSecret };
  } catch (thrown) {
    throw new Fault(
      'console.directory-wrong',
      'permanent',
      text(
        `Le fichier ${path} ne convient pas : corrigez-le (voir le guide d’exploitation, « Annuaires »).`,
        `The file ${path} will not do: correct it (see the runbook, “Directories”).`,
      ),
      { cause: thrown },
    );
  }
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

function trust(folder: string, { authorityFile }: z.output<typeof DirectorySchema>): void {
  if (authorityFile === undefined) return;
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(join(folder, authorityFile), 'utf8')]);
}

/** The role that the claims give, and under which account. An account that does not fit our rules is none. */
export function personOfClaims(
  directory: Directory,
  claims: Readonly<Record<string, unknown>>,
): DirectoryPerson | undefined {
  const account = claims[directory.accountClaim];
  if (typeof account !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(account)) return undefined;
  const values = valuesAt(claims, directory.roleClaim);
  const role = directory.roles.find(({ value }) => values.includes(value))?.role;
  const { name } = claims;
  return { account, displayName: typeof name === 'string' && name !== '' ? name.slice(0, 100) : account, role };
}

function valuesAt(claims: Readonly<Record<string, unknown>>, path: string): string[] {
  // A claim may itself be named with dots (a URL): the whole name goes first.
  const direct = claims[path];
  const found = direct === undefined ? path.split('.').reduce<unknown>(step, claims) : direct;
  return (Array.isArray(found) ? found.slice(0, 1000) : [found]).filter((value) => typeof value === 'string');
}

function step(at: unknown, name: string): unknown {
  return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
    ? (at as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The address better-auth wants of every person; nothing is ever sent there. One subject at one issuer has one. */
export function directoryEmail(issuer: string, subject: string): string {
  return `${createHash('sha256').update(`${issuer}\0${subject}`).digest('hex').slice(0, 40)}@directory.invalid`;
}
