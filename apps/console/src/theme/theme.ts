import type { MantineColorsTuple, MantineThemeOverride } from '@mantine/core';

/** Amber glass: the one accent. */
const AMBER: MantineColorsTuple = [
  '#fff8e6',
  '#feedc2',
  '#fbdc8d',
  '#f8c957',
  '#f2b632',
  '#e0a01b',
  '#bd8210',
  '#8a5d0a',
  '#6b4808',
  '#4a3205',
];

/** Lead, for light pages. */
const GRAY: MantineColorsTuple = [
  '#f6f7f8',
  '#eceff1',
  '#dfe3e6',
  '#cdd3d8',
  '#b0b9c0',
  '#7f8a94',
  '#5f6b75',
  '#4a555e',
  '#343d45',
  '#1f262c',
];

/** Lead, for dark pages: text first, the darkest last. */
const DARK: MantineColorsTuple = [
  '#dde2e6',
  '#b9c2c9',
  '#98a3ac',
  '#74808a',
  '#414b54',
  '#303840',
  '#232a31',
  '#171b20',
  '#12161a',
  '#0c0f12',
];

const FONT =
  "'Inter', 'Segoe UI Variable', 'Segoe UI', -apple-system, 'Noto Sans', 'Cantarell', 'Ubuntu', 'Liberation Sans', system-ui, sans-serif";
const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Segoe UI Mono', 'DejaVu Sans Mono', monospace";

/** What Mantine's components look like here. No font is loaded: those of the system are used. */
export const THEME: MantineThemeOverride = {
  primaryColor: 'amber',
  primaryShade: { light: 4, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { amber: AMBER, gray: GRAY, dark: DARK },
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
};
