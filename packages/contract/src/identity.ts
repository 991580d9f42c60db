import { z } from 'zod';
import { AeTitleSchema, DestinationNameSchema, Sha256Schema, TextSchema } from './nouns.ts';

/** What the site calls a device: the common name of its certificate. */
export const CertificateNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'name: letters, digits, - _ . ; at most 64' });

const DnsSchema = z
  .string()
  .regex(/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*$/, {
    error: 'DNS name',
  });
const AddressSchema = z.union([z.ipv4(), z.ipv6()]);
const Base64Schema = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, { error: 'base64' });
const PemSchema = z.string().max(400_000);
const TimeSchema = z.number();

export const ReasonSchema = z.enum([
  'unspecified',
  'key-compromise',
  'affiliation-changed',
  'superseded',
  'cessation-of-operation',
]);

/** A certificate of the site's authority. `peer`: for whom alone; empty when for nobody in particular. */
export const CertificateSchema = z.object({
  sha256: Sha256Schema,
  serial: z.string(),
  name: z.string(),
  peer: z.string(),
  issuedAtMs: TimeSchema,
  notAfterMs: TimeSchema,
  certPem: z.string(),
  /** 0 while it stands. */
  revokedAtMs: TimeSchema,
  revokedBecause: z.string(),
});
export type CertificateAnswer = z.output<typeof CertificateSchema>;

/** An authority of somebody else's, with how far its revocation list goes: 0 where there is none. */
export const TrustSchema = z.object({
  name: z.string(),
  authorities: z
    .array(
      z.object({
        certPem: z.string(),
        subject: z.string(),
        sha256: Sha256Schema,
        notAfterMs: TimeSchema,
        isAnchor: z.boolean(),
        revoked: z.int(),
        listNextUpdateMs: TimeSchema,
      }),
    )
    .readonly(),
});
export type TrustAnswer = z.output<typeof TrustSchema>;

export const TlsVersionSchema = z.enum(['TLSv1.2', 'TLSv1.3']);

/** The TLS listener's settings, and the certificate it shows. `isSite`: issued by the site's authority, and renewed by itself. */
export const TlsSchema = z.object({
  minVersion: TlsVersionSchema,
  names: z.array(z.string()).readonly(),
  certificate: z.object({
    isSite: z.boolean(),
    sha256: Sha256Schema,
    subject: z.string(),
    names: z.array(z.string()).readonly(),
    notAfterMs: TimeSchema,
  }),
  /** Whether `tls rollback` has something to go back to. */
  hasPrevious: z.boolean(),
  /** Until when new settings are taken back by themselves if devices that came in before no longer do; 0: not watched. */
  watchedUntilMs: TimeSchema,
});
export type TlsAnswer = z.output<typeof TlsSchema>;

/** What came of a change: `problems` say why nothing was changed. */
export const TlsChangeSchema = z.object({
  changes: z.array(TextSchema).readonly(),
  problems: z.array(TextSchema).readonly(),
  isApplied: z.boolean(),
  tls: TlsSchema,
});

export const DeviceSchema = z.object({
  peer: z.string(),
  digest: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  firstSeenMs: TimeSchema,
});

const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A) =>
  ({ request, answer, form: 'json' }) as const;
const NOTHING = z.strictObject({});
const CHANGED = z.object({ change: z.enum(['added', 'changed', 'unchanged']) });
const ID = z.string().min(1).max(128);

/** Who is who: the site's authority, those of others, the listener's TLS settings, the devices behind the titles. */
export const IDENTITY_CONTROL = {
  'cert.list': operation(NOTHING, z.object({ certificates: z.array(CertificateSchema).readonly() })),
  /** Signs a public key; the private one never comes here. */
  'cert.issue': operation(
    z.strictObject({
      name: CertificateNameSchema,
      peer: z.optional(AeTitleSchema),
      dns: z.array(DnsSchema).max(16).default([]),
      addresses: z.array(AddressSchema).max(16).default([]),
      days: z.int().min(1).max(1096).default(825),
      /** SubjectPublicKeyInfo, DER. */
      publicKey: Base64Schema.max(4096),
    }),
    z.object({ certificate: CertificateSchema, authorityPem: z.string() }),
  ),
  /** `id`: fingerprint, a beginning of it (at least 6 digits), or a name that one standing certificate alone has. */
  'cert.show': operation(z.strictObject({ id: ID }), z.object({ certificate: CertificateSchema })),
  /** Associations it opened are ended. */
  'cert.revoke': operation(
    z.strictObject({ id: ID, reason: ReasonSchema.default('unspecified') }),
    z.object({ certificate: CertificateSchema, ended: z.int() }),
  ),
  'cert.crl': operation(NOTHING, z.object({ crlPem: z.string(), authorityPem: z.string() })),
  'trust.list': operation(NOTHING, z.object({ anchors: z.array(TrustSchema).readonly() })),
  /** `file`: certificates in PEM, or one in DER, base64. */
  'trust.add': operation(
    z.strictObject({ name: DestinationNameSchema, file: Base64Schema.max(400_000) }),
    CHANGED.extend({ anchor: TrustSchema }),
  ),
  /** Refused while a peer names it. */
  'trust.remove': operation(z.strictObject({ name: DestinationNameSchema }), z.object({ removed: z.int() })),
  /** A revocation list that was read and checked: of the authority with this key, digests of 8 bytes, sorted. */
  'trust.crl': operation(
    z.strictObject({
      authority: Sha256Schema,
      thisUpdateMs: TimeSchema,
      nextUpdateMs: TimeSchema,
      digests: Base64Schema.max(4_400_000),
    }),
    z.object({ revoked: z.int(), ended: z.int() }),
  ),
  'tls.show': operation(NOTHING, TlsSchema),
  /** Planned, probed with a real handshake, then switched. Without `apply` it stops before the switch. */
  'tls.set': operation(
    z.strictObject({
      minVersion: z.optional(TlsVersionSchema),
      /** Further names and addresses in the site's certificate. */
      names: z.optional(z.array(z.union([DnsSchema, AddressSchema])).max(32)),
      /** Another's certificate, its chain behind it, and its key; `site`: ours again. */
      certificate: z.optional(z.union([z.literal('site'), z.strictObject({ certPem: PemSchema, keyPem: PemSchema })])),
      apply: z.boolean().default(true),
      /** Also when devices that came in before would stay outside. */
      force: z.boolean().default(false),
    }),
    TlsChangeSchema,
  ),
  /** A new key and certificate of the site's for the listener. */
  'tls.renew': operation(NOTHING, TlsChangeSchema),
  'tls.rollback': operation(NOTHING, TlsChangeSchema),
  'device.list': operation(NOTHING, z.object({ devices: z.array(DeviceSchema).readonly() })),
} as const;
