import { text } from '@leadglass/kit';
import { z } from 'zod';
import { checked } from './checks.ts';

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();
const cidr4 = z.cidrv4();
const cidr6 = z.cidrv6();
const passes = (schema: z.ZodType, value: string) => value.length <= 64 && schema.safeParse(value).success;
/** Whether it is one address, IPv4 or IPv6. */
export const isAddress = (value: string) => passes(ipv4, value) || passes(ipv6, value);

/** An address range, or a single address as one. */
export const addressRange = checked<string>(
  (value) => isAddress(value) || passes(cidr4, value) || passes(cidr6, value),
  text(
    'Une plage d’adresses s’écrit 192.0.2.0/24 ou 2001:db8::/64 ; une adresse seule, 192.0.2.10.',
    'An address range is written 192.0.2.0/24 or 2001:db8::/64; a single address, 192.0.2.10.',
  ),
)(z.string()).transform((value) => (isAddress(value) ? `${value}/${value.includes(':') ? 128 : 32}` : value));

/** SHA-256 of a certificate, in lower case without colons. */
export const fingerprint = checked<string>(
  (value) => value.length <= 95 && /^[0-9a-fA-F]{64}$/.test(value.replaceAll(':', '')),
  text(
    'Une empreinte de certificat a 64 chiffres hexadécimaux (SHA-256 du certificat DER), avec ou sans « : ».',
    'A certificate fingerprint has 64 hexadecimal digits (SHA-256 of the DER certificate), with or without ":".',
  ),
)(z.string()).transform((value) => value.replaceAll(':', '').toLowerCase());
