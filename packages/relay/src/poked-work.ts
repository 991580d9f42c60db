/** Work that is begun whenever there may be some: one run at a time, and one more when it was asked for meanwhile. */
export class PokedWork {
  readonly #work: () => Promise<boolean>;
  #running: Promise<void> | undefined;
  #isPoked = false;
  #isStopping = false;

  /** @param work never rejects; resolves to whether there may be more to do at once. */
  constructor(work: () => Promise<boolean>) {
    this.#work = work;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** There may be something to do. */
  poke(): void {
    this.#isPoked = true;
    if (this.#isStopping || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isPoked) this.poke();
    });
  }

  /** Resolves once nothing is being done. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Resolves once what is under way is done; nothing is begun any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#isPoked = false;
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#isPoked = false;
    if (await this.#work()) this.#isPoked = !this.#isStopping;
  }
}
