/**
 * How an upstream is. `doubtful`: something failed, and it is still asked. `down`: it is not asked any more but for a probe. `returning`: it answers
 * again, and is not believed yet. `declared`: a person says that it is down, and no evidence says otherwise.
 */
export const OUTAGE_STATES = ['up', 'doubtful', 'down', 'returning', 'declared'] as const;
export type OutageState = (typeof OUTAGE_STATES)[number];

/**
 * What evidence comes to, once it is counted. `ill`: a failure; `ill-enough`: as many, for as long, as it takes. `cleared`: what was doubted works.
 * `back`: the first sign of life; `well-enough`: as many, for as long, as it takes. `declared`, `ended`: a person's word.
 */
export const OUTAGE_INPUTS = ['ill', 'ill-enough', 'cleared', 'back', 'well-enough', 'declared', 'ended'] as const;
export type OutageInput = (typeof OUTAGE_INPUTS)[number];

type Row = Readonly<Record<OutageInput, OutageState>>;

const row = (...states: [...OutageState[]] & { length: 7 }): Row =>
  Object.fromEntries(OUTAGE_INPUTS.map((input, at) => [input, states[at]])) as unknown as Row;

/** The next state: every state and every input has one. A state that an input means nothing to stays. */
export const OUTAGE_TABLE: Readonly<Record<OutageState, Row>> = {
  //             ill          ill-enough  cleared      back         well-enough  declared    ended
  up: row('doubtful', 'down', 'up', 'up', 'up', 'declared', 'up'),
  doubtful: row('doubtful', 'down', 'up', 'doubtful', 'doubtful', 'declared', 'doubtful'),
  down: row('down', 'down', 'down', 'returning', 'down', 'declared', 'returning'),
  returning: row('down', 'down', 'returning', 'returning', 'up', 'declared', 'returning'),
  declared: row('declared', 'declared', 'declared', 'declared', 'declared', 'declared', 'returning'),
};

/** Whether it is answered for: from the moment it is down until it is believed again. */
export function isDownState(state: OutageState): boolean {
  return state === 'down' || state === 'returning' || state === 'declared';
}
