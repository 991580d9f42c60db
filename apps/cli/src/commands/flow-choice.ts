import { text } from '@leadglass/kit';
import {
  type Act,
  DECISION_RULES,
  type DecisionRule,
  type FlowChoice,
  STRICTNESSES,
  type Strictness,
  type WhenUnfinished,
} from '@leadglass/model';
import type { Given, Options } from '../command.ts';
import { usageFailure } from '../exits.ts';

/** What a peer and a route may choose alike. */
export const FLOW_OPTIONS: Options = {
  strictness: {
    value: 'strict|balanced|permissive',
    help: text('sévérité du jugement (balanced)', 'how hard objects are judged (balanced)'),
  },
  'when-unfinished': {
    value: 'deliver|hold',
    help: text(
      'quand un contrôle ne va pas au bout (image : deliver, document : hold)',
      'when a check cannot be completed (image: deliver, document: hold)',
    ),
  },
  release: {
    value: 'one-person|two-persons',
    help: text('qui libère ce qui est retenu (one-person)', 'who releases what is held (one-person)'),
  },
  destroy: {
    value: 'one-person|two-persons',
    help: text('qui détruit ce qui est retenu (one-person)', 'who destroys what is held (one-person)'),
  },
};

/** The choices given, those not given left out. Throws a usage failure for what is none. */
export function flowChoiceOf(given: Given): FlowChoice {
  const strictness = strictnessOf(given);
  const whenUnfinished = whenUnfinishedOf(given);
  const [release, destroy] = [decisionOf(given, 'release'), decisionOf(given, 'destroy')];
  return {
    ...(strictness === undefined ? {} : { strictness }),
    ...(whenUnfinished === undefined ? {} : { whenUnfinished }),
    ...(release === undefined ? {} : { release }),
    ...(destroy === undefined ? {} : { destroy }),
  };
}

function strictnessOf(given: Given): Strictness | undefined {
  const value = given.value('strictness');
  const strictness = STRICTNESSES.find((each) => each === value);
  if (value !== undefined && strictness === undefined)
    throw usageFailure(
      text('--strictness : strict, balanced ou permissive.', '--strictness: strict, balanced or permissive.'),
    );
  return strictness;
}

function whenUnfinishedOf(given: Given): WhenUnfinished | undefined {
  const value = given.value('when-unfinished');
  if (value === undefined || value === 'deliver' || value === 'hold') return value;
  throw usageFailure(text('--when-unfinished : deliver ou hold.', '--when-unfinished: deliver or hold.'));
}

function decisionOf(given: Given, act: Act): DecisionRule | undefined {
  const value = given.value(act);
  const rule = DECISION_RULES.find((each) => each === value);
  if (value !== undefined && rule === undefined)
    throw usageFailure(text(`--${act} : one-person ou two-persons.`, `--${act}: one-person or two-persons.`));
  return rule;
}
