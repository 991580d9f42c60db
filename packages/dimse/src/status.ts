import { type Text, text } from '@leadglass/kit';
import { COMMAND_FIELD, RESPONSE_BIT } from './command.ts';

/** Status (0000,0900) codes we use by name, PS3.7 Annex C and PS3.4 §B.2.3. */
export const STATUS = {
  success: 0x0000,
  cancel: 0xfe00,
  pending: 0xff00,
  pendingWarning: 0xff01,
  attributeListError: 0x0107,
  attributeValueOutOfRange: 0x0116,
  noSuchAttribute: 0x0105,
  invalidAttributeValue: 0x0106,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  noSuchObjectInstance: 0x0112,
  noSuchEventType: 0x0113,
  noSuchArgument: 0x0114,
  invalidArgumentValue: 0x0115,
  invalidObjectInstance: 0x0117,
  noSuchSopClass: 0x0118,
  classInstanceConflict: 0x0119,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  resourceLimitation: 0x0213,
  outOfResources: 0xa700,
  dataSetDoesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
  coercionOfDataElements: 0xb000,
  elementsDiscarded: 0xb006,
  dataSetDoesNotMatchSopClassWarning: 0xb007,
} as const;

export type StatusClass = 'success' | 'warning' | 'failure' | 'pending' | 'cancel';

/** A code or a range of codes, what it says of the operation, and in words. `commands`: where it has this meaning; absent is everywhere. */
export interface StatusMeaning {
  readonly from: number;
  readonly to: number;
  readonly class: StatusClass;
  readonly meaning: Text;
  readonly commands?: readonly number[];
}

const STORE = [COMMAND_FIELD.cStoreRsp];
const RETRIEVE = [COMMAND_FIELD.cMoveRsp, COMMAND_FIELD.cGetRsp];
const FIND = [COMMAND_FIELD.cFindRsp];
const one = (
  code: number,
  statusClass: StatusClass,
  fr: string,
  en: string,
  commands?: readonly number[],
): StatusMeaning => range(code, code, statusClass, fr, en, commands);
const range = (
  from: number,
  to: number,
  statusClass: StatusClass,
  fr: string,
  en: string,
  commands?: readonly number[],
): StatusMeaning => ({
  from,
  to,
  class: statusClass,
  meaning: text(fr, en),
  ...(commands === undefined ? {} : { commands }),
});

/** PS3.7 Annex C; PS3.4 §B.2.3, §C.4.1.1.4, §C.4.2.1.5, §C.4.3.1.4. The first row that fits a code is its meaning: a service's own before the general. */
// biome-ignore format: a line a status
export const STATUS_TABLE: readonly StatusMeaning[] = [
  one(0x0000, 'success', 'Réussi', 'Success'),
  one(0xa701, 'failure', 'Refusé : ressources insuffisantes pour compter les correspondances', 'Refused: out of resources, unable to calculate the number of matches', RETRIEVE),
  one(0xa702, 'failure', 'Refusé : ressources insuffisantes pour les sous-opérations', 'Refused: out of resources, unable to perform sub-operations', RETRIEVE),
  one(0xa801, 'failure', 'Refusé : destination du transfert inconnue', 'Refused: move destination unknown', RETRIEVE),
  range(0xa700, 0xa7ff, 'failure', 'Refusé : ressources insuffisantes', 'Refused: out of resources'),
  range(0xa900, 0xa9ff, 'failure', 'Erreur : les données ne correspondent pas à la classe SOP', 'Error: data set does not match SOP class'),
  one(0xb000, 'warning', 'Enregistré ; des éléments ont été modifiés', 'Stored; data elements were coerced', STORE),
  one(0xb006, 'warning', 'Enregistré ; des éléments ont été écartés', 'Stored; elements were discarded', STORE),
  one(0xb007, 'warning', 'Enregistré ; les données ne correspondent pas à la classe SOP', 'Stored; data set does not match SOP class', STORE),
  one(0xb000, 'warning', 'Terminé ; au moins une sous-opération a échoué', 'Complete; one or more sub-operations failed', RETRIEVE),
  range(0xb000, 0xbfff, 'warning', 'Avertissement', 'Warning'),
  range(0xc000, 0xcfff, 'failure', 'Erreur : données incompréhensibles', 'Error: cannot understand', STORE),
  range(0xc000, 0xcfff, 'failure', 'Échec : traitement impossible', 'Failed: unable to process'),
  one(0x0001, 'warning', 'Avertissement : des attributs facultatifs demandés ne sont pas pris en charge', 'Warning: requested optional attributes are not supported'),
  one(0x0105, 'failure', 'Attribut inexistant', 'No such attribute'),
  one(0x0106, 'failure', "Valeur d'attribut invalide", 'Invalid attribute value'),
  one(0x0107, 'warning', "Erreur dans la liste d'attributs", 'Attribute list error'),
  one(0x0110, 'failure', 'Échec du traitement', 'Processing failure'),
  one(0x0111, 'failure', 'Instance SOP déjà présente', 'Duplicate SOP instance'),
  one(0x0112, 'failure', 'Instance SOP inexistante', 'No such SOP instance'),
  one(0x0113, 'failure', "Type d'événement inexistant", 'No such event type'),
  one(0x0114, 'failure', 'Argument inexistant', 'No such argument'),
  one(0x0115, 'failure', "Valeur d'argument invalide", 'Invalid argument value'),
  one(0x0116, 'warning', "Valeur d'attribut hors limites", 'Attribute value out of range'),
  one(0x0117, 'failure', "Instance SOP invalide", 'Invalid SOP instance'),
  one(0x0118, 'failure', 'Classe SOP inexistante', 'No such SOP class'),
  one(0x0119, 'failure', "L'instance n'est pas de la classe annoncée", 'Class-instance conflict'),
  one(0x0120, 'failure', 'Attribut manquant', 'Missing attribute'),
  one(0x0121, 'failure', "Valeur d'attribut manquante", 'Missing attribute value'),
  one(0x0122, 'failure', 'Refusé : classe SOP non prise en charge', 'Refused: SOP class not supported'),
  one(0x0123, 'failure', "Type d'action inexistant", 'No such action type'),
  one(0x0124, 'failure', 'Refusé : non autorisé', 'Refused: not authorized'),
  one(0x0210, 'failure', 'Identifiant de message déjà utilisé', 'Duplicate invocation'),
  one(0x0211, 'failure', 'Opération inconnue', 'Unrecognized operation'),
  one(0x0212, 'failure', 'Argument mal typé', 'Mistyped argument'),
  one(0x0213, 'failure', 'Limite de ressources', 'Resource limitation'),
  one(0xfe00, 'cancel', 'Annulé', 'Canceled'),
  one(0xff00, 'pending', 'En cours', 'Pending'),
  one(0xff01, 'pending', "En cours ; des clés facultatives ne sont pas prises en charge", 'Pending; optional keys are not supported', FIND),
  one(0xff01, 'pending', 'En cours, avec avertissement', 'Pending, with a warning'),
];

const UNKNOWN = text("Échec : code d'état inconnu", 'Failure: unknown status code');

/** What a status says. A code nobody defined is a failure: nothing unknown ever counts as success (PS3.7 §C.1). @param commandField of the response or of its request. */
export function statusMeaning(code: number, commandField = 0): StatusMeaning {
  const response = commandField | RESPONSE_BIT;
  const known = STATUS_TABLE.find(
    (row) => code >= row.from && code <= row.to && (row.commands === undefined || row.commands.includes(response)),
  );
  return known ?? { from: code, to: code, class: 'failure', meaning: UNKNOWN };
}

/** Success, warning, failure, pending or cancel. */
export function statusClass(code: number, commandField = 0): StatusClass {
  return statusMeaning(code, commandField).class;
}
