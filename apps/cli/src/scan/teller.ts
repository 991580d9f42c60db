import { text } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { SCAN_EXIT } from '../exits.ts';
import type { Colour, Output } from '../output.ts';
import { barWords, sizeWords } from '../words.ts';
import type { Looked } from './look.ts';
import type { Outcome } from './pool.ts';
import type { SarifLog } from './sarif.ts';

const REDRAW_MS = 100;
const COLOURS: Readonly<Record<Verdict, Colour>> = {
  clean: 'green',
  suspicious: 'yellow',
  malformed: 'yellow',
  malicious: 'red',
};

/** Tells of a scan while it goes on, and counts. */
export class ScanTeller {
  readonly #output: Output;
  readonly #sarif: SarifLog | undefined;
  readonly #beganMs: number;
  readonly #verdicts: Record<Verdict, number> = { clean: 0, suspicious: 0, malformed: 0, malicious: 0 };
  #drawnMs = 0;
  #notLooked = 0;
  #notDicom = 0;
  #unfinished = 0;
  #files = 0;
  #bytes = 0;
  #found = { files: 0, bytes: 0, isAll: false };

  constructor(output: Output, sarif: SarifLog | undefined, nowMs: number) {
    this.#output = output;
    this.#sarif = sarif;
    this.#beganMs = nowMs;
  }

  /** Something was found to look at. */
  found(bytes: number): void {
    this.#found = { files: this.#found.files + 1, bytes: this.#found.bytes + bytes, isAll: false };
  }

  allFound(): void {
    this.#found = { ...this.#found, isAll: true };
  }

  take(outcome: Outcome, nowMs: number): void {
    this.#files += 1;
    this.#bytes += outcome.entry.bytes;
    this.#sarif?.add(outcome);
    for (const looked of outcome.looked) this.#looked(looked);
    if (outcome.problem !== undefined) this.#problem(outcome, outcome.problem);
    if (nowMs - this.#drawnMs > REDRAW_MS) this.#bar(nowMs);
  }

  /** @returns the exit code: what could not be looked at comes before what was found, since nobody knows what it holds. */
  exit(): number {
    if (this.#notLooked > 0 || this.#unfinished > 0) return SCAN_EXIT.notLooked;
    const { suspicious, malformed, malicious } = this.#verdicts;
    return suspicious + malformed + malicious > 0 ? SCAN_EXIT.findings : SCAN_EXIT.clean;
  }

  /** The last lines. */
  summary(nowMs: number): void {
    const { clean, suspicious, malformed, malicious } = this.#verdicts;
    const seconds = (nowMs - this.#beganMs) / 1000;
    const all = clean + suspicious + malformed + malicious;
    const took = seconds.toFixed(1);
    const [fr, en] = (['fr', 'en'] as const).map((language) => sizeWords(this.#bytes, language));
    const verdicts = text(
      `${all} objets et fichiers : ${clean} sains, ${suspicious} suspects, ${malformed} malformés, ${malicious} malveillants`,
      `${all} objects and files: ${clean} clean, ${suspicious} suspicious, ${malformed} malformed, ${malicious} malicious`,
    );
    const rest = text(
      `dont ${this.#notDicom} qui ne sont pas des objets DICOM ; ${this.#notLooked} n’ont pas pu être regardés ; ${fr} en ${took.replace('.', ',')} s`,
      `${this.#notDicom} of them no DICOM objects; ${this.#notLooked} could not be looked at; ${en} in ${took} s`,
    );
    this.#line(this.#output.of(verdicts), this.exit() === SCAN_EXIT.clean ? 'green' : 'red');
    this.#line(this.#output.of(rest));
  }

  #looked(looked: Looked): void {
    const { path, nature, bytes, verdict, findings, unfinished } = looked;
    this.#verdicts[verdict] += 1;
    if (nature !== 'dicom') this.#notDicom += 1;
    if (verdict === 'clean' && unfinished.length > 0) this.#unfinished += 1;
    if (this.#sarif !== undefined) return;
    this.#output.json({ path, verdict, nature, bytes, findings, unfinished }, true);
    if (verdict !== 'clean' || unfinished.length > 0) this.#findings(looked);
  }

  #findings({ path, verdict, findings, unfinished }: Looked): void {
    this.#line(`${verdict.padEnd(10)}  ${path}`, COLOURS[verdict]);
    for (const finding of findings.filter(({ severity }) => severity !== 'information' || unfinished.length > 0)) {
      const at = finding.offset >= 0 ? `@${finding.offset}` : '';
      const place = [finding.code, finding.path, at].filter((word) => word !== '').join(' ');
      const cites = finding.cites === '' ? '' : ` (${finding.cites})`;
      this.#line(`  - ${place} : ${this.#output.of(finding.text)}${cites}`);
    }
  }

  #problem({ entry }: Outcome, problem: string): void {
    this.#notLooked += 1;
    const sentence = PROBLEMS[problem] ?? text('illisible', 'unreadable');
    this.#output.redraw('');
    this.#output.error(`${entry.path} : ${this.#output.of(sentence)} (${problem})`, 'red');
    if (this.#sarif === undefined) this.#output.json({ path: entry.path, verdict: null, problem, findings: [] }, true);
  }

  #line(value: string, colour?: Colour): void {
    if (this.#sarif !== undefined) return;
    this.#output.redraw('');
    this.#output.line(value, colour);
  }

  #bar(nowMs: number): void {
    this.#drawnMs = nowMs;
    const { files, bytes, isAll } = this.#found;
    const share = bytes === 0 ? 1 : this.#bytes / bytes;
    const rate = sizeWords((this.#bytes * 1000) / Math.max(1, nowMs - this.#beganMs), this.#output.language);
    this.#output.redraw(`${barWords(share)} ${this.#files}/${files}${isAll ? '' : '+'}  ${rate}/s`);
  }
}

/** What the system's codes mean to a person. */
export const PROBLEMS: Readonly<Record<string, ReturnType<typeof text>>> = {
  ENOENT: text('n’existe pas', 'does not exist'),
  EACCES: text('lecture refusée', 'reading is refused'),
  EPERM: text('lecture refusée', 'reading is refused'),
  ERR_ACCESS_DENIED: text('lecture refusée', 'reading is refused'),
  EIO: text('support abîmé : lecture impossible', 'damaged medium: cannot be read'),
  ELOOP: text('lien symbolique, non suivi', 'a symbolic link, not followed'),
  ENOTFILE: text('ce n’est pas un fichier', 'no file'),
  CRASHED: text(
    'l’inspection n’a pas survécu à ce fichier, ou n’a plus répondu',
    'inspection did not survive this file, or stopped answering',
  ),
};
