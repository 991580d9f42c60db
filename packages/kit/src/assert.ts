/** Our own mistake: an invariant of this program does not hold. Never thrown for a peer's bytes or the world's failures. */
class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Asserts one of our own invariants. Throws an AssertionFailure: it is a defect in Leadglass, never a peer's doing. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Marks a branch the type checker proves unreachable. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable value: ${String(value)}`);
}
