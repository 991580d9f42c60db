import type { AcceptedContext, AssociateRq } from '@leadglass/dimse';

const MOST_CLASSES = 128;
const LONGEST_UID = 64;

/** Abstract syntaxes that were proposed and are accepted in no context, each once. */
export function refusedClassesOf(
  { contexts }: AssociateRq,
  accepted: ReadonlyMap<number, AcceptedContext>,
): readonly string[] {
  const granted = new Set([...accepted.values()].map(({ abstractSyntax }) => abstractSyntax));
  const refused = contexts.map(({ abstractSyntax }) => abstractSyntax).filter((uid) => !granted.has(uid));
  return [...new Set(refused.map((uid) => uid.slice(0, LONGEST_UID)))].slice(0, MOST_CLASSES);
}
