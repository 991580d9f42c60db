import { Fault, isFault, type Text, text } from '@leadglass/kit';
import { PROBLEMS } from '../scan/teller.ts';
import { Copying, type CopyingOptions, type FromCopier } from './copying.ts';
import { type Fate, modesOf } from './judge.ts';
import type { MediumObject } from './medium.ts';
import type { Step } from './messages.ts';
import { type ImportResult, ObjectTally } from './results.ts';
import type { ImportSender } from './sending.ts';

/** An object and what is to be done with it. */
export interface Judged {
  readonly object: MediumObject;
  readonly fate: Fate;
}

export interface Transferred {
  readonly results: readonly ImportResult[];
  /** What ended the import before its end. */
  readonly interrupted: Fault | undefined;
}

interface Options extends CopyingOptions {
  readonly sender: Pick<ImportSender, 'send'>;
  readonly signal: AbortSignal;
  /** An object is done with. */
  readonly onProgress: (bytes: number) => void;
}

/** Takes the objects off the medium and to the gateway, file by file. A file that cannot be read, or that no worker survives, costs no other. */
export class Transfer {
  readonly #options: Options;
  #copying: Copying | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Never rejects for what the medium or the gateway do. */
  async run(judged: readonly Judged[]): Promise<Transferred> {
    const tallies = new Map(judged.map(({ object, fate }) => [object, new ObjectTally(object, fate)]));
    const files = Map.groupBy(judged, ({ object }) => object.entry);
    let interrupted: Fault | undefined;
    for (const [, group] of files) {
      interrupted = this.#options.signal.aborted ? STOPPED : await this.#file(group, tallies);
      if (interrupted !== undefined) break;
    }
    await this.#copying?.close();
    return { results: [...tallies.values()].map((tally) => tally.result), interrupted };
  }

  async #file(group: readonly Judged[], tallies: ReadonlyMap<MediumObject, ObjectTally>): Promise<Fault | undefined> {
    const steps = group.map((one) => this.#step(one)).filter(({ modes }) => modes.length > 0);
    const byNumber = new Map(group.map(({ object }) => [object.at, tallies.get(object)]));
    const [first] = group;
    try {
      if (first !== undefined && steps.length > 0) await this.#copy(first.object, steps, byNumber);
    } catch (thrown) {
      if (!isFault(thrown) || thrown.code === 'import.interrupted') return isFault(thrown) ? thrown : STOPPED;
      for (const tally of byNumber.values()) tally?.left(thrown.text);
      await this.#copying?.close();
      this.#copying = undefined;
    }
    this.#options.onProgress(group.reduce((sum, { object }) => sum + object.looked.bytes, 0));
    return undefined;
  }

  #step({ object, fate }: Judged): Step {
    const { at, sopClassUid, sopInstanceUid, looked, about } = object;
    const { sha256 } = about.reveal();
    const modes = modesOf(fate, this.#options.coercion !== undefined);
    // What a flow passes on as it is, is not cleaned on the way.
    const findings = fate === 'disarm' ? looked.findings : [];
    return { at, sha256, sopClassUid, sopInstanceUid, modes, findings };
  }

  async #copy(
    { entry }: MediumObject,
    steps: readonly Step[],
    tallies: ReadonlyMap<number, ObjectTally | undefined>,
  ): Promise<void> {
    this.#copying ??= new Copying(this.#options);
    for await (const from of this.#copying.file(entry, steps)) {
      if (from.kind === 'problem') for (const tally of tallies.values()) tally?.left(problemText(from.problem));
      else await this.#take(from, tallies);
    }
  }

  async #take(
    from: Exclude<FromCopier, { kind: 'problem' }>,
    tallies: ReadonlyMap<number, ObjectTally | undefined>,
  ): Promise<void> {
    const tally = tallies.get(from.kind === 'end' ? from.end.at : from.head.at);
    if (from.kind === 'end') tally?.ended(from.end);
    else if (tally !== undefined && (from.head.mode !== 'copy' || tally.isReadyForCopy)) {
      try {
        tally.answered(from.head.mode, await this.#options.sender.send(from));
      } catch (thrown) {
        // Its end says why.
        if (!isFault(thrown) || thrown.code !== 'import.taken-back') throw thrown;
      }
    }
  }
}

function problemText(problem: string): Text {
  return PROBLEMS[problem] ?? text('illisible', 'unreadable');
}

const STOPPED = new Fault(
  'import.stopped',
  'transient',
  text(
    'Import arrêté. Ce que la passerelle a acquitté est conservé ; relancez la même commande, rien ne sera doublé.',
    'Import stopped. What the gateway acknowledged is kept; run the same command again, nothing will be doubled.',
  ),
);
