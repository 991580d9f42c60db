import { asFault, type Fault, type Logger } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import { deliveryBroke } from './delivery-faults.ts';
import type { MoveAssociation, MoverTools } from './mover.ts';

/** PS3.8 §9.3.2.2. */
const MOST_CONTEXTS = 128;
const MOST_FAILURES = 2;

export type ForwarderTools = Pick<MoverTools, 'connect' | 'openPlain'> & { readonly log: Logger };

/** How one object is sent on. */
export interface ForwardOptions {
  readonly destination: Destination;
  readonly originator: { readonly aeTitle: string; readonly messageId: number };
  readonly priority: number;
  readonly abandoned: AbortSignal;
  /** What the destination said of an object, or undefined when it did not get it. */
  settled(sopInstanceUid: string, status: number | undefined): void;
}

/** Sends objects on to a destination one after the other, as they come, over one association for as long as it will do. */
export class Forwarder {
  readonly #tools: ForwarderTools;
  readonly #options: ForwardOptions;
  readonly #proposed = new Set<string>();
  #association: MoveAssociation | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #failures = 0;
  fault: Fault | undefined;

  constructor(tools: ForwarderTools, options: ForwardOptions) {
    this.#tools = tools;
    this.#options = options;
  }

  /** Objects that are not settled yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** One more to send, after those before it. */
  send(object: Retrievable): void {
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#one(object));
  }

  /** Resolves once everything given is settled and the association released. */
  async end(): Promise<void> {
    await this.#last;
    await this.#hangUp();
  }

  async #one(object: Retrievable): Promise<void> {
    let status: number | undefined;
    try {
      status = await this.#store(object);
    } catch (thrown) {
      this.fault = asFault(thrown, ...deliveryBroke(this.#options.destination.name));
      this.#tools.log.warn('move.broke', { destination: this.#options.destination.name, fault: thrown });
    }
    this.#waiting -= 1;
    this.#options.settled(object.sopInstanceUid, status);
  }

  /** Undefined when the destination does not take it. */
  async #store(object: Retrievable): Promise<number | undefined> {
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, plainBytes, metaBytes } = object;
    const association = await this.#associate(`${sopClassUid} ${transferSyntaxUid}`);
    const isAccepted = association?.contexts.some(
      (c) => c.result === 0 && c.abstractSyntax === sopClassUid && c.transferSyntax === transferSyntaxUid,
    );
    if (association === undefined || isAccepted !== true) return undefined;
    const { priority, originator, abandoned: signal } = this.#options;
    const dataSet = this.#tools.openPlain(object);
    const length = plainBytes - metaBytes;
    const said = { sopClassUid, sopInstanceUid, transferSyntax: transferSyntaxUid, dataSet, length, signal };
    const { status } = await association.store({ ...said, priority, originator });
    this.#failures = 0;
    return status;
  }

  async #associate(pair: string): Promise<MoveAssociation | undefined> {
    if (this.#association?.isOpen && this.#proposed.has(pair)) return this.#association;
    await this.#hangUp();
    if (this.#failures >= MOST_FAILURES) return undefined;
    // What came before will most likely come again.
    if (this.#proposed.size >= MOST_CONTEXTS) this.#proposed.clear();
    this.#proposed.add(pair);
    this.#failures += 1;
    const contexts = [...this.#proposed].map((each) => {
      const [abstractSyntax = '', transferSyntax = ''] = each.split(' ');
      return { abstractSyntax, transferSyntaxes: [transferSyntax] };
    });
    this.#association = await this.#tools.connect(this.#options.destination, contexts, this.#options.abandoned);
    this.#failures = 0;
    return this.#association;
  }

  async #hangUp(): Promise<void> {
    const association = this.#association;
    this.#association = undefined;
    await association?.release();
  }
}
