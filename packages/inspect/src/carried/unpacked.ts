import type { Scene } from '../inspector.ts';
import type { Content, ContentEyeMaker } from './content.ts';
import { Eyes } from './eyes.ts';
import { type Members, Unpacker, unpackingBudget } from './unpacker.ts';

/**
 * Eyes for contents and for what they unpack to, depth by depth: each depth has eyes of its own and an unpacker that feeds the next, made
 * when first needed. The budget is one for the whole object (INSPECT-320).
 */
export class Unpacked implements Members {
  readonly #eyes: Eyes;

  /** @param depth of the contents shown here. */
  constructor(scene: Scene, makers: readonly ContentEyeMaker[], depth = 0, budget = unpackingBudget()) {
    let next: Unpacked | undefined;
    const members = (): Members => {
      next ??= new Unpacked(scene, makers, depth + 1, budget);
      return next;
    };
    const unpacker: ContentEyeMaker = (ours) => new Unpacker(ours, depth, budget, members);
    this.#eyes = new Eyes(scene, [...makers, unpacker]);
    this.#next = () => next;
  }

  readonly #next: () => Unpacked | undefined;

  begin(content: Content): boolean {
    return this.#eyes.begin(content);
  }

  bytes(view: Uint8Array): void {
    this.#eyes.bytes(view);
  }

  end(): void {
    this.#eyes.end();
  }

  async settle(): Promise<void> {
    await Promise.all([this.#eyes.settle(), this.#next()?.settle()]);
  }
}
