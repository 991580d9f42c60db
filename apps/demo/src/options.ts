import { parseArgs } from 'node:util';
import { Fault, type Language, languageOf, text } from '@leadglass/kit';

/** What `npm run demo --` was given. */
export interface DemoOptions {
  /** Main file of the command line, which starts the gateway. */
  readonly program: string;
  readonly language: Language;
  readonly home: string | undefined;
  readonly isKept: boolean;
  readonly isQuiet: boolean;
  /** Whether the guided set-up of the console is left to the visitor. */
  readonly isSetUpLeft: boolean;
  /** How many times as fast as a hospital of this size. */
  readonly speed: number;
  readonly seed: number;
  /** Ends by itself after so long; undefined: when it is told to. */
  readonly lastsMs: number | undefined;
  readonly wantsHelp: boolean;
}

const OPTIONS = {
  home: { type: 'string' },
  keep: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  'set-up': { type: 'boolean', default: false },
  speed: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  once: { type: 'boolean', default: false },
  minutes: { type: 'string' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the words after `npm run demo --`. Throws Fault `demo.usage`. */
export function readOptions(words: readonly string[], program: string, environment: Environment): DemoOptions {
  const values = parsed(words);
  const { LEADGLASS_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = [values.lang, LEADGLASS_LANG, LC_ALL, LC_MESSAGES, LANG].find((each) => (each ?? '') !== '');
  const minutes = values.minutes ?? (values.once ? '1' : undefined);
  return {
    program,
    language: languageOf(locale),
    home: values.home,
    isKept: values.keep,
    isQuiet: values.quiet,
    isSetUpLeft: values['set-up'],
    speed: numberOf('--speed', values.speed, 0.1, 20),
    seed: Math.trunc(numberOf('--seed', values.seed, 0, 4_294_967_295)),
    lastsMs: minutes === undefined ? undefined : numberOf('--minutes', minutes, 0.05, 10_000) * 60_000,
    wantsHelp: values.help,
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true }).values;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : '';
    throw new Fault(
      'demo.usage',
      'permanent',
      text(
        `Option non comprise. Voir npm run demo -- --help. (${said})`,
        `Option not understood. See npm run demo -- --help. (${said})`,
      ),
      { cause },
    );
  }
}

function numberOf(option: string, given: string, least: number, most: number): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= least && value <= most) return value;
  throw new Fault(
    'demo.usage',
    'permanent',
    text(`${option} attend un nombre de ${least} à ${most}.`, `${option} takes a number from ${least} to ${most}.`),
  );
}
