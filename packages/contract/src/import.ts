import { z } from 'zod';
import { AeTitleSchema, HostSchema, PortSchema, Sha256Schema } from './nouns.ts';

const COUNT = z.int().min(0).max(10_000_000);
const UID = z.string().regex(/^[0-9.]{1,64}$/);
/** Studies named in the ledger: a medium has one or a few. */
export const MOST_STUDIES = 32;
/** Objects named that were not stored. */
export const MOST_NOT_STORED = 64;

/** What is about to be imported. No patient data: an identity comes as a digest, of which the ledger gets a keyed pseudonym. */
export const ImportRequestSchema = z.strictObject({
  /** The medium's fingerprint. */
  medium: Sha256Schema,
  /** SHA-256 over the identity that the objects are given; absent when they keep their own. */
  identity: z.exactOptional(Sha256Schema),
  studies: z.array(UID).max(MOST_STUDIES).readonly(),
  objects: COUNT,
  clean: COUNT,
  doubtful: COUNT,
  dangerous: COUNT,
  otherFiles: COUNT,
});

/** Where and as whom to send. The titles are of this import alone. */
export const ImportOpenSchema = z.object({
  importId: z.string(),
  /** When the medium was first imported under this identity: what the copies tell, so that they are the same bytes each time. */
  sinceMs: z.number(),
  host: HostSchema,
  port: PortSchema,
  called: AeTitleSchema,
  calling: AeTitleSchema,
  /** For originals that are kept as evidence. */
  callingOriginals: AeTitleSchema,
});
export type ImportOpen = z.output<typeof ImportOpenSchema>;

/** What came of an import. */
export const ImportResultSchema = z.strictObject({
  importId: z.string().max(64),
  stored: COUNT,
  originals: COUNT,
  held: COUNT,
  refused: COUNT,
  left: COUNT,
  notStored: z
    .array(z.string().regex(/^[ -~]{1,250}$/))
    .max(MOST_NOT_STORED)
    .readonly(),
});
