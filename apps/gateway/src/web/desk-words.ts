import { type Text, text } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import { type SightLimits, shellWord } from '@leadglass/policy';
import type { Retrievable } from '@leadglass/records';
import type { Known } from './identify.ts';
import type { WebAsk } from './web-messages.ts';

/** The command that would let a peer see what it asked for, beside what it sees; none for objects that say no modality. */
export function hintToSee(
  { aeTitle }: Peer,
  { modalities = [] }: SightLimits,
  objects: readonly Retrievable[],
): string {
  const theirs = objects.map(({ modality }) => modality).filter((modality) => modality !== '');
  if (theirs.length === 0) return '';
  const options = [...new Set([...modalities, ...theirs])].map((modality) => `--modality ${shellWord(modality)}`);
  return `./leadglass policy limit ${shellWord(aeTitle)} ${options.join(' ')}`;
}

/** Why nobody known asked. */
export function whyNobody({ who: { token, certificate } }: WebAsk, { shown }: Pick<Known, 'shown'>): Text {
  if (token !== undefined) return UNKNOWN_TOKEN;
  return certificate !== undefined && shown(certificate).isRevoked === true ? REVOKED : NOBODY;
}

/** A connection that was not taken. */
export const TOO_MANY = text(
  'trop de connexions Web à la fois, ou la passerelle démarre ou s’arrête',
  'too many web connections at once, or the gateway is starting or stopping',
);
const NOBODY = text(
  'demande Web sans jeton ni certificat connu (leadglass web token add)',
  'web request without a token or a known certificate (leadglass web token add)',
);
const UNKNOWN_TOKEN = text(
  'demande Web avec un jeton inconnu, repris ou échu',
  'web request with a token that is unknown, taken back or has ended',
);
const REVOKED = text(
  'demande Web avec un certificat qui a été révoqué',
  'web request with a certificate that was revoked',
);
/** Of a study, or an object, that is there and not for this client. */
export const UNSEEN = text(
  'il ne peut pas voir les modalités de cet examen, ou l’objet n’en dit aucune',
  'it may not see the modalities of this study, or the object says none',
);
