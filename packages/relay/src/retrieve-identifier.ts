import {
  combine,
  DataSetReader,
  DEFAULT_READER_LIMITS,
  ElementCollector,
  type ReaderLimits,
  SILENT_HANDLER,
  type TokenHandler,
} from '@leadglass/dicom';
import { identityText } from '@leadglass/inspect';
import { Phi, type Text, text } from '@leadglass/kit';
import { isUid } from '@leadglass/model';

/** Query/Retrieve levels (PS3.4 §C.3). */
export const RETRIEVE_LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;
export type RetrieveLevel = (typeof RETRIEVE_LEVELS)[number];

const TAG = {
  sopInstanceUid: 0x00080018,
  queryRetrieveLevel: 0x00080052,
  patientId: 0x00100020,
  issuerOfPatientId: 0x00100021,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
} as const;

/** Largest identifier read, and most UIDs of one level in it. */
export const MOST_IDENTIFIER_BYTES = 1024 * 1024;
const MOST_UIDS = 10_000;
const MOST_VALUE_BYTES = MOST_UIDS * 65;
const LIMITS: ReaderLimits = { ...DEFAULT_READER_LIMITS, depth: 8, elements: 10_000, inflatedBytes: 2 ** 22 };

/** What a C-MOVE or C-GET asks for (PS3.4 §C.4.2.1.4): unique keys, each one of a list. */
export interface RetrieveIdentifier {
  readonly level: RetrieveLevel;
  /** As `inspect` keeps it of an object, so that it makes the same pseudonym; empty when it was not given. */
  readonly patientId: Phi<string>;
  readonly issuerOfPatientId: Phi<string>;
  readonly studyUids: readonly string[];
  readonly seriesUids: readonly string[];
  readonly sopUids: readonly string[];
}

/** What an identifier says, or why it is none of ours. No value of it is in the words. */
export type ReadIdentifier =
  | { readonly ok: true; readonly identifier: RetrieveIdentifier }
  | { readonly ok: false; readonly comment: string; readonly why: Text };

/** Reads an identifier while it comes, within bounds. */
export class RetrieveIdentifierReader {
  readonly #collector = new ElementCollector(Object.values(TAG), MOST_VALUE_BYTES);
  readonly #reader: DataSetReader;
  readonly #isStudyRoot: boolean;
  #bytes = 0;
  #isBroken = false;

  /** @param isStudyRoot of the Study Root model, which has no patient level (PS3.4 §C.6.2). */
  constructor(transferSyntaxUid: string, isStudyRoot: boolean) {
    this.#isStudyRoot = isStudyRoot;
    const watch: TokenHandler = {
      ...SILENT_HANDLER,
      irregularity: ({ isFatal, code }) => {
        this.#isBroken ||= isFatal || code.startsWith('truncated');
      },
    };
    const handler = combine(this.#collector, watch);
    this.#reader = new DataSetReader({ transferSyntaxUid, handler, limits: LIMITS });
  }

  /** Takes the next piece; the view is valid during the call only. */
  push(view: Uint8Array): void {
    this.#bytes += view.byteLength;
    if (this.#bytes > MOST_IDENTIFIER_BYTES) this.#isBroken = true;
    if (!this.#isBroken) this.#reader.push(view);
  }

  end(): ReadIdentifier {
    if (!this.#isBroken) this.#reader.end();
    if (this.#isBroken) return no('Identifier not readable', UNREADABLE);
    const level = this.#text(TAG.queryRetrieveLevel) as RetrieveLevel;
    const levels = this.#isStudyRoot ? RETRIEVE_LEVELS.slice(1) : RETRIEVE_LEVELS;
    if (!levels.includes(level)) return no('Query/Retrieve Level not of this model', NO_LEVEL);
    const [studyUids, seriesUids, sopUids] = [
      this.#uids(TAG.studyInstanceUid),
      this.#uids(TAG.seriesInstanceUid),
      this.#uids(TAG.sopInstanceUid),
    ];
    if (studyUids === undefined || seriesUids === undefined || sopUids === undefined)
      return no('Not a list of UIDs', NO_UID);
    const identifier = { level, ...this.#patient(), studyUids, seriesUids, sopUids };
    return hasItsKey(identifier) ? { ok: true, identifier } : no('Unique key of the level missing', NO_KEY);
  }

  #patient(): Pick<RetrieveIdentifier, 'patientId' | 'issuerOfPatientId'> {
    const of = (tag: number) => new Phi(identityText(this.#collector.bytes(tag) ?? new Uint8Array(0)));
    return { patientId: of(TAG.patientId), issuerOfPatientId: of(TAG.issuerOfPatientId) };
  }

  #text(tag: number): string {
    return (this.#collector.text(tag) ?? '').trim();
  }

  /** The UIDs of a list, none when the key is empty or absent; undefined when one is no UID: no wildcards here (PS3.4 §C.4.2.2.1). */
  #uids(tag: number): readonly string[] | undefined {
    const value = this.#text(tag);
    if (value === '') return [];
    if (this.#collector.isCut(tag)) return undefined;
    const uids = value.split('\\').map((uid) => uid.trim().replace(/\0+$/, ''));
    return uids.length <= MOST_UIDS && uids.every(isUid) ? [...new Set(uids)] : undefined;
  }
}

function hasItsKey({ level, patientId, studyUids, seriesUids, sopUids }: RetrieveIdentifier): boolean {
  switch (level) {
    case 'PATIENT':
      return patientId.reveal() !== '';
    case 'STUDY':
      return studyUids.length > 0;
    case 'SERIES':
      return studyUids.length > 0 && seriesUids.length > 0;
    case 'IMAGE':
      return sopUids.length > 0;
  }
}

function no(comment: string, why: Text): ReadIdentifier {
  return { ok: false, comment, why };
}

const UNREADABLE = text(
  'l’identifiant de la demande est illisible ou trop long',
  'the request’s identifier cannot be read or is too long',
);
const NO_LEVEL = text('le niveau demandé n’est pas de ce modèle', 'the level asked for is not of this model');
const NO_UID = text('une clé n’est pas une liste d’identifiants', 'a key is not a list of identifiers');
const NO_KEY = text('la clé unique du niveau demandé manque', 'the unique key of the level asked for is missing');
