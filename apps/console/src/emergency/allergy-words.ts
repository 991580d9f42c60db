import { type Text, text } from '../words/index.ts';

/** Words about allergies. */
export const ALLERGY = {
  title: text('Allergies et intolérances', 'Allergies and intolerances'),
  noneTold: text(
    'Allergies : rien n’a été transmis. Cela ne dit pas qu’il n’y en a pas.',
    'Allergies: nothing was sent. That does not say that there are none.',
  ),
  noneKnown: text('Envoyé : aucune connue', 'Sent: none known'),
  onlyWithdrawn: text(
    'Aucune n’est en vigueur ; celles-ci ont été transmises auparavant.',
    'None is in force; these were sent before.',
  ),
  contradiction: text(
    'Une allergie et « aucune connue » ont été transmises toutes les deux : demandez.',
    'An allergy and “none known” were both sent: ask.',
  ),
  unrepeated: text('absente de la dernière liste envoyée', 'not in the latest list sent'),
  removed: text('retirée par son auteur', 'withdrawn by its sender'),
  before: text('Versions antérieures', 'Earlier versions'),
  reaction: text('réaction', 'reaction'),
  since: (when: string) => text(`depuis ${when}`, `since ${when}`),
  told: (feed: string, when: string) => text(`${feed}, ${when}`, `${feed}, ${when}`),
  noSubstance: text('substance non précisée', 'substance not given'),
} as const;

/** Table 0127, and FHIR's categories. */
export const KINDS: Readonly<Record<string, Text>> = {
  DA: text('médicament', 'drug'),
  FA: text('aliment', 'food'),
  MA: text('divers', 'miscellaneous'),
  MC: text('contre-indication', 'contraindication'),
  EA: text('environnement', 'environment'),
  AA: text('animal', 'animal'),
  PA: text('plante', 'plant'),
  LA: text('pollen', 'pollen'),
  medication: text('médicament', 'drug'),
  food: text('aliment', 'food'),
  environment: text('environnement', 'environment'),
  biologic: text('produit biologique', 'biologic'),
};

/** Table 0128, and FHIR's criticality. */
export const SEVERITIES: Readonly<Record<string, Text>> = {
  SV: text('sévère', 'severe'),
  MO: text('modérée', 'moderate'),
  MI: text('légère', 'mild'),
  U: text('gravité inconnue', 'severity unknown'),
  high: text('risque élevé', 'high risk'),
  low: text('risque faible', 'low risk'),
  'unable-to-assess': text('risque non évaluable', 'risk not assessable'),
};

/** Tables 0438 and 0436, and FHIR's statuses and types. */
export const STATUSES: Readonly<Record<string, Text>> = {
  C: text('confirmée', 'confirmed'),
  U: text('non confirmée', 'unconfirmed'),
  P: text('en attente', 'pending'),
  S: text('suspectée', 'suspected'),
  I: text('confirmée mais inactive', 'confirmed but inactive'),
  D: text('mise en doute', 'doubted'),
  E: text('erronée', 'erroneous'),
  active: text('active', 'active'),
  inactive: text('inactive', 'inactive'),
  resolved: text('résolue', 'resolved'),
  confirmed: text('confirmée', 'confirmed'),
  unconfirmed: text('non confirmée', 'unconfirmed'),
  refuted: text('réfutée', 'refuted'),
  'entered-in-error': text('saisie par erreur', 'entered in error'),
  AD: text('effet indésirable', 'adverse reaction'),
  AL: text('allergie', 'allergy'),
  CT: text('contre-indication', 'contraindication'),
  IN: text('intolérance', 'intolerance'),
  SE: text('effet secondaire', 'side effect'),
  allergy: text('allergie', 'allergy'),
  intolerance: text('intolérance', 'intolerance'),
};
