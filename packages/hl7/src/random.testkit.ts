import { SeededRandom } from '@leadglass/kit';

export { SeededRandom };

/** A copy of `bytes` with one to eight things wrong: bytes changed, cut, repeated, separators and ends put in. */
export function mutate(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let left = 1 + random.below(8); left > 0 && mutated.byteLength > 0; left -= 1)
    mutated = mutateOnce(random, mutated);
  return mutated;
}

const SIGNS = Buffer.from('|^~\\&\r\n\x0b\x1c"#\xe9\xc3\x00', 'latin1');

function mutateOnce(random: SeededRandom, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.byteLength);
  const changed = Uint8Array.from(bytes);
  switch (random.below(5)) {
    case 0:
      changed[at] = random.below(256);
      return changed;
    case 1:
      changed[at] = random.pick([...SIGNS]);
      return changed;
    case 2:
      return changed.slice(0, at);
    case 3:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(random.below(at + 1))]);
    default:
      return Uint8Array.from([
        ...changed.subarray(0, at),
        ...changed.subarray(Math.min(at + random.below(20), bytes.length)),
      ]);
  }
}
