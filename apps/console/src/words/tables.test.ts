import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';
import type { Text } from './index.ts';

const SRC = fileURLToPath(new URL('../', import.meta.url));
const named = (end: string) =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(end));
/** Attributes that a person reads or hears. */
const READ = new Set(['title', 'label', 'description', 'placeholder', 'alt', 'aria-label', 'aria-description', 'lead']);
/** What is a name, a sign or a key of the keyboard, and the same in every language. */
const SAME = /^(?:Leadglass|LEADGLASS|OHIF|Weasis|DICOM|SHA-256|UID|TOTP|PNG|YAML|Ctrl K|Ctrl|[^\p{L}]*|[a-z]\d?)$/u;

type Handler<K extends keyof ConstructorParameters<typeof Visitor>[0]> = NonNullable<
  ConstructorParameters<typeof Visitor>[0][K]
>;

/** Words in the JSX of a file that stand in no table, with where they are. */
function loose(name: string, source: string): string[] {
  const { program, errors } = parseSync(name, source);
  assert.deepEqual(errors, [], name);
  const found: string[] = [];
  const note = (words: unknown) => {
    if (typeof words === 'string' && !SAME.test(words.trim())) found.push(`${name}: ${words.trim()}`);
  };
  const ofText: Handler<'JSXText'> = ({ value }) => note(value);
  const ofElement: Handler<'JSXElement'> = ({ children }) => {
    for (const child of children) {
      const isGiven = child.type === 'JSXExpressionContainer' && child.expression.type === 'Literal';
      if (isGiven) note((child.expression as { readonly value: unknown }).value);
    }
  };
  const ofAttribute: Handler<'JSXAttribute'> = ({ name: attribute, value }) => {
    if (value?.type === 'Literal' && READ.has(String(attribute.name))) note(value.value);
  };
  new Visitor({ JSXText: ofText, JSXElement: ofElement, JSXAttribute: ofAttribute }).visit(program);
  return found;
}

test('[CONSOLE-60] no JSX carries a sentence of its own', () => {
  const files = named('.tsx');
  assert(files.length > 20);
  assert.deepEqual(
    files.flatMap((name) => loose(name, readFileSync(join(SRC, name), 'utf8'))),
    [],
  );
});

test('[CONSOLE-60] the search for loose sentences finds them', () => {
  const source = 'export const A = () => <p title="Go on">Hello there {name} <b aria-label={x}>·</b>{"And more"}</p>;';
  assert.deepEqual(loose('a.tsx', source).sort(), ['a.tsx: And more', 'a.tsx: Go on', 'a.tsx: Hello there']);
});

function tablesOf(module: object): [string, Text][] {
  const isText = (value: unknown): value is Text =>
    typeof value === 'object' && value !== null && 'fr' in value && 'en' in value;
  return Object.entries(module).flatMap(([table, entries]) =>
    typeof entries !== 'object' || entries === null
      ? []
      : Object.entries(entries)
          .filter((entry): entry is [string, Text] => isText(entry[1]))
          .map(([key, value]): [string, Text] => [`${table}.${key}`, value]),
  );
}

test('[CONSOLE-60] every entry of every table says something in both languages, in French with its own apostrophe and spaces', async () => {
  const files = named('words.ts');
  assert(files.length >= 5);
  for (const file of files) {
    const tables = tablesOf(await import(join(SRC, file)));
    for (const [key, { fr, en }] of tables) {
      assert(fr.trim() !== '' && en.trim() !== '', `${file} ${key} is empty`);
      assert(!/\p{L}'\p{L}/u.test(fr), `${file} ${key}: ’ and not ' in French: ${fr}`);
      assert(!/ [:;!?»]|« /.test(fr), `${file} ${key}: a space that breaks: ${fr}`);
    }
  }
});
