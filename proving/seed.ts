/** The seed of a suite that draws: `LEADGLASS_SEED`, else one of its own; printed with the result, so that it can be had again. */
export const SEED = Number(process.env.LEADGLASS_SEED ?? Date.now() % 2 ** 31);

/** A repeatable sequence of numbers in [0, 1). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
