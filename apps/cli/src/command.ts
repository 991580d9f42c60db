import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Text, text } from '@leadglass/kit';
import type { ControlClient } from './client.ts';
import { EXIT_MEANINGS, usageFailure } from './exits.ts';
import type { Output } from './output.ts';

/** An option of a command. `value` names what it takes; without it the option is a flag. */
export interface OptionSpec {
  readonly value?: string;
  readonly short?: string;
  readonly isMultiple?: boolean;
  readonly help: Text;
}

export type Options = Readonly<Record<string, OptionSpec>>;

/** What a command was given. */
export class Given {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

  constructor(
    positionals: readonly string[],
    values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>,
  ) {
    this.positionals = positionals;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  value(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  }

  required(name: string): string {
    const value = this.value(name);
    if (value === undefined) throw usageFailure(text(`L’option --${name} manque.`, `The option --${name} is missing.`));
    return value;
  }

  /** The positional at `index`, which the command's shape promises. */
  at(index: number): string {
    return this.positionals[index] ?? '';
  }

  /** A whole number of `least` to `most`, or undefined when not given. */
  number(name: string, least: number, most: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^[0-9]{1,15}$/.test(value) && number >= least && number <= most) return number;
    throw usageFailure(
      text(`--${name} : un nombre de ${least} à ${most}.`, `--${name}: a number from ${least} to ${most}.`),
    );
  }
}

/** What a command works with. */
export interface Context {
  readonly output: Output;
  /** Absolute path of the gateway's home. */
  readonly home: string;
  readonly client: ControlClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends with the command: Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line typed by the person, asked for with `question`; undefined when nobody is there. A secret is not shown as it is typed. */
  ask(question: string, isSecret?: boolean): Promise<string | undefined>;
}

/** One command. `usage`: what follows its name. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: Text;
  /** More to know, under the options. */
  readonly notes?: Text;
  readonly options: Options;
  /** Least and most positionals. */
  readonly positionals: readonly [least: number, most: number];
  readonly examples: readonly string[];
  /** What its exit codes mean, where they are not those of every command (EXIT_MEANINGS). */
  readonly exits?: readonly (readonly [exit: number, meaning: Text])[];
  /** Resolves with the exit code. */
  run(context: Context, given: Given): Promise<number>;
}

/** Options of every command. */
export const COMMON: Options = {
  help: { short: 'h', help: text('cette aide', 'this help') },
  json: { help: text('réponse en JSON, pour un programme', 'answer in JSON, for a program') },
  lang: { value: 'fr|en', help: text('langue', 'language') },
  home: {
    value: 'DIR',
    help: text(
      'dossier de la passerelle (sinon LEADGLASS_HOME, sinon ./leadglass-home)',
      'the gateway’s home (else LEADGLASS_HOME, else ./leadglass-home)',
    ),
  },
};

/** Why `parseArgs` refused, in words. Its codes are documented; its sentences are English only. */
function refusal(thrown: unknown): Text {
  const { code, message } = thrown as { code?: string; message: string };
  const option = /'(-[^' ]+)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return text(`Option inconnue : ${option}.`, `Unknown option: ${option}.`);
  return text(
    `L’option ${option} est mal employée (valeur manquante ou en trop).`,
    `The option ${option} is misused (a value missing or too many).`,
  );
}

/** Reads the words after a command's name. Throws CliFailure (exit 2). */
export function parseGiven(command: Command, words: readonly string[]): Given {
  const all = { ...COMMON, ...command.options };
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { value, short, isMultiple }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(isMultiple === true ? { multiple: true } : {}),
      },
    ]),
  );
  const { values, positionals } = tryParse(words, options);
  const given = new Given(positionals, values);
  const [least, most] = command.positionals;
  if (!given.flag('help') && (positionals.length < least || positionals.length > most)) {
    const form = `leadglass ${command.name} ${command.usage}`.trim();
    throw usageFailure(text(`Forme attendue : ${form}`, `Expected form: ${form}`));
  }
  return given;
}

function tryParse(words: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw usageFailure(refusal(thrown));
  }
}

function optionLines(output: Output, options: Options): string[] {
  return Object.entries(options).map(([name, { value, short, help }]) => {
    const head = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${head.padEnd(30)} ${output.of(help)}`;
  });
}

/** The text of `--help`. */
export function helpOf(output: Output, command: Command): string {
  const say = (fr: string, en: string) => output.of(text(fr, en));
  const lines = [`leadglass ${command.name} ${command.usage}`.trimEnd(), '', output.of(command.summary), ''];
  if (Object.keys(command.options).length > 0) {
    lines.push(say('Options :', 'Options:'), ...optionLines(output, command.options), '');
  }
  if (command.notes !== undefined) lines.push(output.of(command.notes), '');
  lines.push(say('Communes :', 'Common:'), ...optionLines(output, COMMON), '');
  if (command.examples.length > 0) {
    lines.push(say('Exemples :', 'Examples:'), ...command.examples.map((example) => `  ./leadglass ${example}`), '');
  }
  const exits = (command.exits ?? EXIT_MEANINGS).map(([exit, meaning]) => `${exit} ${output.of(meaning)}`).join(', ');
  lines.push(`${say('Codes de sortie :', 'Exit codes:')} ${exits}`);
  return lines.join('\n');
}

/** The gateway's home: `--home`, LEADGLASS_HOME, else `leadglass-home` beside the program. @param folder what relative paths start from. */
export function homeOf(
  given: Given,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  root: string,
): string {
  const asked = given.value('home') || environment.LEADGLASS_HOME;
  if (asked === undefined || asked === '') return resolve(root, 'leadglass-home');
  return isAbsolute(asked) ? asked : resolve(folder, asked);
}
