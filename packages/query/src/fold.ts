/**
 * A text without accents, in capitals: names match whatever their case and accents (PS3.4 §C.2.2.2.1 leaves both to the
 * implementation; `docs/conformance.md` declares it). Œ and Ł keep their own letter: only marks are taken off.
 */
export function folded(text: string): string {
  return /^[\x20-\x60\x7b-\x7e]*$/.test(text)
    ? text
    : text
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toUpperCase();
}

/** The component groups of a person name, folded, each without the components left empty at its end (PS3.5 §6.2.1). */
export function nameGroups(name: string): readonly string[] {
  return folded(name).split('=', 3).map(bareGroup);
}

function bareGroup(group: string): string {
  const components = group.split('^').map((component) => component.trim());
  while (components.length > 0 && components.at(-1) === '') components.pop();
  return components.join('^');
}
