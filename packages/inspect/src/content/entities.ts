/** Expanded size of one entity, or of all references in the text, beyond which a document is a bomb, in characters. */
const BOMB_CHARACTERS = 16 * 2 ** 20;
const MOST_ENTITIES = 512;
const MOST_REFERENCES = 8192;
/** References in one overlong declaration, behind what is kept of it. */
const MOST_UNREAD = 64;

interface Entity {
  readonly characters: number;
  /** How often each other entity is referred to. */
  readonly references: ReadonlyMap<string, number>;
}

/**
 * The internal entities of a document type (XML 1.0 §4.2): how large they would grow when expanded, without expanding them. What is too much
 * to reckon is too much for a document.
 */
export class Entities {
  readonly #entities = new Map<string, Entity>();
  #references = 0;
  #isTooMuch = false;
  #largest = 0;
  #isLoop = false;

  get size(): number {
    return this.#entities.size;
  }

  /** Takes one in: its value, how long it is in all, and the references not in `value`. The first declaration of a name counts. */
  add(name: string, value: string, characters: number, unread: number): void {
    if (this.#entities.has(name)) return;
    const references = new Map<string, number>();
    for (const [, other = ''] of value.matchAll(/[&%]([^;&%#\s]{1,64});/g)) {
      references.set(other, (references.get(other) ?? 0) + 1);
      this.#references += 1;
    }
    if (this.#entities.size >= MOST_ENTITIES || this.#references > MOST_REFERENCES || unread > MOST_UNREAD) {
      this.#isTooMuch = true;
      return;
    }
    this.#entities.set(name, { characters, references });
  }

  /** Reckons, once all are known. @returns whether one grows beyond bounds, or into itself. */
  isBomb(): boolean {
    const sizes = new Map<string, number>();
    for (const name of this.#entities.keys()) this.#measure(name, sizes);
    for (const size of sizes.values()) this.#largest = Math.max(this.#largest, size);
    return this.#isTooMuch || this.#isLoop || this.#largest > BOMB_CHARACTERS;
  }

  /** Whether so many references in the text may grow beyond bounds. */
  isBombWith(references: number): boolean {
    return references > 1000 && references * this.#largest > BOMB_CHARACTERS;
  }

  /** Size of one entity and of all it is made of: depth first, with a stack of its own. */
  #measure(first: string, sizes: Map<string, number>): void {
    const stack = [first];
    const open = new Set<string>();
    while (stack.length > 0) {
      const name = stack.at(-1) ?? '';
      const entity = this.#entities.get(name);
      const missing = entity === undefined || sizes.has(name) || open.has(name) ? [] : this.#unmeasured(entity, sizes);
      if (missing.some((one) => open.has(one) || one === name)) this.#isLoop = true;
      if (missing.length > 0 && !this.#isLoop) {
        open.add(name);
        stack.push(...missing);
        continue;
      }
      stack.pop();
      open.delete(name);
      if (entity !== undefined && !sizes.has(name)) sizes.set(name, sum(entity, sizes));
    }
  }

  #unmeasured(entity: Entity, sizes: Map<string, number>): string[] {
    return [...entity.references.keys()].filter((name) => this.#entities.has(name) && !sizes.has(name));
  }
}

function sum(entity: Entity, sizes: ReadonlyMap<string, number>): number {
  let total = entity.characters;
  for (const [name, times] of entity.references) total += (sizes.get(name) ?? 0) * times;
  return total;
}
