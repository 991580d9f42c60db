import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import type { Plugin } from 'vite';
import { THEME } from './src/theme/theme.ts';

/** No file of that name exists: it is made of src/theme/theme.ts while building. */
const NAME = 'theme/variables.css';
const MADE = '\0leadglass-variables.css';

type Variables = Readonly<Record<string, string>>;

const block = (selector: string, variables: Variables): string =>
  `${selector}{${Object.entries(variables)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')}}`;

/**
 * The theme's variables as a style sheet. Mantine would write them into a style element when the page runs, which a Content-Security-Policy
 * without exceptions refuses.
 */
export function themeStyles(): string {
  const { variables, light, dark } = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, THEME));
  return [
    block(':root', variables),
    block(":root,:root[data-mantine-color-scheme='light']", light),
    block(":root[data-mantine-color-scheme='dark']", dark),
  ].join('\n');
}

/** Gives `src/theme/variables.css` to the build. */
export function themeCss(): Plugin {
  return {
    name: 'leadglass-theme',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith(NAME) ? MADE : undefined),
    load: (id) => (id === MADE ? themeStyles() : undefined),
  };
}
