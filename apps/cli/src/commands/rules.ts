import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { RulesAnswer } from '@leadglass/contract';
import { RULE_LIMITS } from '@leadglass/inspect';
import { text } from '@leadglass/kit';
import { readRuleFiles } from '@leadglass/wire';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, type Exit } from '../exits.ts';

/** Prints what is wrong, each with its place; exit 5 when anything is. */
function showProblems({ output }: Context, problems: RulesAnswer['problems']): Exit {
  for (const { file, line, text: said } of problems) {
    const place = file === '' ? '' : `${file}:${line} : `;
    output.error(`${place}${output.of(said)}`, 'red');
  }
  return problems.length > 0 ? EXIT.unsound : EXIT.ok;
}

const countOf = ({ rules }: Pick<RulesAnswer, 'rules'>) => rules.filter(({ namespace }) => namespace === 'site').length;

/** Rules that make every object cost more. */
function showHeavy({ output }: Context, { rules }: Pick<RulesAnswer, 'rules'>): void {
  for (const { namespace, file, line, name, isHeavy } of rules) {
    if (namespace !== 'site' || !isHeavy) continue;
    output.line(
      text(
        `${file}:${line} : la règle ${name} ne demande aucun texte d’au moins quatre octets : elle ne regarde que le début des contenus, et ralentit chacun.`,
        `${file}:${line}: the rule ${name} needs no text of at least four bytes: it looks at the beginning of contents alone, and slows each down.`,
      ),
      'yellow',
    );
  }
}

function folderOf(given: Given, home: string): string {
  const folder = given.positionals[0] ?? join(home, 'rules');
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  const sentence = text(`${folder} n’est pas un dossier.`, `${folder} is no folder.`);
  throw new CliFailure(EXIT.notFound, sentence, 'cli.no-folder');
}

const check: Command = {
  name: 'rules check',
  usage: '[DIR]',
  summary: text('contrôle des règles YARA avant qu’elles ne servent', 'checks YARA rules before they are used'),
  notes: text(
    'DIR : dossier de fichiers *.yar et *.yara ; sinon « rules » dans le dossier de la passerelle. Sans passerelle en marche : les règles\n' +
      'sont compilées et essayées par un processus sans aucun droit. Toutes les erreurs sont dites à la fois, code 5.',
    'DIR: folder of *.yar and *.yara files; else “rules” in the gateway’s home. Without a running gateway: the rules are compiled and\n' +
      'tried by a process that has no rights. All problems are told at once, exit code 5.',
  ),
  options: {},
  positionals: [0, 1],
  examples: ['rules check', 'rules check ./mes-regles --json'],
  async run(context, given) {
    const { files, problems } = readRuleFiles(folderOf(given, context.home), RULE_LIMITS);
    const { checkRules } = await import('@leadglass/gateway');
    const checked = problems.length > 0 ? { problems, rules: [] } : await checkRules(files);
    context.output.json(checked);
    const exit = showProblems(context, checked.problems);
    showHeavy(context, checked);
    const count = countOf(checked);
    if (exit === EXIT.ok)
      context.output.line(
        text(
          `${count} règles dans ${files.length} fichiers : rien à redire.`,
          `${count} rules in ${files.length} files: all is well.`,
        ),
        'green',
      );
    return exit;
  },
};

const list: Command = {
  name: 'rules list',
  usage: '',
  summary: text('les règles YARA en vigueur', 'the YARA rules in force'),
  options: {},
  positionals: [0, 0],
  examples: ['rules list', 'rules list --json'],
  async run(context) {
    const { client, output } = context;
    const answer = await client.call('rules.list', {});
    output.json(answer);
    for (const { namespace, name, file, line } of answer.rules)
      output.line(`${namespace.padEnd(10)} ${name.padEnd(32)} ${file}:${line}`);
    showProblems(context, answer.problems);
    return EXIT.ok;
  },
};

const reload: Command = {
  name: 'rules reload',
  usage: '',
  summary: text(
    'relit le dossier de règles YARA de la passerelle, sans attendre qu’elle le fasse d’elle-même',
    'reads the gateway’s folder of YARA rules again, without waiting for it to do so by itself',
  ),
  notes: text(
    'Tout ou rien : quand un fichier est refusé, les règles d’avant restent en vigueur, code 5.',
    'All or nothing: when a file is refused the rules from before stay in force, exit code 5.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['rules reload'],
  async run(context) {
    const answer = await context.client.call('rules.reload', {});
    context.output.json(answer);
    const exit = showProblems(context, answer.problems);
    showHeavy(context, answer);
    const count = countOf(answer);
    if (exit === EXIT.ok)
      context.output.line(text(`${count} règles du site en vigueur.`, `${count} rules of the site in force.`), 'green');
    return exit;
  },
};

export const COMMANDS: readonly Command[] = [check, list, reload];
