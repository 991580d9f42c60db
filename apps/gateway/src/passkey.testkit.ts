import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Passkey } from '@leadglass/contract';
import type { Assertion } from './passkeys.ts';

/** An authenticator in software: one credential, ES256 (WebAuthn §6). */
export interface Authenticator {
  readonly passkey: Passkey;
  readonly key: KeyObject;
}

/** What an assertion may say instead of the truth. */
export interface Lie {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** Of authenticatorData; user present and verified: 0x05. */
  readonly flags?: number;
  readonly key?: KeyObject;
  readonly credentialId?: string;
}

const TRUE_FLAGS = 0x05;
const sha256 = (of: string | Uint8Array): Buffer => createHash('sha256').update(of).digest();
const cose = (x: string, y: string): string =>
  `a5010203262001215820${Buffer.from(x, 'base64url').toString('hex')}225820${Buffer.from(y, 'base64url').toString('hex')}`;

/** Makes one, for an account of the console under `rpId`. */
export function authenticatorOf(account: string, rpId = 'console.example'): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const passkey = { account, rpId, credentialId: randomBytes(20).toString('base64url'), publicKey: cose(x, y) };
  return { passkey, key: privateKey };
}

/** What it signs about `statement`. */
export function assertionOf({ passkey, key }: Authenticator, statement: string, lie: Lie = {}): Assertion {
  const clientData = JSON.stringify({
    type: lie.type ?? 'webauthn.get',
    challenge: sha256(statement).toString('base64url'),
    origin: lie.origin ?? `https://${passkey.rpId}:8443`,
    crossOrigin: lie.crossOrigin ?? false,
  });
  const flags = Buffer.from([lie.flags ?? TRUE_FLAGS, 0, 0, 0, 0]);
  const authenticatorData = Buffer.concat([sha256(lie.rpId ?? passkey.rpId), flags]);
  const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), lie.key ?? key);
  return {
    credentialId: lie.credentialId ?? passkey.credentialId,
    authenticatorData: authenticatorData.toString('base64url'),
    clientDataJson: Buffer.from(clientData).toString('base64url'),
    signature: signature.toString('base64url'),
  };
}
