import { type Document, isMap, isNode, isPair, type LineCounter } from 'yaml';
import { queryLimitsInput } from './binding-input.ts';
import { defined } from './checks.ts';
import { clamavInput } from './clamav-input.ts';
import type { Config } from './config.ts';
import { continuityInput } from './continuity-input.ts';
import { crossChecks } from './cross.ts';
import { drillInput } from './drill-input.ts';
import { feedInput, toFeed } from './feed-input.ts';
import { hl7DestinationInput, toHl7Destination } from './hl7-destination-input.ts';
import { configInput, destinationInput, peerInput, routeInput, toDestination, toPeer, toRoute } from './input.ts';
import { type Complaint, complaintsOf, type Path } from './issues.ts';
import type { Problem } from './problem.ts';
import { quirkInput, toQuirk } from './quirk-input.ts';
import { relayInput, toRelay } from './relay-input.ts';
import { retentionInput } from './retention-input.ts';
import { readYaml } from './yaml.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Most problems told at once. */
const MOST_PROBLEMS = 200;

const KEYS: Readonly<Record<string, readonly string[]>> = {
  peers: Object.keys(peerInput.shape),
  destinations: Object.keys(destinationInput.shape),
  routes: Object.keys(routeInput.shape),
  relays: Object.keys(relayInput.shape),
  quirks: Object.keys(quirkInput.shape),
  clamav: Object.keys(clamavInput.shape),
  feeds: Object.keys(feedInput.shape),
  hl7Destinations: Object.keys(hl7DestinationInput.shape),
  continuity: Object.keys(continuityInput.shape),
  retention: Object.keys(retentionInput.shape),
};

/**
 * Parses a configuration file, strictly, and tells all that is wrong with it at once, in the order of its lines.
 * @param yamlText at most 1 MiB of YAML 1.2: the lists `peers`, `destinations`, `routes`, `relays`, `quirks`, `feeds`, `hl7Destinations`, and `clamav`,
 * `continuity` and `retention`.
 */
export function parseConfig(yamlText: string): ParsedConfig {
  const read = readYaml(yamlText);
  if (!read.ok) return read;
  const parsed = configInput.safeParse(read.value);
  const complaints = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => complaintsOf(issue, valueAt(read.value, issue.path), knownKeys)),
    ...crossChecks(read.value),
  ];
  if (parsed.success && complaints.length === 0) return { ok: true, config: configOf(parsed.data) };
  // Finding a place walks the document: only as many are placed as are told.
  const problems = complaints
    .slice(0, MOST_PROBLEMS)
    .map((complaint) => problemOf(complaint, read.document, read.lines));
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function configOf(data: ReturnType<typeof configInput.parse>): Config {
  return {
    peers: data.peers.map(toPeer),
    destinations: data.destinations.map(toDestination),
    routes: data.routes.map(toRoute),
    relays: data.relays.map(toRelay),
    quirks: data.quirks.map(toQuirk),
    ...(data.clamav === undefined ? {} : { clamav: data.clamav }),
    ...(data.feeds.length === 0 ? {} : { feeds: data.feeds.map(toFeed) }),
    ...(data.hl7Destinations.length === 0 ? {} : { hl7Destinations: data.hl7Destinations.map(toHl7Destination) }),
    ...(data.continuity === undefined ? {} : { continuity: defined(data.continuity) }),
    ...(data.retention === undefined ? {} : { retention: data.retention }),
  };
}

function knownKeys(path: Path): readonly string[] {
  if (path.join('.') === 'continuity.drill') return Object.keys(drillInput.shape);
  if (path.at(-1) === 'queryLimits') return Object.keys(queryLimitsInput.shape);
  return path.length === 0 ? Object.keys(KEYS) : (KEYS[String(path[0])] ?? []);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

function problemOf(complaint: Complaint, document: Document, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(offsetOf(complaint, document));
  return { path: pathText(complaint.path), line: Math.max(1, line), column: Math.max(1, col), text: complaint.text };
}

/** Where the thing stands; a missing one where its parent begins. */
function offsetOf({ path, isKey }: Complaint, document: Document): number {
  if (isKey) {
    const parent = document.getIn(path.slice(0, -1), true) ?? document.contents;
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)))
      : undefined;
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range?.[0] ?? 0;
}

function pathText(path: Path): string {
  let shown = '';
  for (const step of path) {
    if (typeof step === 'number') shown += `[${step}]`;
    else shown += shown === '' ? step.slice(0, 64) : `.${step.slice(0, 64)}`;
  }
  return shown;
}
