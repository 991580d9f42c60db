import { NO_ALLERGY } from '../allergy.ts';
import type { AllergyReading } from '../readings.ts';
import type { ResourceOf } from './shapes.ts';
import { codedConcept, conceptCode, conceptWords, identifierReadings, momentOf } from './types.ts';

type Allergy = ResourceOf<'AllergyIntolerance'>;

/** AllergyIntolerance (FHIR R4): words and codes as they came; that none is known is a code like any other. */
export function allergyReading(allergy: Allergy): AllergyReading {
  const { category, code, criticality, onsetDateTime, onsetString, recordedDate, type, note } = allergy;
  return {
    ...NO_ALLERGY,
    source: 'FHIR',
    number: identifierReadings(allergy.identifier)[0]?.value ?? allergy.id ?? '',
    kind: codedConcept({ text: (category ?? []).join(', ') }),
    code: codedConcept(code ?? allergy.reaction?.[0]?.substance),
    severity: codedConcept({
      coding: [{ system: 'http://hl7.org/fhir/allergy-intolerance-criticality', code: criticality }],
    }),
    reactions: (allergy.reaction ?? []).map(reactionWords).filter((words) => words !== ''),
    identifiedAt: momentOf(onsetDateTime) || (onsetString ?? '') || momentOf(recordedDate),
    sensitivity: type ?? '',
    status: [allergy.clinicalStatus, allergy.verificationStatus].map(conceptCode).filter((each) => each !== ''),
    notes: (note ?? []).map(({ text = '' }) => text).filter((text) => text !== ''),
  };
}

/** Manifestations, the severity behind them in brackets: `urticaire (severe)`. */
function reactionWords(reaction: NonNullable<Allergy['reaction']>[number]): string {
  const signs = (reaction.manifestation ?? []).map(conceptWords).filter((words) => words !== '');
  const words = signs.join(', ') || (reaction.description ?? '');
  const { severity = '' } = reaction;
  return severity === '' || words === '' ? words || severity : `${words} (${severity})`;
}
