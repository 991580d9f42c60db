import { X509Certificate } from 'node:crypto';
import { namesOf } from '@leadglass/wire';

/** Host names and addresses a certificate is good for. */
export function namesOfConsole(certPem: string): readonly string[] {
  return namesOf(new X509Certificate(certPem));
}
