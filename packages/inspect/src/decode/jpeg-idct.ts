// The inverse DCT in whole numbers as the Independent JPEG Group's library does it by default for 12 bits a sample (Loeffler, Ligtenberg
// and Moschytz, 11 multiplications), so that what is decoded here is bit for bit what DCMTK and its users decode.

const CONST_BITS = 13;
const PASS_1_BITS = 1;
const C0_298 = 2446;
const C0_390 = 3196;
const C0_541 = 4433;
const C0_765 = 6270;
const C0_899 = 7373;
const C1_175 = 9633;
const C1_501 = 12_299;
const C1_847 = 15_137;
const C1_961 = 16_069;
const C2_053 = 16_819;
const C2_562 = 20_995;
const C3_072 = 25_172;

/** One pass over eight values `step` apart, in place. */
function pass(block: Int32Array, from: number, step: number, shift: number): void {
  const at = (index: number): number => block[from + index * step] ?? 0;
  const [v0, v1, v2, v3, v4, v5, v6, v7] = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
  const even = (v2 + v6) * C0_541;
  const [even2, even3] = [even - v6 * C1_847, even + v2 * C0_765];
  const [sum, difference] = [(v0 + v4) * 2 ** CONST_BITS, (v0 - v4) * 2 ** CONST_BITS];
  const odd = (v7 + v3 + v5 + v1) * C1_175;
  const z1 = -(v7 + v1) * C0_899;
  const z2 = -(v5 + v3) * C2_562;
  const z3 = odd - (v7 + v3) * C1_961;
  const z4 = odd - (v5 + v1) * C0_390;
  const odd0 = v7 * C0_298 + z1 + z3;
  const odd1 = v5 * C2_053 + z2 + z4;
  const odd2 = v3 * C3_072 + z2 + z3;
  const odd3 = v1 * C1_501 + z1 + z4;
  const pairs = [sum + even3, odd3, difference + even2, odd2, difference - even2, odd1, sum - even3, odd0] as const;
  for (let pair = 0; pair < 4; pair += 1) {
    const [one, other] = [pairs[2 * pair] ?? 0, pairs[2 * pair + 1] ?? 0];
    block[from + pair * step] = descaled(one + other, shift);
    block[from + (7 - pair) * step] = descaled(one - other, shift);
  }
}

function descaled(value: number, shift: number): number {
  return (value + 2 ** (shift - 1)) >> shift;
}

/** Coefficients, dequantised and in the order of rows, become samples around 0: in place. */
export function inverseDct(block: Int32Array): void {
  for (let column = 0; column < 8; column += 1) pass(block, column, 8, CONST_BITS - PASS_1_BITS);
  for (let row = 0; row < 8; row += 1) pass(block, 8 * row, 1, CONST_BITS + PASS_1_BITS + 3);
}
