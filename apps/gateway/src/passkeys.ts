import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { SignedAnswer } from '@leadglass/contract';
import type { OperatorPasskey, SignedAssertion } from '@leadglass/model';
import { credentialDigest } from './operator-keys.ts';

/** What a passkey adds to a decision. */
export type Assertion = Extract<SignedAnswer, { readonly assertion: unknown }>['assertion'];

/** A passkey of an operator, as the records keep it. */
export interface KnownPasskey extends OperatorPasskey {
  /** COSE_Key, hexadecimal. */
  readonly publicKey: string;
}

// Loaded by the first passkey that is used: a site that decides by keys of its own never has it in memory.
const library = () => import('@simplewebauthn/server');
const helpers = () => import('@simplewebauthn/server/helpers');

/** The key of a COSE_Key (RFC 9053: ES256, Ed25519, RS256); undefined for anything else. */
export async function keyOfPasskey(publicKey: string): Promise<KeyObject | undefined> {
  try {
    const jwk = await jwkOf(Buffer.from(publicKey, 'hex'));
    return jwk === undefined ? undefined : createPublicKey({ format: 'jwk', key: jwk });
  } catch {
    return undefined;
  }
}

async function jwkOf(bytes: Uint8Array<ArrayBuffer>) {
  const { cose, decodeCredentialPublicKey } = await helpers();
  const key = decodeCredentialPublicKey(bytes);
  const { kty, alg } = cose.COSEKEYS;
  const algorithm = key.get(alg);
  if (cose.isCOSEPublicKeyEC2(key) && algorithm === ES256)
    return { kty: 'EC', crv: 'P-256', x: url(key.get(cose.COSEKEYS.x)), y: url(key.get(cose.COSEKEYS.y)) };
  if (cose.isCOSEPublicKeyOKP(key) && algorithm === EDDSA)
    return { kty: 'OKP', crv: 'Ed25519', x: url(key.get(cose.COSEKEYS.x)) };
  if (cose.isCOSEPublicKeyRSA(key) && algorithm === RS256 && key.get(kty) !== undefined)
    return { kty: 'RSA', n: url(key.get(cose.COSEKEYS.n)), e: url(key.get(cose.COSEKEYS.e)) };
  return undefined;
}

const [ES256, EDDSA, RS256] = [-7, -8, -257];
const url = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64url');
const sha256 = (of: string | Uint8Array): Buffer => createHash('sha256').update(of).digest();

/** What is to be signed, by which passkey, and where its console may be. */
export interface Asserting {
  readonly statement: string;
  readonly passkey: KnownPasskey;
  /** Every `https://HOST:PORT` of the console. */
  readonly origins: readonly string[];
}

/** What becomes part of the ledger: the signature, the key as OpenSSL reads it, and what else the signature is over. */
export interface Asserted {
  readonly publicKey: string;
  readonly signature: string;
  readonly assertion: SignedAssertion;
}

/**
 * What `assertion` proves: that this passkey, its person verified by the device, signed the digest of `statement` on a page of the console
 * under the host name it was made for (WebAuthn §7.2). Undefined when it does not. Never throws.
 */
export async function assertedBy(
  { statement, passkey, origins }: Asserting,
  assertion: Assertion,
): Promise<Asserted | undefined> {
  const key = await keyOfPasskey(passkey.publicKey);
  if (key === undefined || assertion.credentialId !== passkey.credentialId) return undefined;
  if (!(await isVerified({ statement, passkey, origins }, assertion))) return undefined;
  return {
    publicKey: key.export({ format: 'der', type: 'spki' }).toString('hex'),
    signature: Buffer.from(assertion.signature, 'base64url').toString('hex'),
    assertion: {
      credentialSha256: credentialDigest(passkey.credentialId),
      statementSha256: sha256(statement).toString('hex'),
      authenticatorData: assertion.authenticatorData,
      clientDataJson: assertion.clientDataJson,
    },
  };
}

async function isVerified(
  { statement, passkey, origins }: Asserting,
  { credentialId: id, authenticatorData, clientDataJson: clientDataJSON, signature }: Assertion,
): Promise<boolean> {
  const expectedOrigin = origins.filter((origin) => new URL(origin).hostname === passkey.rpId);
  if (expectedOrigin.length === 0 || isFramed(clientDataJSON)) return false;
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
        response: { authenticatorData, clientDataJSON, signature },
      },
      expectedChallenge: sha256(statement).toString('base64url'),
      expectedOrigin,
      expectedRPID: passkey.rpId,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      // No counter is kept: a challenge is good once, and synchronised passkeys count nothing.
      credential: { id, publicKey: Buffer.from(passkey.publicKey, 'hex'), counter: 0 },
    });
    return verified;
  } catch {
    return false;
  }
}

/** Whether another site's page had ours in a frame when it was signed: the library does not ask. */
function isFramed(clientDataJson: string): boolean {
  try {
    const said = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()) as { crossOrigin?: unknown } | null;
    return said?.crossOrigin === true;
  } catch {
    return true;
  }
}
