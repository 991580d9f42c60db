import { systemClock, text } from '@leadglass/kit';
import { DEFAULT_SCU_TIMEOUTS, type SendEvent, type SendReport, type Sent, sendFiles } from '@leadglass/wire';
import type { Command, Context } from '../command.ts';
import { EXIT, type Exit } from '../exits.ts';
import type { Output } from '../output.ts';
import { barWords, sizeWords } from '../words.ts';
import { MAXIMUM_LENGTH_BYTES, SCU_OPTIONS, scuTargetOf, statusWords } from './scu-options.ts';

const TRIES = 3;
const MOST_ASSOCIATIONS = 64;
const MOST_TOLD = 50;

/** Tells of a sending while it goes on: a bar, and a line for each object that did not pass. */
class SendTeller {
  readonly #output: Output;
  readonly failures: object[] = [];
  #found = { objects: 0, bytes: 0 };

  constructor(output: Output) {
    this.#output = output;
  }

  take(event: SendEvent): void {
    if (event.kind === 'found') this.#found = event;
    if (event.kind === 'skipped') this.#line(`${event.path}: ${this.#output.of(event.text)}`);
    if (event.kind === 'association' && event.fault !== undefined) this.#line(this.#output.of(event.fault.text));
    if (event.kind === 'progress') this.#bar(event.objects, event.bytes, event.elapsedMs);
    if (event.kind === 'sent' && event.outcome !== 'stored') this.#notStored(event);
  }

  #line(value: string): void {
    this.#output.redraw('');
    this.#output.error(value, 'yellow');
  }

  #notStored({ object, outcome, status, comment, fault }: Sent): void {
    const { path, sopInstanceUid } = object;
    const why =
      fault === undefined ? `${statusWords(status ?? 0)} ${comment ?? ''}`.trim() : this.#output.of(fault.text);
    if (this.failures.length < MOST_TOLD) this.#line(`${path}: ${why}`);
    this.failures.push({
      path,
      sopInstanceUid,
      outcome,
      ...(status === undefined ? {} : { status }),
      ...(fault === undefined ? {} : { fault: fault.code }),
    });
  }

  #bar(objects: number, bytes: number, elapsedMs: number): void {
    const share = this.#found.bytes === 0 ? 1 : bytes / this.#found.bytes;
    const rate = sizeWords(elapsedMs === 0 ? 0 : (bytes * 1000) / elapsedMs, this.#output.language);
    this.#output.redraw(`${barWords(share)} ${objects}/${this.#found.objects}  ${rate}/s`);
  }
}

function tellReport({ output }: Context, report: SendReport): Exit {
  output.redraw('');
  const { found, stored, warned, failed, skipped, bytes, elapsedMs } = report;
  const sent = stored + warned;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const rate = sizeWords(elapsedMs === 0 ? 0 : (bytes * 1000) / elapsedMs, output.language);
  const facts = text(
    `${sent} sur ${found} objets envoyés (${failed} en échec, ${skipped} fichiers ignorés), ${sizeWords(bytes, 'fr')} en ${seconds.replace('.', ',')} s, ${rate}/s`,
    `${sent} of ${found} objects sent (${failed} failed, ${skipped} files passed over), ${sizeWords(bytes, 'en')} in ${seconds} s, ${rate}/s`,
  );
  output.line(facts, failed === 0 && sent > 0 ? 'green' : 'red');
  if (found === 0) return EXIT.notFound;
  return sent === found ? EXIT.ok : EXIT.failed;
}

const send: Command = {
  name: 'send',
  usage: 'PATH… --to HOST:PORT --called AET [--calling AET] [--tls …]',
  summary: text('envoie des fichiers DICOM (C-STORE)', 'sends DICOM files (C-STORE)'),
  notes: text(
    'PATH : fichiers ou dossiers. Les octets partent tels quels, dans leur syntaxe de transfert.',
    'PATH: files or folders. Bytes go as they are, in their transfer syntax.',
  ),
  options: {
    ...SCU_OPTIONS,
    associations: { value: 'N', short: 'n', help: text('associations à la fois (1)', 'associations at a time (1)') },
  },
  positionals: [1, Number.MAX_SAFE_INTEGER],
  examples: ['send ./scanner --to 127.0.0.1:11112 --called LEADGLASS --calling CT1 --associations 4'],
  async run(context, given) {
    const teller = new SendTeller(context.output);
    const report = await sendFiles({
      ...(await scuTargetOf(given)),
      paths: given.positionals,
      associations: given.number('associations', 1, MOST_ASSOCIATIONS) ?? 1,
      tries: TRIES,
      maximumLength: MAXIMUM_LENGTH_BYTES,
      timeouts: DEFAULT_SCU_TIMEOUTS,
      clock: systemClock,
      signal: context.signal,
      onEvent: (event) => teller.take(event),
    });
    const { fault, ...counts } = report;
    context.output.json({
      ...counts,
      failures: teller.failures,
      ...(fault === undefined ? {} : { fault: fault.code }),
    });
    return tellReport(context, report);
  },
};

export const COMMANDS: readonly Command[] = [send];
