import { type Phi, type Text, text } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import type { AskedIdentity } from '@leadglass/rewrite';
import type { Cell, Colour, Output } from '../output.ts';
import type { About } from '../scan/about.ts';
import { PROBLEMS } from '../scan/teller.ts';
import type { Agreement, Comparison } from './compare.ts';
import type { Fate } from './judge.ts';
import type { Medium, MediumObject, PatientOnMedium } from './medium.ts';
import type { ImportOutcome, ImportResult } from './results.ts';
import type { Judged } from './transfer.ts';

const MOST_LINES = 50;
const HIDDEN = '[phi]';

const FATES: Readonly<Record<Fate, Text>> = {
  copy: text('importé', 'imported'),
  disarm: text(
    'copie désarmée importée, original gardé en preuve',
    'disarmed copy imported, original kept as evidence',
  ),
  keep: text('retenu, non importé', 'held, not imported'),
  refuse: text('illisible jusqu’au bout : refusé', 'cannot be read to its end: refused'),
};
const COLOURS: Readonly<Record<Verdict, Colour>> = {
  clean: 'green',
  suspicious: 'yellow',
  malformed: 'yellow',
  malicious: 'red',
};

/** Says what is on a medium and what was done. Patient data goes to a terminal and nowhere else: in a file or a pipe stands `[phi]`. */
export class ImportTeller {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** The medium as a whole. */
  medium({ objects, others, directories, problems, fingerprint }: Medium): void {
    const id = fingerprint.slice(0, 12);
    this.#line(
      text(
        `Support ${id} : ${objects.length} objets DICOM, ${others.length} autres fichiers (jamais importés), ${problems.length} illisibles`,
        `Medium ${id}: ${objects.length} DICOM objects, ${others.length} other files (never imported), ${problems.length} unreadable`,
      ),
      'bold',
    );
    for (const { path, problem } of problems.slice(0, MOST_LINES))
      this.#line(`  ${path} : ${this.#of(PROBLEMS[problem] ?? text('illisible', 'unreadable'))} (${problem})`, 'red');
    for (const { looked } of others.slice(0, MOST_LINES)) {
      const said = looked.findings.find(({ severity }) => severity !== 'information') ?? looked.findings[0];
      this.#line(`  – ${looked.path}${said === undefined ? '' : ` : ${this.#of(said.text)}`}`, COLOURS[looked.verdict]);
    }
    this.#more(others.length);
    for (const directory of directories) this.#directory(directory);
  }

  /** Each patient with their studies, numbered for `--patient`. */
  patients(patients: readonly PatientOnMedium[]): void {
    for (const [at, { objects, about }] of patients.entries()) {
      const { patientName, patientId, birthDate, sex } = about.reveal();
      const who = [patientName, patientId, birthDate, sex].map((value) => this.#shown(value)).join('  ');
      this.#line(text(`Patient ${at + 1} : ${who}`, `Patient ${at + 1}: ${who}`), 'bold');
      this.#studies(objects);
    }
  }

  /** The identity on the medium and the one asked for, side by side. */
  identities(about: Phi<About>, identity: Phi<AskedIdentity>, comparison: Comparison): void {
    const [old, asked] = [about.reveal(), identity.reveal()];
    const row = (label: Text, from: string, to: string, agreement?: Agreement): Cell[] => [
      this.#of(label),
      this.#shown(from),
      this.#shown(to),
      ...(agreement === undefined ? [''] : [{ value: this.#of(AGREEMENTS[agreement]), colour: SIGNALS[agreement] }]),
    ];
    this.#output.line();
    this.#output.table(
      [
        text('', ''),
        text('sur le support', 'on the medium'),
        text('dans l’établissement', 'at this site'),
        text('', ''),
      ],
      [
        row(text('nom', 'name'), old.patientName, asked.patientName, comparison.patientName),
        row(text('numéro', 'number'), old.patientId, asked.patientId),
        row(text('émetteur', 'issuer'), old.issuerOfPatientId, asked.issuerOfPatientId ?? ''),
        row(text('naissance', 'birth date'), old.birthDate, asked.birthDate ?? '', comparison.birthDate),
        row(text('sexe', 'sex'), old.sex, asked.sex ?? '', comparison.sex),
      ],
    );
    this.#withoutAccents(comparison.withoutAccents);
  }

  /** What is not simply imported, and where the rest goes. */
  plan(judged: readonly Judged[], destinations: readonly string[] | undefined): void {
    const grave = judged.filter(({ fate }) => fate !== 'copy');
    this.#output.line();
    for (const { object, fate } of grave.slice(0, MOST_LINES)) {
      const said = object.looked.findings.find(({ severity }) => severity !== 'information');
      const why = said === undefined ? '' : ` (${this.#of(said.text)})`;
      this.#line(`  ${object.looked.path} : ${this.#of(FATES[fate])}${why}`, COLOURS[object.looked.verdict]);
    }
    this.#more(grave.length);
    const n = judged.length - grave.length;
    this.#line(text(`${n} objets sains à importer`, `${n} clean objects to import`), 'green');
    if (destinations === undefined) return;
    if (destinations.length === 0) this.#line(NO_ROUTE, 'yellow');
    else this.#line(text(`vers : ${destinations.join(', ')}`, `to: ${destinations.join(', ')}`));
  }

  /** The receipt. */
  receipt(results: readonly ImportResult[]): void {
    this.#output.line();
    for (const result of results.filter(isTold).slice(0, MOST_LINES)) {
      const { object, outcome, isOriginalKept, why } = result;
      const words = outcome === 'stored' && isOriginalKept ? FATES.disarm : OUTCOMES[outcome];
      const because = why === undefined ? '' : ` – ${this.#of(why)}`;
      this.#line(`  ${object.looked.path} : ${this.#of(words)}${because}`, outcome === 'stored' ? 'yellow' : 'red');
    }
    this.#more(results.filter(isTold).length);
    const count = (outcome: ImportOutcome) => results.filter((one) => one.outcome === outcome).length;
    const [stored, held, refused, left] = (['stored', 'held', 'refused', 'left'] as const).map(count);
    const originals = results.filter((one) => one.outcome === 'stored' && one.isOriginalKept).length;
    this.#line(
      text(
        `Importés : ${stored} (désarmés : ${originals}) ; retenus : ${held} ; refusés : ${refused} ; laissés : ${left}`,
        `Imported: ${stored} (disarmed: ${originals}); held: ${held}; refused: ${refused}; left: ${left}`,
      ),
      results.every((one) => one.outcome === 'stored') ? 'green' : 'yellow',
    );
    this.#line(
      text(
        'Pour décider de ce qui est retenu : ./leadglass hold list. Trace : ./leadglass log --kind import',
        'To decide on what is held: ./leadglass hold list. Trace: ./leadglass log --kind import',
      ),
    );
  }

  #withoutAccents(count: number): void {
    if (count === 0) return;
    const sentence = text(
      `Dans ${count} objets le nom sera écrit sans ses accents : leur jeu de caractères ne les connaît pas.`,
      `In ${count} objects the name will be written without its accents: their character set has none.`,
    );
    this.#line(sentence, 'yellow');
  }

  #directory({ path, missing, unlisted }: Medium['directories'][number]): void {
    if (missing.length > 0)
      this.#line(
        text(
          `  ${path} nomme ${missing.length} fichiers qui ne sont pas sur le support ou ne sont pas des objets DICOM : ${missing.slice(0, 5).join(', ')}`,
          `  ${path} names ${missing.length} files that are not on the medium or are no DICOM objects: ${missing.slice(0, 5).join(', ')}`,
        ),
        'yellow',
      );
    if (unlisted > 0)
      this.#line(
        text(
          `  ${unlisted} objets du support ne figurent pas dans ${path}`,
          `  ${unlisted} objects of the medium are not named in ${path}`,
        ),
        'yellow',
      );
  }

  #studies(objects: readonly MediumObject[]): void {
    const studies = [...Map.groupBy(objects, ({ studyInstanceUid }) => studyInstanceUid)];
    this.#output.table(
      [
        text('date', 'date'),
        text('modalités', 'modalities'),
        text('description', 'description'),
        text('séries', 'series'),
        text('objets', 'objects'),
        text('étude', 'study'),
      ],
      studies.map(([uid, group]) => {
        const abouts = group.map(({ about }) => about.reveal());
        const modalities = [...new Set(abouts.map(({ modality }) => modality))].join(' ');
        const [first] = abouts;
        return [
          this.#shown(first?.studyDate ?? ''),
          modalities,
          this.#shown(first?.studyDescription ?? ''),
          new Set(group.map(({ seriesInstanceUid }) => seriesInstanceUid)).size,
          group.length,
          uid,
        ];
      }),
    );
  }

  #shown(value: string): string {
    return value === '' || this.#output.isTerminal ? value : HIDDEN;
  }

  #of(sentence: Text): string {
    return this.#output.of(sentence);
  }

  #more(count: number): void {
    const rest = count - MOST_LINES;
    if (rest > 0)
      this.#line(text(`  … et ${rest} autres (--json les dit tous)`, `  … and ${rest} more (--json tells all)`));
  }

  #line(value: string | Text, colour?: Colour): void {
    this.#output.redraw('');
    this.#output.line(value, colour);
  }
}

function isTold({ outcome, isOriginalKept }: ImportResult): boolean {
  return outcome !== 'stored' || isOriginalKept;
}

const OUTCOMES: Readonly<Record<ImportOutcome, Text>> = {
  stored: text('importé', 'imported'),
  held: text('RETENU', 'HELD'),
  refused: text('REFUSÉ', 'REFUSED'),
  left: text('LAISSÉ, non envoyé', 'LEFT, not sent'),
};

const AGREEMENTS: Readonly<Record<Agreement, Text>> = {
  same: text('identique', 'same'),
  different: text('DIFFÉRENT', 'DIFFERENT'),
  unknown: text('non comparable', 'not comparable'),
};
const SIGNALS: Readonly<Record<Agreement, Colour>> = { same: 'green', different: 'red', unknown: 'grey' };

const NO_ROUTE = text(
  'Aucune route pour l’import : les images seront conservées ici et n’iront nulle part. Pour les envoyer au PACS : ./leadglass route add --from IMPORT --to NOM',
  'No route for imports: the images will be kept here and go nowhere. To send them to the PACS: ./leadglass route add --from IMPORT --to NAME',
);
