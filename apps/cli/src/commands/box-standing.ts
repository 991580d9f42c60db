import type { BoxStanding } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Output } from '../output.ts';
import { sizeWords, timeWords } from '../words.ts';

const KINDS: Readonly<Record<BoxStanding['kinds'][number]['kind'], (n: number) => Text>> = {
  images: (n) => text(`Images : ${n} objets`, `Images: ${n} objects`),
  charts: (n) => text(`Biologie et comptes rendus : ${n} dossiers`, `Laboratory results and reports: ${n} charts`),
  worklist: (n) => text(`Planning : ${n} examens`, `Schedule: ${n} exams`),
  registrations: (n) => text(`Enregistrements en panne : ${n}`, `Downtime registrations: ${n}`),
};

/** Says how old each kind is that a box serves, and what is missing. */
export function sayStanding(output: Output, { pulledAtMs, kinds, bytes, missing }: BoxStanding): void {
  const never = text('jamais', 'never');
  const when = (ms: number | null): Text => (ms === null ? never : text(timeWords(ms), timeWords(ms)));
  const last = when(pulledAtMs);
  output.line(text(`Dernier tirage : ${last.fr}`, `Last pull: ${last.en}`), pulledAtMs === null ? 'red' : 'green');
  for (const { kind, asOfMs, count } of kinds) {
    const [what, asOf] = [KINDS[kind](count), when(asOfMs)];
    output.line(
      text(`    ${what.fr}, au ${asOf.fr}`, `    ${what.en}, as of ${asOf.en}`),
      asOfMs === null ? 'yellow' : undefined,
    );
  }
  const size = sizeWords(bytes, output.language);
  output.line(text(`    dossiers et planning : ${size}`, `    charts and schedule: ${size}`), 'grey');
  for (const sentence of missing) output.line(sentence, 'yellow');
}
