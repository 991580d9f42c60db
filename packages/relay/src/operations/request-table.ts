import { assert } from '@leadglass/kit';

/** Where a request to an upstream stands. */
export const REQUEST_STATES = ['sending', 'awaiting', 'pending', 'closing', 'over'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** What happens to it. `…-data`: a data set follows the response. */
export const REQUEST_EVENTS = ['sent', 'pending', 'pending-data', 'final', 'final-data', 'data-end', 'lost'] as const;
export type RequestEvent = (typeof REQUEST_EVENTS)[number];

type Row = Readonly<Record<RequestEvent, RequestState | undefined>>;

/**
 * A request and its responses (PS3.7 §9.1, §10.1): `sending` until all of it has been given, `awaiting` a response, `pending` and `closing` while
 * the data set of a response that is not, or is, the last comes. An empty cell is a response nobody asked for: the upstream is not what it should be.
 */
// biome-ignore format: a line a state
export const REQUEST_TABLE: Readonly<Record<RequestState, Row>> = {
  sending:  { sent: 'awaiting', pending: undefined,  'pending-data': undefined, final: undefined, 'final-data': undefined, 'data-end': undefined,  lost: 'over' },
  awaiting: { sent: undefined,  pending: 'awaiting', 'pending-data': 'pending', final: 'over',    'final-data': 'closing', 'data-end': undefined,  lost: 'over' },
  pending:  { sent: undefined,  pending: undefined,  'pending-data': undefined, final: undefined, 'final-data': undefined, 'data-end': 'awaiting', lost: 'over' },
  closing:  { sent: undefined,  pending: undefined,  'pending-data': undefined, final: undefined, 'final-data': undefined, 'data-end': 'over',     lost: 'over' },
  over:     { sent: undefined,  pending: undefined,  'pending-data': undefined, final: undefined, 'final-data': undefined, 'data-end': undefined,  lost: 'over' },
};

/** The next state, or undefined where the table has none: what the upstream said is then wrong. */
export function nextState(state: RequestState, event: RequestEvent): RequestState | undefined {
  const next = REQUEST_TABLE[state][event];
  assert(event !== 'sent' || next !== undefined, 'a request is sent once');
  return next;
}
