import { text } from '@leadglass/kit';
import { type FlowChoice, STRICTNESSES, type Strictness, type WhenUnfinished } from '@leadglass/model';
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
};

/** The choices given, those not given left out. Throws a usage failure for what is none. */
export function flowChoiceOf(given: Given): FlowChoice {
  const strictness = strictnessOf(given);
  const whenUnfinished = whenUnfinishedOf(given);
  return {
    ...(strictness === undefined ? {} : { strictness }),
    ...(whenUnfinished === undefined ? {} : { whenUnfinished }),
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
