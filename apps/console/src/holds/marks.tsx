import type { HoldAnswer } from '@leadglass/contract';
import { Badge, type Tone } from '../kit/index.ts';
import { useSay } from '../words/index.ts';
import { COPIES, SEVERITIES, STATES, VERDICTS } from './words.ts';

type Finding = HoldAnswer['findings'][number];

const SEVERITY_TONES: Readonly<Record<Finding['severity'], Tone>> = {
  information: 'plain',
  suspicious: 'warn',
  malformed: 'warn',
  malicious: 'bad',
};

const STATE_TONES: Readonly<Record<HoldAnswer['state'], Tone>> = { held: 'warn', released: 'good', destroyed: 'plain' };
const COPY_TONES: Readonly<Record<HoldAnswer['copy'], Tone>> = {
  none: 'plain',
  owed: 'calm',
  made: 'good',
  impossible: 'bad',
};

export function StateMark({ state }: { readonly state: HoldAnswer['state'] }) {
  return <Badge tone={STATE_TONES[state]}>{useSay()(STATES[state])}</Badge>;
}

export function CopyMark({ copy }: { readonly copy: HoldAnswer['copy'] }) {
  return <Badge tone={COPY_TONES[copy]}>{useSay()(COPIES[copy])}</Badge>;
}

export function SeverityMark({ severity }: { readonly severity: Finding['severity'] }) {
  return <Badge tone={SEVERITY_TONES[severity]}>{useSay()(SEVERITIES[severity])}</Badge>;
}

export function VerdictMark({ verdict }: { readonly verdict: string }) {
  const say = useSay();
  const known = VERDICTS[verdict];
  const tone: Tone = verdict === 'malicious' ? 'bad' : verdict === 'clean' ? 'good' : 'warn';
  return <Badge tone={tone}>{known === undefined ? verdict : say(known)}</Badge>;
}
