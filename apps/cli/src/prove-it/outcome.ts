import { type Text, text } from '@leadglass/kit';
import type { AttackClass } from './pack/classes.ts';

/** What the gateway did with an attack. */
export const DEEDS = {
  rejected: text('association rejetée', 'association rejected'),
  aborted: text('association coupée', 'association aborted'),
  closed: text('connexion fermée', 'connection closed'),
  refused: text('refusé', 'refused'),
  held: text('retenu', 'held'),
  disarmed: text('désarmé', 'disarmed'),
  passed: text('transmis tel quel', 'passed on as it was'),
  accepted: text('accepté', 'accepted'),
  found: text('signalé', 'found'),
  withstood: text('sans effet', 'no effect'),
  silent: text('pas de réponse', 'no answer'),
} as const satisfies Readonly<Record<string, Text>>;

export type Deed = keyof typeof DEEDS;

/** One attack, or one control, and what came of it. Holds nothing of a real patient: everything was made here. */
export interface Outcome {
  readonly id: string;
  readonly class: AttackClass;
  readonly name: Text;
  readonly deed: Deed;
  /** Whether it is what a gateway has to do. */
  readonly isRight: boolean;
  /** DIMSE status of the answer, when there was one. */
  readonly status: number | undefined;
  /** Codes of what inspection found. */
  readonly findings: readonly string[];
  /** In the gateway's own words; of a failure, ours. */
  readonly why: Text | undefined;
  /** Whether an event of its own is in the log: refusals beyond the first of a minute are told together. */
  readonly isRecorded: boolean;
  readonly tookMs: number;
}

/** What a whole run came to. */
export interface Summary {
  readonly attacks: number;
  readonly held: number;
  readonly through: number;
  readonly controls: number;
  readonly controlsDelivered: number;
}

const isControl = (one: Outcome): boolean => one.class === 'control';

export function summaryOf(outcomes: readonly Outcome[]): Summary {
  const controls = outcomes.filter(isControl);
  const attacks = outcomes.filter((one) => !isControl(one));
  const held = attacks.filter(({ isRight }) => isRight).length;
  return {
    attacks: attacks.length,
    held,
    through: attacks.length - held,
    controls: controls.length,
    controlsDelivered: controls.filter(({ isRight }) => isRight).length,
  };
}
