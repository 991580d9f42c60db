import { keywordOf } from '@leadglass/dicom';
import type { KeyFact } from '@leadglass/policy';
import type { RetrieveKeys } from '@leadglass/relay';
import type { ToIntake } from './messages.ts';
import type { OwnHostTools } from './own-host.ts';
import type { RetrieveMessage } from './own-messages.ts';

/** What is retrieved, by the keys of a request. */
export function keysOf({ pseudonyms }: Pick<OwnHostTools, 'pseudonyms'>, message: RetrieveMessage): RetrieveKeys {
  const { level, studyUids, seriesUids, sopUids, patientId, issuerOfPatientId } = message;
  const patients = pseudonyms(issuerOfPatientId, patientId);
  return { level, studyUids, seriesUids, sopUids, patients };
}

/** A request as the ledger is told of it. */
export function factsOf(message: RetrieveMessage) {
  const { service, sopClassUid, level } = message;
  return {
    service,
    sopClassUid,
    level,
    keys: keyFactsOf(message).map(({ tag, form }) => `${keywordOf(tag)} ${form}`),
  };
}

/** The shape of each key, never a value. */
export function keyFactsOf({ patientId, studyUids, seriesUids, sopUids }: RetrieveMessage): KeyFact[] {
  const listed = (tag: number, values: readonly string[]): KeyFact[] =>
    values.length === 0 ? [] : [{ tag, form: values.length === 1 ? 'single' : 'list' }];
  return [
    ...listed(0x00100020, patientId === '' ? [] : [patientId]),
    ...listed(0x0020000d, studyUids),
    ...listed(0x0020000e, seriesUids),
    ...listed(0x00080018, sopUids),
  ];
}

/** Sub-operations of a retrieval that sent nothing. */
export const NOTHING_SENT = { remaining: 0, completed: 0, failed: 0, warning: 0 };

/** The answer that ends a retrieval which sends nothing. */
export function lastWord({ connection, seq }: RetrieveMessage, status: number, comment: string): ToIntake {
  return { t: 'sub-operations', connection, seq, status, comment, counts: NOTHING_SENT, failed: [] };
}

export const NOWHERE = {
  fr: 'aucune destination ne porte ce titre',
  en: 'no destination has that title',
};
export const BUSY = {
  fr: 'trop de récupérations à la fois',
  en: 'too many retrievals at once',
};
export const NOT_HERE = {
  fr: 'le serveur amont est en panne, et rien de ce qui est demandé n’est gardé ici',
  en: 'the upstream is down, and nothing of what is asked is kept here',
};
export const TOO_MANY = {
  fr: 'trop d’objets en une seule demande : demandez moins à la fois',
  en: 'too many objects in one request: ask for less at once',
};
export const FAILED = {
  fr: 'la récupération a échoué ici ; le journal technique dit pourquoi',
  en: 'the retrieval failed here; the technical log says why',
};
