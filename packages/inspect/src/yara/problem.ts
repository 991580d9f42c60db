import { type Text, text } from '@leadglass/kit';
import { printable } from '@leadglass/model';

/** What is wrong with a rule, where, and what to do about it. `line` is 0 when it is about the file as a whole. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly text: Text;
}

const MOST_MESSAGE = 200;

/** A problem of ours. */
export function problemAt(file: string, line: number, fr: string, en: string): RuleProblem {
  return { file: printable(file, 128), line, text: text(fr, en) };
}

/** YARA's own words for the commonest errors, and what helps; by the code it gives them. */
const WORDS: Readonly<Record<string, Text>> = {
  E001: text(
    'la syntaxe n’est pas celle de YARA ; corrigez cette ligne ou celle d’avant',
    'this is not YARA’s syntax; correct this line or the one before',
  ),
  E002: text(
    'une valeur n’est pas de la sorte attendue ici ; comparez des nombres avec des nombres, des textes avec des textes',
    'a value is not of the sort expected here; compare numbers with numbers and texts with texts',
  ),
  E009: text(
    'ce nom est inconnu ; vérifiez son orthographe, ou importez le module qui le donne',
    'this name is unknown; check its spelling, or import the module that gives it',
  ),
  E012: text(
    'deux règles portent le même nom ; renommez l’une d’elles',
    'two rules have the same name; rename one of them',
  ),
  E025: text(
    'ce motif n’est pas déclaré dans « strings » ; déclarez-le ou corrigez son nom',
    'this pattern is not declared in “strings”; declare it or correct its name',
  ),
};

const UNUSED = text(
  'un motif n’est employé nulle part dans la condition ; employez-le, ou faites commencer son nom par « _ »',
  'a pattern is used nowhere in the condition; use it, or let its name begin with “_”',
);
const OTHER = text(
  'YARA refuse cette règle ; corrigez-la comme il le demande',
  'YARA refuses this rule; correct it as it asks',
);

/** A problem out of what YARA-X says: `error[E025]: unknown pattern …\n --> line:1:41`. */
export function problemOf(file: string, message: string): RuleProblem {
  const [, code = '', title = ''] = /^error\[([A-Z0-9]+)\]: ([^\n]*)/.exec(message) ?? ['', '', message];
  const line = Number(/--> line:([0-9]{1,9}):/.exec(message)?.[1] ?? 0);
  const words = /^unused pattern/.test(title) ? UNUSED : (WORDS[code] ?? OTHER);
  const said = printable(title, MOST_MESSAGE);
  return problemAt(file, line, `${words.fr} (${code} : ${said})`, `${words.en} (${code}: ${said})`);
}

/** A rule that takes too long on a content made for it. */
export function tooSlow(file: string, line: number, rule: string): RuleProblem {
  const name = printable(rule, 64);
  return problemAt(
    file,
    line,
    `règle ${name} : trop lente (plus de 2 s sur un contenu fait pour elle) ; évitez les longues répétitions dans ses motifs`,
    `rule ${name}: too slow (more than 2 s on a content made for it); avoid long repetitions in its patterns`,
  );
}
