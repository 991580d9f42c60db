import type { Tool } from './pane.ts';

/** What the keyboard can do with the viewer. */
export interface Acts {
  step(by: number): void;
  goTo(end: 'first' | 'last'): void;
  series(by: number): void;
  zoom(factor: number): void;
  level(width: number, level: number): void;
  tool(tool: Tool): void;
  preset(key: string): void;
  invert(): void;
  reset(): void;
  compare(): void;
}

const [FAR, ZOOM, LEVEL] = [10, 1.25, 10];

const PLAIN: Readonly<Record<string, (acts: Acts) => void>> = {
  ArrowDown: (acts) => acts.step(1),
  ArrowUp: (acts) => acts.step(-1),
  PageDown: (acts) => acts.step(FAR),
  PageUp: (acts) => acts.step(-FAR),
  Home: (acts) => acts.goTo('first'),
  End: (acts) => acts.goTo('last'),
  ArrowRight: (acts) => acts.series(1),
  ArrowLeft: (acts) => acts.series(-1),
  '+': (acts) => acts.zoom(ZOOM),
  '=': (acts) => acts.zoom(ZOOM),
  '-': (acts) => acts.zoom(1 / ZOOM),
  '0': (acts) => acts.reset(),
  f: (acts) => acts.tool('window'),
  d: (acts) => acts.tool('scroll'),
  p: (acts) => acts.tool('pan'),
  m: (acts) => acts.tool('measure'),
  i: (acts) => acts.invert(),
  c: (acts) => acts.compare(),
};
const WITH_SHIFT: Readonly<Record<string, (acts: Acts) => void>> = {
  ArrowRight: (acts) => acts.level(LEVEL, 0),
  ArrowLeft: (acts) => acts.level(-LEVEL, 0),
  ArrowUp: (acts) => acts.level(0, LEVEL),
  ArrowDown: (acts) => acts.level(0, -LEVEL),
};

interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Does what a key means; @returns whether it means something. */
export function actOn(pressed: Pressed, acts: Acts): boolean {
  const { key, shiftKey, ctrlKey, altKey, metaKey } = pressed;
  if (ctrlKey || altKey || metaKey) return false;
  const known = (shiftKey ? WITH_SHIFT[key] : undefined) ?? PLAIN[key.length === 1 ? key.toLowerCase() : key];
  if (known !== undefined) known(acts);
  else if (/^[1-6]$/.test(key)) acts.preset(key);
  else return false;
  return true;
}
