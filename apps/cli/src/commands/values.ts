import { DestinationNameSchema, type RequestOf, ServiceSchema } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { type AeTitle, parseAeTitle, parseSha256, type Sha256 } from '@leadglass/model';
import type { Given } from '../command.ts';
import { usageFailure } from '../exits.ts';
import type { Output } from '../output.ts';

/** What a person typed, read strictly; each throws CliFailure (exit 2) with the form expected. */
export function aeTitleOf(value: string): AeTitle {
  const title = parseAeTitle(value);
  if (title !== undefined) return title;
  throw usageFailure(
    text(
      `« ${value} » n’est pas un titre d’application (AE) : 1 à 16 caractères, sans accent ni barre oblique inverse.`,
      `"${value}" is not an AE title: 1 to 16 ASCII characters, no backslash.`,
    ),
  );
}

/** SHA-256 in hexadecimal, with or without the colons that openssl prints. */
export function sha256Of(value: string): Sha256 {
  const sha256 = parseSha256(value.replaceAll(':', ''));
  if (sha256 !== undefined) return sha256;
  throw usageFailure(text('Un SHA-256 : 64 chiffres hexadécimaux.', 'A SHA-256: 64 hexadecimal digits.'));
}

/** `HOST:PORT`, `[2001:db8::1]:104`. */
export function hostPortOf(value: string, least = 1): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || !(port >= least && port <= 65535)) {
    throw usageFailure(text(`« ${value} » : attendu HÔTE:PORT.`, `"${value}": expected HOST:PORT.`));
  }
  return { host: match[1] ?? match[2] ?? '', port };
}

/** `echo,store`. */
export function servicesOf(value: string): RequestOf<'peer.add'>['allow'] {
  const result = ServiceSchema.array()
    .min(1)
    .safeParse(value.split(',').map((each) => each.trim()));
  if (result.success) return result.data;
  const known = ServiceSchema.options.join(', ');
  throw usageFailure(text(`--allow : une liste parmi ${known}.`, `--allow: a list of ${known}.`));
}

export function destinationNameOf(value: string): string {
  if (DestinationNameSchema.safeParse(value).success) return value;
  throw usageFailure(
    text(
      `« ${value} » : un nom de lettres, chiffres, - _ . (64 au plus).`,
      `"${value}": a name of letters, digits, - _ . (at most 64).`,
    ),
  );
}

const CHANGES: Readonly<Record<'added' | 'changed' | 'unchanged', Text>> = {
  added: text('ajouté', 'added'),
  changed: text('modifié', 'changed'),
  unchanged: text('déjà ainsi, rien n’a changé', 'already so, nothing changed'),
};

/** Whether something is none of the site's, where that was chosen. */
export function outsideOf(given: Given): { readonly outside?: boolean } {
  const isChosen = given.flag('outside') || given.flag('inside');
  return isChosen ? { outside: given.flag('outside') } : {};
}

/** The options of it. */
export const OUTSIDE_OPTIONS = {
  outside: { help: text('hors du site : coupé par « isolation on »', 'outside of the site: cut by “isolation on”') },
  inside: { help: text('dans le site, quelle que soit son adresse', 'inside the site, whatever its address') },
} as const;

/** Says what an `add` did. */
export function sayChange(
  output: Output,
  what: string,
  answer: { readonly change: 'added' | 'changed' | 'unchanged' },
): void {
  output.json(answer);
  output.line(`${what}: ${output.of(CHANGES[answer.change])}`, answer.change === 'unchanged' ? 'grey' : 'green');
}

/** Says what a `remove` did. */
export function sayRemoved(output: Output, what: string, answer: { readonly removed: number }): void {
  output.json(answer);
  output.line(text(`${what} : retiré (${answer.removed})`, `${what}: removed (${answer.removed})`), 'green');
}
