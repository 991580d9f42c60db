import { text } from '@leadglass/kit';
import { z } from 'zod';
import { checked, fieldDocs } from './checks.ts';

const LONGEST_PATH = 107;
const LONGEST_HOST = 253;
const MOST_STREAM_BYTES = 4_000_000_000;
const MOST_SECONDS = 120;
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)):([0-9]{1,5})$/;
const ipv6 = z.ipv6();

function isClamdAddress(words: string): boolean {
  if (words.startsWith('/')) return words.length <= LONGEST_PATH && !/\p{Cc}/u.test(words);
  const [, ip6, name, port] = words.length > LONGEST_HOST + 8 ? [] : (HOST_AND_PORT.exec(words) ?? []);
  if (!(Number(port) >= 1 && Number(port) <= 65_535)) return false;
  return ip6 === undefined ? name !== undefined : ipv6.safeParse(ip6).success;
}

const address = checked<string>(
  isClamdAddress,
  text(
    'L’adresse de clamd est le chemin absolu de son socket Unix (/run/clamav/clamd.ctl) ou HÔTE:PORT (127.0.0.1:3310).',
    'clamd’s address is the absolute path of its Unix socket (/run/clamav/clamd.ctl) or HOST:PORT (127.0.0.1:3310).',
  ),
)(z.string());

const maxStreamBytes = checked<number>(
  (value) => Number.isInteger(value) && value >= 65_536 && value <= MOST_STREAM_BYTES,
  text(
    `Une taille en octets : un nombre entier de 65536 à ${MOST_STREAM_BYTES}.`,
    `A size in bytes: a whole number from 65536 to ${MOST_STREAM_BYTES}.`,
  ),
)(z.number());

const timeoutSeconds = checked<number>(
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_SECONDS,
  text(
    `Un nombre entier de secondes, de 1 à ${MOST_SECONDS}.`,
    `A whole number of seconds, from 1 to ${MOST_SECONDS}.`,
  ),
)(z.number());

/** The site's ClamAV as people write it. */
export const clamavInput = z.strictObject({
  address: address.clone().register(fieldDocs, {
    about: text(
      'Où clamd écoute : chemin absolu de son socket Unix, ou HÔTE:PORT.',
      'Where clamd listens: the absolute path of its Unix socket, or HOST:PORT.',
    ),
    example: '/run/clamav/clamd.ctl',
  }),
  maxStreamBytes: maxStreamBytes.default(100 * 1024 * 1024).register(fieldDocs, {
    about: text(
      'Octets montrés à clamd au plus, par objet ; pas plus que son StreamMaxLength. Un objet plus grand compte comme non contrôlé jusqu’au bout.',
      'Most bytes shown to clamd, an object; not above its StreamMaxLength. A larger object counts as not checked to the end.',
    ),
    example: '104857600',
  }),
  timeoutSeconds: timeoutSeconds.default(10).register(fieldDocs, {
    about: text(
      'Attente de la réponse, en secondes. Passé ce délai l’objet compte comme non contrôlé jusqu’au bout, et whenUnfinished décide.',
      'Wait for the answer, in seconds. After that the object counts as not checked to the end, and whenUnfinished decides.',
    ),
    example: '10',
  }),
});
