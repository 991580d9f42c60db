import { MEMBER_FAILED } from '../by-group.ts';
import type { Scene } from '../inspector.ts';
import type { Content, ContentEye, ContentEyeMaker } from './content.ts';

/**
 * The eyes of one depth, each on its own: one that throws is switched off, named among the unfinished, and hides nothing the others see.
 * What it threw is not told: it may hold bytes of the object.
 */
export class Eyes {
  readonly #scene: Scene;
  readonly #all: ContentEye[] = [];
  /** Those that want the content that is open. */
  #looking: readonly ContentEye[] = [];

  /** @param last looks after all that are made. */
  constructor(scene: Scene, makers: readonly ContentEyeMaker[], last?: ContentEye) {
    this.#scene = scene;
    for (const make of makers) {
      try {
        this.#all.push(make(scene));
      } catch {
        this.#failed(make.name);
      }
    }
    if (last !== undefined) this.#all.push(last);
  }

  /** @returns whether any eye wants the bytes; without, neither `bytes` nor `end` is needed. */
  begin(content: Content): boolean {
    const looking: ContentEye[] = [];
    for (const eye of [...this.#all]) {
      try {
        if (eye.begin(content)) looking.push(eye);
      } catch {
        this.#off(eye);
      }
    }
    this.#looking = looking;
    return looking.length > 0;
  }

  bytes(view: Uint8Array): void {
    for (const eye of this.#looking) {
      try {
        eye.bytes(view);
      } catch {
        this.#off(eye);
      }
    }
  }

  end(): void {
    const looking = this.#looking;
    this.#looking = [];
    for (const eye of looking) {
      try {
        eye.end();
      } catch {
        this.#off(eye);
      }
    }
  }

  async settle(): Promise<void> {
    const late = this.#all.map((eye) => eye.settle?.().catch(() => this.#failed(eye.name)));
    await Promise.all(late);
  }

  #off(eye: ContentEye): void {
    const at = this.#all.indexOf(eye);
    if (at >= 0) this.#all.splice(at, 1);
    this.#looking = this.#looking.filter((one) => one !== eye);
    this.#failed(eye.name);
  }

  #failed(inspector: string): void {
    this.#scene.unfinished({ ...MEMBER_FAILED, inspector });
  }
}
