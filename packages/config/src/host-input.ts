import { text } from '@leadglass/kit';
import { z } from 'zod';
import { isAddress } from './address-input.ts';
import { checked } from './checks.ts';

const HOST =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
/** A name of a machine, or its address. */
export const host = checked<string>(
  (value) => value.length <= 253 && (isAddress(value) || (HOST.test(value) && !/^[0-9.]+$/.test(value))),
  text(
    'Un hôte est un nom (pacs.example.org) ou une adresse IP, sans port ni crochets.',
    'A host is a name (pacs.example.org) or an IP address, without port or brackets.',
  ),
)(z.string());

/** A TCP port. */
export const port = checked<number>(
  (value) => Number.isInteger(value) && value >= 1 && value <= 65_535,
  text('Un port est un nombre entier de 1 à 65535.', 'A port is a whole number from 1 to 65535.'),
)(z.number());
