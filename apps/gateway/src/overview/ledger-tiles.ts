import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { text, toHex } from '@leadglass/kit';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';

const FULL = 256;

/** The log’s signed state, and the key that checks it. */
export async function checkpoint({ ledger, ledgerKey }: ControlServices): Promise<AnswerInputOf<'ledger.checkpoint'>> {
  const { size, checkpoint } = ledger;
  return { checkpoint, verifierKey: ledgerKey, size };
}

/** Hashes of one tile as C2SP tlog-tiles has them. Throws Fault `control.not-found` beyond the tree. */
export async function tile(
  { ledger }: ControlServices,
  { level, index }: ParsedRequestOf<'ledger.tile'>,
): Promise<AnswerInputOf<'ledger.tile'>> {
  const hashes = await ledger.tile(level, index);
  if (hashes === undefined) throw controlFault('control.not-found', NO_TILE);
  return { level, index, isFull: hashes.length === FULL, hashes: hashes.map(toHex).join('') };
}

const NO_TILE = text('Le registre n’a pas cette tuile.', 'The ledger has no such tile.');
