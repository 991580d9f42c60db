import type { Scene } from '../inspector.ts';
import type { Content, ContentEyeMaker } from './content.ts';
import type { UnpackingBudget } from './depot.ts';
import { Eyes } from './eyes.ts';
import { type Deeper, type Members, Unpacker, unpackingBudget } from './unpacker.ts';

/**
 * Eyes for contents and for what they unpack to, depth by depth: each depth has eyes of its own and an unpacker that feeds the next, made
 * when first needed. The budget is one for the whole object (INSPECT-320).
 */
export class Unpacked implements Members, Deeper {
  readonly #scene: Scene;
  readonly #makers: readonly ContentEyeMaker[];
  readonly #depth: number;
  readonly #budget: UnpackingBudget;
  readonly #eyes: Eyes;
  #next: Unpacked | undefined;

  /** @param depth of the contents shown here. */
  constructor(scene: Scene, makers: readonly ContentEyeMaker[], depth = 0, budget = unpackingBudget()) {
    this.#scene = scene;
    this.#makers = makers;
    this.#depth = depth;
    this.#budget = budget;
    this.#eyes = new Eyes(scene, makers, new Unpacker(scene, depth, budget, this));
  }

  get members(): Members {
    this.#next ??= new Unpacked(this.#scene, this.#makers, this.#depth + 1, this.#budget);
    return this.#next;
  }

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
    await Promise.all([this.#eyes.settle(), this.#next?.settle()]);
  }
}
