import { type DecisionFacts, decisionStatement, type OperatorAnswer, type Passkey } from '@leadglass/contract';
import {
  base64URLStringToBuffer,
  bufferToBase64URLString,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { call } from '../client/index.ts';
import { inWords } from '../people/auth.ts';

// A passkey of its own, not the one people sign in with: what is signed every morning must never be a decision.

/** COSE algorithms the gateway checks: ES256, Ed25519, RS256. */
const ALGORITHMS = [-7, -8, -257];
const CEREMONY_MS = 120_000;
const FINGERPRINT_BYTES = 16;
/** WebAuthn §6.1 and §6.5.1: rpIdHash, flags, signCount, aaguid; then the length of the credential's id. */
const ID_LENGTH_AT = 32 + 1 + 4 + 16;

const random = (): string => bufferToBase64URLString(crypto.getRandomValues(new Uint8Array(32)).buffer);
const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Makes the passkey with which `account` decides. @param label how the device lists it @throws ApiError */
export async function makeDecidingPasskey(account: string, label: string): Promise<Passkey> {
  const rpId = window.location.hostname;
  const made = await startRegistration({
    optionsJSON: {
      rp: { id: rpId, name: 'Leadglass' },
      user: { id: random(), name: label, displayName: label },
      challenge: random(),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      // Not offered at sign-in, where the device leaves the choice.
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
      attestation: 'none',
      timeout: CEREMONY_MS,
    },
  }).catch(inWords);
  const publicKey = keyIn(new Uint8Array(base64URLStringToBuffer(made.response.authenticatorData ?? '')));
  return { account, rpId, credentialId: made.id, publicKey };
}

/** The COSE_Key in what an authenticator tells of a new credential, in hexadecimal. */
export function keyIn(authenticatorData: Uint8Array): string {
  const [high = 0, low = 0] = authenticatorData.subarray(ID_LENGTH_AT, ID_LENGTH_AT + 2);
  return hexOf(authenticatorData.subarray(ID_LENGTH_AT + 2 + high * 256 + low));
}

/** Of a public key, as the command line shows it too: half of its SHA-256, in groups of four digits. */
export async function fingerprintOf(publicKey: string): Promise<string> {
  const bytes = Uint8Array.from(publicKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return (hexOf(digest.subarray(0, FINGERPRINT_BYTES)).match(/.{4}/g) ?? []).join(' ');
}

/** A name for the list of operators that goes with `account`. */
export function operatorNameOf(account: string): string {
  return account.replace(/[^A-Za-z0-9._-]/g, '-');
}

/** Signs a decision: the challenge that the device signs is the digest of the statement, which the gateway makes by itself. @throws ApiError */
export async function signDecision(
  { name: operator, passkey }: OperatorAnswer,
  facts: Omit<DecisionFacts, 'operator' | 'challenge'>,
) {
  const { challenge } = await call('hold.challenge', {});
  const statement = decisionStatement({ ...facts, operator, challenge });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(statement));
  const credentialId = passkey?.credentialId ?? '';
  const { response } = await startAuthentication({
    optionsJSON: {
      challenge: bufferToBase64URLString(digest),
      rpId: window.location.hostname,
      allowCredentials: [{ id: credentialId, type: 'public-key' }],
      userVerification: 'required',
      timeout: CEREMONY_MS,
    },
  }).catch(inWords);
  const { authenticatorData, clientDataJSON: clientDataJson, signature } = response;
  return { operator, challenge, assertion: { credentialId, authenticatorData, clientDataJson, signature } };
}
