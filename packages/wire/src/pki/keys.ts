import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '@leadglass/kit';

/** Which kind of key a device gets: `ec` P-256 unless it knows RSA alone. */
export type DeviceKeyKind = 'ec' | 'rsa';

/** A new key pair: the public half is what is signed, the private half leaves in the file for the device and is kept nowhere. */
export interface DeviceKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** PKCS #8, PEM. */
  readonly keyPem: Secret<string>;
}

const RSA_BITS = 3072;
/** Largest SubjectPublicKeyInfo looked at: RSA of 8192 bits takes 1.1 kB. */
export const MOST_KEY_BYTES = 2048;
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Makes a key pair. Takes a second or so for RSA. */
export async function newDeviceKey(kind: DeviceKeyKind): Promise<DeviceKey> {
  const generate = promisify(generateKeyPair);
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? await generate('rsa', { modulusLength: RSA_BITS })
      : await generate('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    keyPem: new Secret(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
  };
}

/** A device's public key, when it is one we sign: EC P-256, P-384, P-521, or RSA of 2048 to 8192 bits with an exponent of 65537. */
export function acceptedKey(spki: Uint8Array): KeyObject | undefined {
  if (spki.byteLength > MOST_KEY_BYTES) return undefined;
  const key = parsed(spki);
  const { modulusLength = 0, publicExponent, namedCurve = '' } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'ec') return CURVES.has(namedCurve) ? key : undefined;
  const isRsa = key?.asymmetricKeyType === 'rsa' && publicExponent === 65537n;
  return isRsa && modulusLength >= 2048 && modulusLength <= 8192 ? key : undefined;
}

function parsed(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
