import { type Text, text } from '@leadglass/kit';
import { type Document, isNode, isScalar, Lexer, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { EMPTY_FILE, type Problem, wholeFile } from './problem.ts';

/** Largest file, in bytes of UTF-8. */
export const LARGEST_FILE_BYTES = 1_048_576;
/** Ours needs four; more than this is not a configuration. */
const DEEPEST = 32;
/** How often a file may repeat a part by alias. */
const MOST_ALIASES = 100;
/** Syntax errors told at once. */
const MOST_ERRORS = 200;

type ReadYaml =
  | { readonly ok: true; readonly value: unknown; readonly document: Document; readonly lines: LineCounter }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const refused = (problems: readonly Problem[]): ReadYaml => ({ ok: false, problems });

const TOO_LARGE = text('Le fichier dépasse 1 Mio.', 'The file is larger than 1 MiB.');
const TOO_DEEP = text(`Le fichier imbrique plus de ${DEEPEST} niveaux.`, `The file nests more than ${DEEPEST} levels.`);
const TOO_MANY_ALIASES = text(
  `Le fichier utilise trop d’alias (« * ») : ${MOST_ALIASES} au plus, une fois développés, et chacun vers une ancre existante.`,
  `The file uses too many aliases ("*"): at most ${MOST_ALIASES} once expanded, each to an anchor that exists.`,
);

/** Reads YAML of bounded size, depth and expansion; syntax errors as problems. */
export function readYaml(source: string): ReadYaml {
  if (Buffer.byteLength(source) > LARGEST_FILE_BYTES) return refused([wholeFile(TOO_LARGE)]);
  if (isTooDeep(source)) return refused([wholeFile(TOO_DEEP)]);
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const errors = document.errors.length > 0 ? document.errors : document.warnings;
  if (errors.length > 0) return refused(errors.slice(0, MOST_ERRORS).map((error) => syntaxProblem(error, lines)));
  const twice = repeatedKeys(document);
  if (twice.length > 0)
    return refused(twice.slice(0, MOST_ERRORS).map((offset) => problemAt(offset, lines, WRITTEN_TWICE)));
  if (document.contents === null) return refused([wholeFile(EMPTY_FILE)]);
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return value === null ? refused([wholeFile(EMPTY_FILE)]) : { ok: true, value, document, lines };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) return refused([wholeFile(TOO_MANY_ALIASES)]);
    throw thrown;
  }
}

/** Widest indentation: block nesting takes at least one space a level. */
const WIDEST_INDENT = 256;

/** The parser recurses on nesting, so nesting is counted before it runs: brackets, indicators on one line, width of indentation. */
function isTooDeep(source: string): boolean {
  let brackets = 0;
  let indicators = 0;
  let isLineStart = true;
  for (const lexeme of new Lexer().lex(source)) {
    if (lexeme === '[' || lexeme === '{') brackets += 1;
    else if (lexeme === ']' || lexeme === '}') brackets = Math.max(0, brackets - 1);
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') indicators += 1;
    if (isLineStart && lexeme.length > WIDEST_INDENT && /^ +$/.test(lexeme)) return true;
    isLineStart = lexeme === '\n' || lexeme === '\r\n';
    if (isLineStart) indicators = 0;
    if (brackets > DEEPEST || (brackets === 0 && indicators > DEEPEST)) return true;
  }
  return false;
}

const SYNTAX: Readonly<Record<string, Text>> = {
  TAB_AS_INDENT: text(
    'Tabulation en début de ligne : décalez avec des espaces.',
    'Tab at the start of the line: indent with spaces.',
  ),
  BAD_INDENT: text(
    'Le décalage de cette ligne ne correspond à aucun bloc.',
    'The indentation of this line fits no block.',
  ),
  MISSING_CHAR: text(
    'Il manque un caractère (guillemet, crochet, « : » ou espace).',
    'A character is missing (quote, bracket, ":" or space).',
  ),
  BAD_ALIAS: text('Alias vers une ancre qui n’existe pas.', 'Alias to an anchor that does not exist.'),
  MULTIPLE_DOCS: text(
    'Le fichier contient plusieurs documents (« --- ») : un seul est permis.',
    'The file holds several documents ("---"): only one is allowed.',
  ),
  MULTILINE_IMPLICIT_KEY: text(
    'Un nom de champ tient sur une ligne ; il manque peut-être « : ».',
    'A field name stays on one line; a ":" may be missing.',
  ),
  BLOCK_AS_IMPLICIT_KEY: text(
    'Deux « : » sur une ligne : mettez la valeur entre guillemets.',
    'Two ":" on one line: put the value in quotes.',
  ),
  UNEXPECTED_TOKEN: text('Caractère inattendu ici.', 'Unexpected character here.'),
  TAG_RESOLVE_FAILED: text('Les types YAML (« ! ») ne sont pas permis.', 'YAML tags ("!") are not allowed.'),
};

const WRITTEN_TWICE = text('Ce champ est écrit deux fois.', 'This field is written twice.');

/** Offsets of keys their block already has. The library's own check compares every pair, which takes minutes on a large file. */
function repeatedKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? `${typeof key.value} ${String(key.value)}` : undefined;
        if (name !== undefined && seen.has(name) && isNode(key)) offsets.push(key.range?.[0] ?? 0);
        if (name !== undefined) seen.add(name);
      }
    },
  });
  return offsets;
}

function syntaxProblem(error: YAMLError, lines: LineCounter): Problem {
  const sentence =
    SYNTAX[error.code] ?? text(`Erreur de syntaxe YAML (${error.code}).`, `YAML syntax error (${error.code}).`);
  return problemAt(error.pos[0], lines, sentence);
}

function problemAt(offset: number, lines: LineCounter, sentence: Text): Problem {
  const { line, col } = lines.linePos(offset);
  return { path: '', line: Math.max(1, line), column: Math.max(1, col), text: sentence };
}
