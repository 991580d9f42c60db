import { STUDY_ROOT_FIND, STUDY_ROOT_GET } from '@leadglass/dicom';
import type { Clock } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import type { KeyFact, Level, OperationFacts, OperationRules } from '@leadglass/policy';
import { shellWord } from '@leadglass/policy';
import { keyFactsOf } from '../key-facts.ts';
import type { Learning, OperationVerdict, SeenConnection } from '../learning/learning.ts';
import type { WebProblem } from './problems.ts';
import type { WebAsk } from './web-messages.ts';

export interface PermitTools {
  readonly clock: Clock;
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  rules(): OperationRules & { readonly peers: readonly Peer[] };
  /** Whether the peer passes beyond its limits now. */
  isObserved(peer: Peer): boolean;
}

/** What a web client may be answered, or why it may not, and the command that would change that. */
export type WebPermit =
  | { readonly allowed: true; readonly verdict: Extract<OperationVerdict, { allowed: true }> }
  | { readonly allowed: false; readonly problem: WebProblem; readonly hint: string };

/** Of one search of a person. */
const MOST_OF_A_PERSON = 1_000;

/** For people who read through the console: the rules of operations are those of machines; a person's role was judged, and each study opened by name. */
export const PERSON_PERMIT: Extract<WebPermit, { allowed: true }> = {
  allowed: true,
  verdict: { allowed: true, mostResults: MOST_OF_A_PERSON },
};

/** Asks the policy of operations about web requests: a search is held to the limits of a C-FIND, a retrieval to those of a C-GET. */
export class WebPermits {
  readonly #tools: PermitTools;

  constructor(tools: PermitTools) {
    this.#tools = tools;
  }

  /** Decides on what a client that has the right asks for. */
  asked(peer: Peer, remoteAddress: string, what: Extract<WebAsk['what'], { kind: 'objects' | 'search' }>): WebPermit {
    const { learning, clock, rules } = this.#tools;
    const facts = { ...factsOf(what), atMs: clock.now() };
    const verdict = learning.operationAsked(this.#seen(peer, remoteAddress), facts, rules());
    if (verdict.allowed) return { allowed: true, verdict };
    const { code = 'limits', why: words, hint } = verdict;
    // RFC 6585 §4 for what passes by itself; everything else does not.
    const problem = { status: code === 'rate' ? 429 : 403, code: `web.${code}`, text: words };
    return { allowed: false, problem, hint: this.#hintFor(peer, remoteAddress, hint) };
  }

  // The web keeps no association: each request is one of its own.
  #seen(peer: Peer, remoteAddress: string): SeenConnection {
    return {
      ...{ associationId: '', calling: peer.aeTitle, called: '', remoteAddress, listener: 'web' },
      ...{ certificate: undefined, bound: peer, isObserved: this.#tools.isObserved(peer), instead: undefined },
    };
  }

  // The limits of a token's bearer are those of the peer of its name, which may have to be added first.
  #hintFor({ aeTitle, allow }: Peer, remoteAddress: string, hint: string): string {
    if (hint === '' || this.#tools.rules().peers.some((peer) => peer.aeTitle === aeTitle)) return hint;
    const from = remoteAddress.includes(':') ? '::/0' : '0.0.0.0/0';
    return `./leadglass peer add ${shellWord(aeTitle)} --from ${from} --allow ${allow.join(',')} && ${hint}`;
  }
}

function factsOf(what: Extract<WebAsk['what'], { kind: 'objects' | 'search' }>): Omit<OperationFacts, 'atMs'> {
  if (what.kind === 'search') {
    const { query } = what.search;
    const { level } = query;
    return { service: 'find', right: 'qido', sopClassUid: STUDY_ROOT_FIND, level, keys: keyFactsOf(query) };
  }
  const { study, series, instance } = what.ids;
  const keys = [single(0x0020000d, study), single(0x0020000e, series), single(0x00080018, instance)].flat();
  const level: Level = instance !== undefined ? 'IMAGE' : series !== undefined ? 'SERIES' : 'STUDY';
  return { service: 'get', right: 'wado', sopClassUid: STUDY_ROOT_GET, level, keys };
}

function single(tag: number, uid: string | undefined): KeyFact[] {
  return uid === undefined ? [] : [{ tag, form: 'single' }];
}
