import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { z } from 'zod';
import { ApiError, errorOf, notUnderstood, unreachable } from '../client/errors.ts';
import { queryClient } from '../client/index.ts';
import { tellOf } from '../client/session.ts';
import { text } from '../words/index.ts';

const ANSWER_MS = 30_000;
type Json = Readonly<Record<string, unknown>>;

const PasskeysSchema = z.array(
  z.object({ id: z.string(), name: z.string(), createdAtMs: z.nullable(z.number()), isSynced: z.boolean() }),
);
/** One of one's own passkeys. */
export type OwnPasskey = z.output<typeof PasskeysSchema>[number];

async function send(method: 'GET' | 'POST', path: string, body?: Json): Promise<unknown> {
  const answer = await fetch(`/api/auth${path}`, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'x-leadglass': '1', ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => {
    throw unreachable();
  });
  const said: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return said;
  throw errorOf(answer.status, said);
}

/** Something about one's own session, where a session that is over matters to everything shown. */
async function ofMine(method: 'GET' | 'POST', path: string, body?: Json): Promise<unknown> {
  return send(method, path, body).catch((thrown: unknown) => {
    if (thrown instanceof ApiError && thrown.code !== 'console.refused-sign-in') tellOf(thrown);
    throw thrown;
  });
}

const GIVEN_UP = text(
  'Rien n’a été montré : vous avez renoncé, le temps a passé, ou cet appareil n’a pas de clé d’accès pour cette console. Recommencez, ou prenez un autre moyen.',
  'Nothing was shown: you gave up, time ran out, or this device has no passkey for this console. Try again, or take another way.',
);
const ALREADY = text(
  'Cet appareil a déjà une clé d’accès pour ce compte.',
  'This device already has a passkey for this account.',
);

/** What the browser refuses, in words. */
export function inWords(thrown: unknown): never {
  if (thrown instanceof ApiError) throw thrown;
  const isThere = thrown instanceof WebAuthnError && thrown.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
  throw new ApiError(0, { code: 'console.passkey', text: isThere ? ALREADY : GIVEN_UP });
}

/** Shows a passkey. @throws ApiError */
export async function enterWithPasskey(): Promise<void> {
  const options = await send('GET', '/passkey/generate-authenticate-options');
  type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];
  const response = await startAuthentication({ optionsJSON: options as Options }).catch(inWords);
  await send('POST', '/passkey/verify-authentication', { response });
}

/** Makes a passkey on this device, or on one that is near. @param name how its owner will know it. @throws ApiError */
export async function addPasskey(name: string, displayName: string): Promise<void> {
  const options = (await ofMine('GET', '/passkey/generate-register-options')) as Parameters<
    typeof startRegistration
  >[0]['optionsJSON'];
  const optionsJSON = { ...options, user: { ...options.user, displayName } };
  const response = await startRegistration({ optionsJSON }).catch(inWords);
  await ofMine('POST', '/passkey/verify-registration', { response, ...(name === '' ? {} : { name }) });
}

/** The first half of a password sign-in; the code is the other. */
export async function enterPassword(username: string, password: string): Promise<void> {
  await send('POST', '/sign-in/username', { username, password });
}

export async function enterCode(code: string): Promise<void> {
  await send('POST', '/two-factor/verify-totp', { code });
}

export async function enterEmergencyCode(account: string, code: string): Promise<void> {
  await send('POST', '/leadglass/emergency', { account, code });
}

export async function openInvitation(token: string): Promise<void> {
  await send('POST', '/leadglass/invitation', { token });
}

/** Where the directory signs people in. */
export async function directoryAddress(): Promise<string> {
  const said = z.object({ url: z.url() }).safeParse(await send('POST', '/sign-in/social'));
  if (!said.success) throw notUnderstood(200);
  return said.data.url;
}

/** Sets or changes the password, and begins codes with it. @returns what an authenticator app is to know */
export async function beginTotp(password: string, current?: string): Promise<string> {
  await ofMine('POST', '/leadglass/password', { password, ...(current === undefined ? {} : { current }) });
  const said = z.object({ totpURI: z.string() }).safeParse(await ofMine('POST', '/two-factor/enable', { password }));
  if (!said.success) throw notUnderstood(200);
  return said.data.totpURI;
}

/** The first code proves that the app knows the secret. */
export async function confirmTotp(code: string): Promise<void> {
  await ofMine('POST', '/two-factor/verify-totp', { code });
}

export async function changePassword(current: string, password: string): Promise<void> {
  await ofMine('POST', '/leadglass/password', { password, current });
}

export async function removeTotp(password: string): Promise<void> {
  await ofMine('POST', '/two-factor/disable', { password });
}

export async function ownPasskeys(): Promise<readonly OwnPasskey[]> {
  const said = PasskeysSchema.safeParse(await ofMine('GET', '/passkey/list-user-passkeys'));
  if (!said.success) throw notUnderstood(200);
  return said.data;
}

export async function removePasskey(id: string): Promise<void> {
  await ofMine('POST', '/passkey/delete-passkey', { id });
}

export async function signOut(): Promise<void> {
  await send('POST', '/sign-out');
}

/** Asks anew who is signed in; nothing of whoever was before is kept. */
export async function whoNow(): Promise<void> {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
  await queryClient.refetchQueries({ queryKey: ['me'] });
}
