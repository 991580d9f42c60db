/**
 * Temporary identities and what came under them (decision 0036). Temporary numbers name nobody; who somebody turned out to be is sealed by
 * the keeper.
 */
export interface ReconciliationSchema {
  identities: IdentitiesTable;
  identity_objects: IdentityObjectsTable;
}

/** A temporary identity under which something came. */
export interface IdentitiesTable {
  number: string;
  /** open, asked, accepted, released. */
  state: string;
  /** When the first object came under it. */
  since_ms: number;
  changed_at_ms: number;
  /** Who it is, and who said so; null while nobody has. */
  sealed: Uint8Array | null;
}

/** An object that came under a temporary identity: what it is to be delivered to waits here, and is no delivery yet. */
export interface IdentityObjectsTable {
  sha256: string;
  number: string;
  /** waiting, copied, sent, impossible, destroyed. */
  state: string;
  /** Names of destinations as JSON. */
  destinations: string;
  since_ms: number;
  /** The coerced copy; empty while there is none. */
  copy_sha256: string;
  /** Its attributes as the catalogue takes them, so that it is seen again when a reconciliation is taken back. */
  sealed: Uint8Array | null;
}
