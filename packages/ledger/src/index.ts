export type { InclusionProof, Ledger, LedgerCheck, TileStore } from './api.ts';
export { auditMessage } from './audit.ts';
export { type AuditSource, eventIdOf } from './audit-xml.ts';
export { type Checkpoint, openCheckpoint, originOf, type Trust } from './checkpoint.ts';
export { diskTileStore } from './disk/disk-tile-store.ts';
export { type LedgerOptions, type LedgerView, openLedger, openLedgerView } from './log.ts';
export { type MemoryTileStore, memoryTileStore } from './memory.ts';
export { ENTRY_BYTES_MAX, leafHash } from './merkle.ts';
export { isKeyName, rawPublicKey, verifierKey } from './note.ts';
export {
  checkInclusion,
  checkProofText,
  consistencyPath,
  isConsistent,
  type ProofVerdict,
  proofText,
} from './proof.ts';
export { Sequencer, type SequencerHealth, type SequencerOptions, type SequencerSource } from './sequencer.ts';
export { type AgainstVerdict, type VerifyOptions, verifyAgainst, verifyLedger } from './verify.ts';
