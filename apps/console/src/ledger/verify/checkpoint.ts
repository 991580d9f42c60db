import { type Bytes, fromBase64 } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';
import { type LogKey, openNote } from './note.ts';

/** What a checkpoint says (C2SP tlog-checkpoint), and the note that says it. */
export interface Checkpoint {
  readonly size: number;
  readonly rootHash: Bytes;
  readonly note: string;
}

/** What a signed checkpoint says; undefined when it is malformed, of another log, or not signed by the log's key. */
export async function openCheckpoint(note: string, key: LogKey): Promise<Checkpoint | undefined> {
  const [origin, size = '', root = '', ...rest] = (await openNote(note, key))?.split('\n') ?? [];
  if (origin !== key.name || !/^(0|[1-9][0-9]{0,15})$/.test(size) || rest.at(-1) !== '') return undefined;
  if (rest.slice(0, -1).includes('')) return undefined;
  const rootHash = fromBase64(root);
  if (rootHash?.length !== HASH_BYTES || !Number.isSafeInteger(Number(size))) return undefined;
  return { size: Number(size), rootHash, note };
}
