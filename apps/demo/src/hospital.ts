import type { RequestOf } from '@leadglass/contract';
import { parseAeTitle } from '@leadglass/model';
import { newDeviceKey, type ScuTls, type TlsIdentity } from '@leadglass/wire';
import { LABORATORY } from './actors/results.ts';
import type { Control } from './control.ts';

/** Where everything of the demonstration is. */
export interface Site {
  readonly dimse: number;
  readonly dimseTls: number;
  readonly hl7: number;
  readonly console: number;
  readonly pacs: number;
  readonly partner: number;
  /** Whether each device can have an address of its own (127.0.0.x). */
  readonly hasAddresses: boolean;
  readonly nowMs: number;
}

export const CALLED = 'LEADGLASS';
export const PACS = 'PACS_DEMO';
export const PARTNER = 'TELERAD';
const DAY_MS = 86_400_000;
const OBSERVED_DAYS = 14;

/** Last number of each device's address. */
export const ADDRESSES = {
  CT1: 11,
  MR1: 12,
  US1: 13,
  DX1: 14,
  CDROM: 21,
  US2: 31,
  MAMMO1: 41,
  MR2: 42,
  attacker: 66,
} as const;
export type Device = keyof typeof ADDRESSES;

export function addressOf(site: Site, device: Device): string | undefined {
  return site.hasAddresses ? `127.0.0.${ADDRESSES[device]}` : undefined;
}

const rangeOf = (site: Site, device: Device): string => `${addressOf(site, device) ?? '127.0.0.1'}/32`;

/** How long the certificates of the devices with TLS last: one of them ends soon, which somebody has to be told. */
const CERTIFICATE_DAYS = { CT1: 825, MR1: 20 } as const;
type Certified = keyof typeof CERTIFICATE_DAYS;

/** Keys and certificates, as the site's authority issued them. */
export interface Identities {
  readonly authorityPem: string;
  readonly devices: Readonly<Record<Certified, ScuTls>>;
  readonly partner: TlsIdentity;
}

/** Has the site's authority certify the two scanners with TLS, and the partner. */
export async function certify(control: Control): Promise<Identities> {
  const issue = async (asked: Omit<RequestOf<'cert.issue'>, 'publicKey'>) => {
    const key = await newDeviceKey('ec');
    const answer = await control.call('cert.issue', { ...asked, publicKey: key.publicKey.toString('base64') });
    return {
      authorityPem: answer.authorityPem,
      identity: { cert: answer.certificate.certPem, key: key.keyPem.reveal() },
    };
  };
  const device = async (title: Certified): Promise<ScuTls> => {
    const days = CERTIFICATE_DAYS[title];
    const { authorityPem, identity } = await issue({ name: title.toLowerCase(), peer: aet(title), days });
    return { ca: [authorityPem], identity };
  };
  const partner = await issue({ name: PARTNER, addresses: ['127.0.0.1'] });
  const devices = { CT1: await device('CT1'), MR1: await device('MR1') };
  return { authorityPem: partner.authorityPem, devices, partner: partner.identity };
}

/** Who may send, where it goes, whose questions are passed on, who is watched. */
export async function configure(control: Control, site: Site): Promise<void> {
  for (const destination of destinationsOf(site)) await control.call('destination.add', destination);
  for (const peer of peersOf(site)) await control.call('peer.add', peer);
  for (const from of ['CT1', 'MR1'] as const)
    await control.call('route.add', { from: aet(from), to: 'teleradiologie' });
  await control.call('route.add', { from: '*', to: 'pacs' });
  await control.call('relay.add', { from: '*', services: ['worklist'], to: 'pacs' });
  await control.call('feed.add', { name: 'labo', kind: 'lab', from: '127.0.0.1/32', application: LABORATORY });
  if (!site.hasAddresses) return;
  const untilMs = site.nowMs + OBSERVED_DAYS * DAY_MS;
  await control.call('policy.observe', { from: [rangeOf(site, 'US2')], untilMs });
}

function destinationsOf(site: Site): RequestOf<'destination.add'>[] {
  const common = { host: '127.0.0.1', calling: aet(CALLED) };
  return [
    { ...common, name: 'pacs', port: site.pacs, called: aet(PACS) },
    { ...common, name: 'teleradiologie', port: site.partner, called: aet(PARTNER), tls: true },
  ];
}

function peersOf(site: Site): RequestOf<'peer.add'>[] {
  const peer = (title: Device, more: Partial<RequestOf<'peer.add'>> = {}): RequestOf<'peer.add'> => ({
    aeTitle: aet(title),
    from: rangeOf(site, title),
    allow: ['echo', 'store', 'worklist'],
    ...more,
  });
  return [
    peer('CT1', { trustAnchors: ['site'] }),
    peer('MR1', { trustAnchors: ['site'] }),
    peer('US1'),
    peer('DX1'),
    peer('CDROM', { allow: ['echo', 'store'] }),
    // It is to speak over TLS and does not: somebody forgot to switch it on.
    peer('MR2', { trustAnchors: ['site'] }),
    // Where all devices share one address a newcomer cannot be watched by its address: it is by its title.
    ...(site.hasAddresses ? [] : [peer('US2', { allow: ['echo'], mode: 'observe' })]),
  ];
}

function aet(title: string) {
  const parsed = parseAeTitle(title);
  if (parsed === undefined) throw new RangeError(title);
  return parsed;
}
