import { type Text, text } from '@leadglass/kit';

/** Exit codes, the same for every command but `scan` and `prove-it`; `--help` prints them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3, notFound: 4, unsound: 5 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means. */
export const EXIT_MEANINGS: readonly (readonly [Exit, Text])[] = [
  [EXIT.ok, text('tout s’est bien passé', 'all went well')],
  [EXIT.failed, text('échec', 'failed')],
  [EXIT.usage, text('commande mal écrite', 'the command was written wrongly')],
  [EXIT.notRunning, text('la passerelle ne fonctionne pas', 'the gateway is not running')],
  [EXIT.notFound, text('introuvable', 'not found')],
  [EXIT.unsound, text('vérification négative', 'verification failed')],
];

/** Exit codes of `scan`, those of its kind of tool (clamscan, grep): what other programs decide by (CLI-26). */
export const SCAN_EXIT = { clean: 0, findings: 1, notLooked: 2 } as const;

/** What each exit code of `scan` means. */
export const SCAN_EXIT_MEANINGS: readonly (readonly [number, Text])[] = [
  [SCAN_EXIT.clean, text('tout est sain', 'all is clean')],
  [SCAN_EXIT.findings, text('quelque chose a été trouvé', 'something was found')],
  [
    SCAN_EXIT.notLooked,
    text(
      'quelque chose n’a pas pu être regardé, ou commande mal écrite',
      'something could not be looked at, or the command was written wrongly',
    ),
  ],
];

/** Exit codes of `import`: as `scan` has them, of what was to be done (CLI-80). */
export const IMPORT_EXIT = { whole: 0, notAll: 1, failed: 2 } as const;

/** What each exit code of `import` means. */
export const IMPORT_EXIT_MEANINGS: readonly (readonly [number, Text])[] = [
  [IMPORT_EXIT.whole, text('tout est importé', 'all is imported')],
  [
    IMPORT_EXIT.notAll,
    text(
      'importé, mais quelque chose est retenu, refusé, désarmé ou laissé',
      'imported, but something was held, refused, disarmed or left',
    ),
  ],
  [
    IMPORT_EXIT.failed,
    text('rien n’a pu être importé, ou pas jusqu’au bout', 'nothing could be imported, or not to the end'),
  ],
];

/** Exit codes of `prove-it`: what a scheduled run decides by (CLI-66). */
export const PROOF_EXIT = { proved: 0, through: 1, unable: 2 } as const;

/** What each exit code of `prove-it` means. */
export const PROOF_EXIT_MEANINGS: readonly (readonly [number, Text])[] = [
  [PROOF_EXIT.proved, text('tout a été arrêté, tout témoin livré', 'everything was stopped, every control delivered')],
  [
    PROOF_EXIT.through,
    text('quelque chose est passé, ou un témoin manque', 'something got through, or a control is missing'),
  ],
  [PROOF_EXIT.unable, text('l’essai n’a pas pu être fait', 'it could not be done')],
];

/** Ends a command with an exit code and a sentence that says what to do. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exit: Exit;
  readonly text: Text;
  /** Stable code for `--json`. */
  readonly code: string;
  readonly details: readonly (string | Text)[];

  /** @param details further lines, printed as they are (made safe for the terminal). */
  constructor(exit: Exit, sentence: Text, code = 'cli.failed', details: readonly (string | Text)[] = []) {
    super(sentence.en);
    this.exit = exit;
    this.text = sentence;
    this.code = code;
    this.details = details;
  }
}

/** The command was written wrongly. */
export function usageFailure(sentence: Text): CliFailure {
  return new CliFailure(EXIT.usage, sentence, 'cli.usage');
}

/** Whether `thrown` ends a command with `exit`. */
export function isCliFailure(thrown: unknown, exit: Exit): thrown is CliFailure {
  return thrown instanceof CliFailure && thrown.exit === exit;
}
