/** The site's own authority among a peer's trust anchors. */
export const SITE_ANCHOR = 'site';

/** What happens when objects under a title come from another device than before: `tell` says so and passes on, `hold` holds. */
export const WHEN_OTHER_DEVICE = ['tell', 'hold'] as const;
export type WhenOtherDevice = (typeof WHEN_OTHER_DEVICE)[number];

/** How a peer proves who it is, besides its address and a pinned certificate; nothing of it unless chosen (decision 0018). */
export interface PeerIdentity {
  /**
   * Authorities that may have signed its certificate: names of imported ones, or `site`. When set the peer is admitted over TLS
   * alone, with a certificate that leads to one of them and bears its name.
   */
  readonly trustAnchors?: readonly string[];
  /** The name its certificate has to bear (common name or subjectAltName); its AE title unless chosen. */
  readonly certName?: string;
  /** `tell` unless chosen: a serviced device has another serial number, and its images are needed. */
  readonly whenOtherDevice?: WhenOtherDevice;
}

/** A certificate that the site's authority issued. */
export interface IssuedCertificate {
  /** SHA-256 of its DER, lower-case hexadecimal. */
  readonly sha256: string;
  /** Lower-case hexadecimal, two digits a byte. */
  readonly serial: string;
  /** Its common name: what the site calls the device. */
  readonly name: string;
  /** AE title it was issued for, and for no other; empty when for none in particular. */
  readonly peer: string;
  /** Wall time, milliseconds since the epoch. */
  readonly issuedAtMs: number;
  readonly notAfterMs: number;
  readonly certPem: string;
  /** When and why it was revoked; 0 and empty while it stands. */
  readonly revokedAtMs: number;
  readonly revokedBecause: string;
}

/** Why a certificate may be revoked, as a CRL says it (RFC 5280 §5.3.1), with its number there. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  'key-compromise': 1,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
} as const;
export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** An authority of somebody else's whose certificates may be accepted, where a peer names it. */
export interface TrustAnchor {
  /** Our own name for it: letters, digits, `-`, `_`, `.`; at most 64 characters. Never `site`. */
  readonly name: string;
  readonly authorities: readonly TrustedAuthority[];
}

/** A certificate that may have signed others. */
export interface TrustedAuthority {
  readonly certPem: string;
  /** Believed as it stands; otherwise an intermediate that one of these leads to, and that devices may leave out. */
  readonly isAnchor: boolean;
  /** How many authorities may come between it and a device (RFC 5280 pathLenConstraint); MOST_BELOW where it sets no limit. */
  readonly mostBelow: number;
}

/** More than any path we follow has. */
export const MOST_BELOW = 9;

/** What a device says of itself in its objects: equipment, no patient data. */
export interface KnownDevice {
  /** AE title it came under. */
  readonly peer: string;
  /** First 16 hexadecimal digits of the SHA-256 of maker, model and serial number. */
  readonly digest: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firstSeenMs: number;
}
