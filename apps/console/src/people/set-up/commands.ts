import type { StrangerAnswer } from '@leadglass/contract';

/** Where images go, as the step asks for it. */
export interface Pacs {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly called: string;
  readonly tls: boolean;
}

/** The two commands that do what the step does. */
export function pacsCommands({ name, host, port, called, tls }: Pacs): string {
  const to = `${host === '' ? 'ADDRESS' : host}:${port}`;
  return [
    `leadglass destination add ${name} --to ${to} --called ${called === '' ? 'TITLE' : called}${tls ? ' --tls' : ''}`,
    `leadglass route add --from '*' --to ${name}`,
  ].join(' && ');
}

/** The command that lets in whom the button lets in. */
export function admitCommand(peer: NonNullable<StrangerAnswer['peer']>): string {
  const certificate = peer.certSha256 === undefined ? '' : ` --cert-sha256 ${peer.certSha256}`;
  return `leadglass peer add '${peer.aeTitle}' --from ${peer.from} --allow ${peer.allow.join(',')}${certificate}`;
}

/** The command that tries the PACS before it is declared. */
export function testCommand({ host, port, called, tls }: Pacs): string {
  const to = `${host === '' ? 'ADDRESS' : host}:${port}`;
  return `leadglass destination test --to ${to} --called ${called === '' ? 'TITLE' : called}${tls ? ' --tls' : ''}`;
}

/** As a shell reads it in one piece. */
const quoted = (words: string): string => `'${words.replaceAll("'", "'\\''")}'`;

/** The command that names the site. */
export function siteCommand(site: string): string {
  return `leadglass site name ${quoted(site === '' ? 'NAME' : site)}`;
}

/** The command that makes an administrator: a link, with which they enrol in a browser. */
export function administratorCommand(account: string, name: string): string {
  const [who, called] = [account === '' ? 'ACCOUNT' : account, name === '' ? '' : ` --name ${quoted(name)}`];
  return `leadglass person invite ${who}${called} --role administrator`;
}

/** What is worth doing next, on the command line. */
export const DONE_COMMANDS = {
  people: 'leadglass person invite ACCOUNT --role ROLE',
  emergency: 'leadglass person emergency-codes ACCOUNT',
} as const;
