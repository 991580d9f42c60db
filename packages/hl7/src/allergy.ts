import { codedOf, codeText, entityText, NO_CODE } from './fields.ts';
import type { Problems } from './problems.ts';
import type { AllergyReading, Coded } from './readings.ts';
import { meaning, type Segment } from './segment.ts';
import { WHY } from './why.ts';

/** An allergy while its notes come. */
export interface OpenAllergy extends AllergyReading {
  readonly notes: string[];
}

const NULL = '""';

/** An allergy of which nothing is said. */
export const NO_ALLERGY: AllergyReading = {
  source: 'AL1',
  action: '',
  number: '',
  kind: NO_CODE,
  code: NO_CODE,
  severity: NO_CODE,
  reactions: [],
  identifiedAt: '',
  sensitivity: '',
  status: [],
  notes: [],
};

/**
 * AL1 (v2.5.1 §3.4.6). A list is sent whole (§2.10.4): one whose substance is null (`""`) says that it is empty. One without a substance is told
 * and says nothing.
 */
export function allergyOf(al1: Segment, problems: Problems): OpenAllergy | undefined {
  const code = codedOf(al1, 3);
  if (isSilent(code) && al1.raw(3) !== NULL) return missing(al1, problems);
  const { kind, severity, reactions } = commonOf(al1);
  return { ...NO_ALLERGY, kind, code, severity, reactions, identifiedAt: al1.component(6, 1), notes: [] };
}

/** IAM (v2.5.1 §3.4.7): one allergy, and what is to be done with what is known of it. */
export function adverseReactionOf(iam: Segment, problems: Problems): OpenAllergy | undefined {
  const code = codedOf(iam, 3);
  const number = entityText(iam, 7);
  if (isSilent(code) && number === '') return missing(iam, problems);
  const status = codeText(iam, 17);
  return {
    ...{ source: 'IAM', action: iam.component(6, 1), number, code, ...commonOf(iam) },
    identifiedAt: iam.component(11, 1) || iam.text(12) || iam.component(13, 1),
    sensitivity: codeText(iam, 9),
    status: status === '' ? [] : [status],
    notes: iam.has(8) ? [iam.text(8)] : [],
  };
}

function missing(segment: Segment, problems: Problems): undefined {
  problems.tell(101, segment, 3, WHY.noAllergen);
}

function commonOf(segment: Segment): Pick<AllergyReading, 'kind' | 'severity' | 'reactions'> {
  const reactions = segment.repetitions(5).map((raw) => meaning(raw, segment.dialect));
  return {
    kind: codedOf(segment, 2),
    severity: codedOf(segment, 4),
    reactions: reactions.filter((reaction) => reaction !== ''),
  };
}

/** Whether a code says nothing. */
export function isSilent({ id, text, otherId, otherText }: Coded): boolean {
  return id === '' && text === '' && otherId === '' && otherText === '';
}
