/** Widths of bars and spaces of each symbol character, in modules, from a bar (ISO/IEC 15417, Table 1). */
// biome-ignore format: ten in a line
const WIDTHS = [
  '212222', '222122', '222221', '121223', '121322', '131222', '122213', '122312', '132212', '221213',
  '221312', '231212', '112232', '122132', '122231', '113222', '123122', '123221', '223211', '221132',
  '221231', '213212', '223112', '312131', '311222', '321122', '321221', '312212', '322112', '322211',
  '212123', '212321', '232121', '111323', '131123', '131321', '112313', '132113', '132311', '211313',
  '231113', '231311', '112133', '112331', '132131', '113123', '113321', '133121', '313121', '211331',
  '231131', '213113', '213311', '213131', '311123', '311321', '331121', '312113', '312311', '332111',
  '314111', '221411', '431111', '111224', '111422', '121124', '121421', '141122', '141221', '112214',
  '112412', '122114', '122411', '142112', '142211', '241211', '221114', '413111', '241112', '134111',
  '111242', '121142', '121241', '114212', '124112', '124211', '411212', '421112', '421211', '212141',
  '214121', '412121', '111143', '111341', '131141', '114113', '114311', '411113', '411311', '113141',
  '114131', '311141', '411131', '211412', '211214', '211232', '2331112',
] as const;
const CODE_C = 99;
const CODE_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;
const CHECK = 103;
/** From so many digits on, two in one symbol are shorter than the change of set costs. */
const DIGITS_FOR_C = 4;

/** Symbol values of a text of printable ASCII, without start, check and stop: in set B, and runs of digits in set C. */
function valuesOf(text: string): readonly number[] {
  const values: number[] = [];
  let isC = false;
  for (let at = 0; at < text.length; ) {
    const digits = /^\d+/.exec(text.slice(at))?.[0].length ?? 0;
    const isPaired: boolean = isC ? digits >= 2 : digits >= DIGITS_FOR_C && digits % 2 === 0;
    if (isPaired !== isC) values.push(isPaired ? CODE_C : CODE_B);
    isC = isPaired;
    const taken = isC ? 2 : 1;
    values.push(isC ? Number(text.slice(at, at + 2)) : text.charCodeAt(at) - 32);
    at += taken;
  }
  return values;
}

/** The symbols of a Code 128 of `text` (printable ASCII), from start to stop. Throws RangeError for anything else. */
export function symbolsOf(text: string): readonly number[] {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError('Code 128 holds printable ASCII');
  const values = valuesOf(text);
  const isC = values[0] === CODE_C;
  const [start, data] = isC ? [START_C, values.slice(1)] : [START_B, values];
  const sum = data.reduce((total, value, index) => total + value * (index + 1), start);
  return [start, ...data, sum % CHECK, STOP];
}

/** Bars of a Code 128: where each begins and how wide it is, in modules; and how wide all of it is. */
export function code128(text: string): {
  readonly bars: readonly (readonly [x: number, width: number])[];
  readonly width: number;
} {
  const bars: [number, number][] = [];
  let x = 0;
  for (const symbol of symbolsOf(text)) {
    for (const [index, width] of Array.from(WIDTHS[symbol] ?? '', Number).entries()) {
      if (index % 2 === 0) bars.push([x, width]);
      x += width;
    }
  }
  return { bars, width: x };
}
