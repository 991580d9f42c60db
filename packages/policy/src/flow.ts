import type { FlowChoice, Peer, Route, Strictness, WhenUnfinished } from '@leadglass/model';

/** How what comes from one peer is judged: its own choices and those of the routes it takes, put together. */
export interface Flow {
  readonly strictness: Strictness;
  /** Undefined when nobody chose: then the kind of object decides (`unfinishedOf`). */
  readonly whenUnfinished: WhenUnfinished | undefined;
}

const LENIENT_FIRST: readonly Strictness[] = ['permissive', 'balanced', 'strict'];

/** What is in force where nobody chose anything. */
export const DEFAULT_FLOW: Flow = { strictness: 'balanced', whenUnfinished: undefined };

/** The flow of what comes from `peer`: of all who chose, the strictest decides; nobody's choice is `balanced`. */
export function flowOf(peer: Peer, routes: readonly Route[]): Flow {
  const choices: FlowChoice[] = [peer, ...routes.filter(({ from }) => from === '*' || from === peer.aeTitle)];
  const stated = choices.flatMap(({ strictness }) => (strictness === undefined ? [] : [strictness]));
  const strictness = LENIENT_FIRST.findLast((each) => stated.includes(each)) ?? DEFAULT_FLOW.strictness;
  const unfinished = choices.flatMap(({ whenUnfinished }) => (whenUnfinished === undefined ? [] : [whenUnfinished]));
  if (unfinished.length === 0) return { strictness, whenUnfinished: strictness === 'strict' ? 'hold' : undefined };
  return { strictness, whenUnfinished: unfinished.includes('hold') ? 'hold' : 'deliver' };
}

/** Encapsulated PDF, CDA, STL, OBJ and MTL storage (PS3.4 §B.5): the only objects that are opened by programs made for something else. */
const DOCUMENT_CLASSES = '1.2.840.10008.5.1.4.1.1.104.';

/**
 * What happens to an object of this class that could not be looked at to the end. An image goes on: what is left unlooked at is as a
 * rule its sheer size, and whoever waits for it waits at a bedside. A document is held: it is opened by a reader of documents, where
 * what hides acts at once, and no emergency turns on its first minutes.
 */
export function unfinishedOf(flow: Flow, sopClassUid: string): WhenUnfinished {
  return flow.whenUnfinished ?? (sopClassUid.startsWith(DOCUMENT_CLASSES) ? 'hold' : 'deliver');
}
