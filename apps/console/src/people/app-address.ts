/** The address an app reads, under the name people know the account by. */
export function appAddress(uri: string, account: string, site: string): { address: string; secret: string } {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const issuer = `Leadglass ${site}`;
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret, issuer, digits: '6', period: '30' });
  return { address: `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`, secret };
}
