const NUMBER = /^T([0-9A-Z]{3})\d{9}[0-9A-Z]$/;

/**
 * The temporary number an object came under, or undefined when its patient is known. Ours is what has the prefix of this home, and what a home
 * like this one issued. A number of our range whose check character is wrong is still of our range: it was typed wrong, and is nobody else's.
 * @param prefix three characters, or empty while this home has given none.
 */
export function temporaryIdentityOf(patientId: string, issuer: string, prefix: string): string | undefined {
  const number = patientId.trim().toUpperCase();
  const own = NUMBER.exec(number)?.[1];
  if (own === undefined) return undefined;
  return own === prefix || issuer.trim() === `LEADGLASS-${own}` ? number : undefined;
}
