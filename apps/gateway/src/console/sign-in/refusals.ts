import { type Text, text } from '@leadglass/kit';
import { type ConsoleFaultCode, consoleFault } from '../faults.ts';

type Refusal = readonly [code: ConsoleFaultCode, sentence: Text];

const AGAIN = text(
  'Identification refusée : vérifiez le compte et ce que vous avez saisi, puis recommencez.',
  'Sign-in refused: check the account and what you entered, then try again.',
);

/** What better-auth, or a door of ours, refuses with, in words. Nothing tells whether an account exists. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  INVALID_USERNAME_OR_PASSWORD: ['console.refused-sign-in', AGAIN],
  INVALID_CODE: [
    'console.refused-sign-in',
    text(
      'Ce code n’est pas le bon. Attendez le suivant dans l’application, et vérifiez l’heure du téléphone.',
      'That code is not right. Wait for the next one in the app, and check the phone’s clock.',
    ),
  ],
  INVALID_TWO_FACTOR_COOKIE: [
    'console.refused-sign-in',
    text(
      'Trop de temps a passé : recommencez avec le mot de passe.',
      'Too much time went by: begin with the password again.',
    ),
  ],
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: [
    'console.too-many',
    text(
      'Trop de codes faux : recommencez avec le mot de passe.',
      'Too many wrong codes: begin with the password again.',
    ),
  ],
  ACCOUNT_TEMPORARILY_LOCKED: [
    'console.too-many',
    text(
      'Trop de codes faux pour ce compte : attendez un quart d’heure, ou prenez une clé d’accès ou un code d’urgence.',
      'Too many wrong codes for this account: wait a quarter of an hour, or take a passkey or an emergency code.',
    ),
  ],
  TOTP_ALREADY_ENABLED: [
    'console.conflict',
    text(
      'Un code à usage unique est déjà en place pour ce compte.',
      'One-time codes are already set up for this account.',
    ),
  ],
  TOTP_REQUIRED: [
    'console.refused-sign-in',
    text(
      'Un mot de passe seul ne suffit pas : ce compte n’a pas fini son inscription. Demandez une nouvelle invitation à un administrateur.',
      'A password alone is not enough: this account has not finished signing up. Ask an administrator for a new invitation.',
    ),
  ],
  PASSKEY_NOT_FOUND: [
    'console.refused-sign-in',
    text(
      'Cette clé d’accès n’est plus connue ici. Prenez-en une autre, ou demandez une nouvelle invitation à un administrateur.',
      'This passkey is no longer known here. Take another, or ask an administrator for a new invitation.',
    ),
  ],
  USER_NOT_VERIFIED: [
    'console.refused-sign-in',
    text(
      'L’appareil n’a pas vérifié que c’est vous (empreinte, visage ou code de l’appareil). Activez cette vérification, puis recommencez.',
      'The device did not verify that it is you (fingerprint, face or the device’s PIN). Turn that on, then try again.',
    ),
  ],
  CHALLENGE_NOT_FOUND: [
    'console.refused-sign-in',
    text('Trop de temps a passé : recommencez.', 'Too much time went by: try again.'),
  ],
  AUTHENTICATION_FAILED: ['console.refused-sign-in', AGAIN],
  DISABLED: [
    'console.refused-sign-in',
    text(
      'Ce compte est suspendu. Un administrateur peut le rétablir, page « Personnes ».',
      'This account is disabled. An administrator can restore it, on the page “People”.',
    ),
  ],
  SESSION_NOT_FRESH: [
    'console.forbidden',
    text(
      'Pour changer vos moyens d’identification, identifiez-vous à nouveau : votre session a plus d’un quart d’heure.',
      'To change how you sign in, sign in again: your session is older than a quarter of an hour.',
    ),
  ],
  INVALID_PASSWORD: [
    'console.refused-sign-in',
    text('Ce n’est pas votre mot de passe actuel.', 'That is not your current password.'),
  ],
  PASSWORD_TOO_SHORT: [
    'console.bad-request',
    text(
      'Ce mot de passe ne convient pas : au moins 12 caractères, sans le nom du compte. Trois ou quatre mots sans rapport font l’affaire.',
      'This password will not do: at least 12 characters, without the account’s name. Three or four unrelated words do well.',
    ),
  ],
  LAST_WAY: [
    'console.conflict',
    text(
      'C’est votre seul moyen d’identification : ajoutez-en un autre avant de retirer celui-ci.',
      'This is your only way to sign in: add another before taking this one away.',
    ),
  ],
  DIRECTORY_AWAY: [
    'console.refused-sign-in',
    text(
      'L’annuaire ne répond pas. Réessayez ; en urgence, prenez un code d’urgence de l’enveloppe.',
      'The directory does not answer. Try again; in an emergency, take an emergency code from the envelope.',
    ),
  ],
  INVITATION_OVER: [
    'console.refused-sign-in',
    text(
      'Ce lien d’invitation a déjà servi ou date de plus d’un jour. Demandez-en un nouveau à un administrateur.',
      'This invitation link has been used or is more than a day old. Ask an administrator for a new one.',
    ),
  ],
  NOT_TOLD: [
    'console.no-gateway',
    text(
      'Cela n’a pas pu être noté au registre : rien n’est fait. Recommencez dans un instant.',
      'This could not be told to the ledger: nothing was done. Try again in a moment.',
    ),
  ],
};

/** Codes the page of sign-in is sent back with by a directory (`/sign-in?refused=CODE`). */
export const DIRECTORY_REFUSALS = ['no_role', 'account_taken', 'disabled', 'away', 'failed'] as const;

/** What to answer for a refusal: `code` of better-auth or of a door; what is not known stays general. */
export function refusalFault(code: string | undefined, status: number): ReturnType<typeof consoleFault> {
  const refusal = code === undefined ? undefined : REFUSALS[code];
  if (refusal !== undefined) return consoleFault(refusal[0], refusal[1]);
  if (status === 429) return consoleFault('console.too-many');
  if (status === 403) return consoleFault('console.forbidden');
  if (status >= 500) return consoleFault('console.defect');
  return status === 401 ? consoleFault('console.refused-sign-in', AGAIN) : consoleFault('console.bad-request');
}
