import { z } from 'zod';

/** Parts of what sandboxed processes say to the keeper. Every string is bounded; none is used as a path without the vault's own check. */
export const shortText = z.object({ fr: z.string().max(1000), en: z.string().max(1000) });
export const uid = z.string().max(128);
export const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

export const finding = z.object({
  inspector: z.string().max(64),
  code: z.string().max(100),
  severity: z.enum(['information', 'suspicious', 'malformed', 'malicious']),
  path: z.string().max(400),
  offset: z.number(),
  text: shortText,
  cites: z.string().max(200),
});

export const staged = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lane'), file: z.string().max(200), offset: z.int().min(0), sealedBytes: z.int().min(1) }),
  z.object({ kind: z.literal('staged'), file: z.string().max(200), sealedBytes: z.int().min(1) }),
]);

/** The certificate a TLS client showed: where it leads, who signed on the way, and the names it bears. */
export const shownCertificate = z.object({
  sha256: hex64,
  isSigned: z.boolean(),
  anchors: z.array(z.string().max(64)).max(64),
  links: z.array(z.object({ authority: hex64, serial: z.string().regex(/^[0-9a-f]{1,64}$/) })).max(128),
  names: z.array(z.string().max(128)).max(32),
  version: z.enum(['TLSv1.2', 'TLSv1.3']),
});
export type ShownCertificate = z.infer<typeof shownCertificate>;
