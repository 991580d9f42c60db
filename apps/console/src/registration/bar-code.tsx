import { code128 } from './code128.ts';
import css from './registration.module.css';

const QUIET_MODULES = 10;
const HEIGHT = 40;

/** A number as bars, dark on white in either colour scheme and on paper, with the quiet zones that readers need. */
export function BarCode({ value }: { readonly value: string }) {
  const { bars, width } = code128(value);
  const path = bars.map(([x, wide]) => `M${x + QUIET_MODULES} 0h${wide}v${HEIGHT}h-${wide}z`).join('');
  const whole = width + 2 * QUIET_MODULES;
  return (
    <svg
      className={css.bars}
      viewBox={`0 0 ${whole} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={value}
      shapeRendering="crispEdges"
    >
      <rect width={whole} height={HEIGHT} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
