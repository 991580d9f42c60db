import type {
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Destination,
  Feed,
  Hl7Destination,
  Peer,
  Quirk,
  Relay,
  Route,
} from '@leadglass/model';

/** Who may speak to us, where objects go, and which go where: all of it that is declared. */
export interface Config {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  /** What is asked of an upstream; the first that fits decides. Absent where there is none. */
  readonly relays?: readonly Relay[];
  /** What the site accepts of its devices; absent where there is none. */
  readonly quirks?: readonly Quirk[];
  /** The site's ClamAV; absent where it is not asked. */
  readonly clamav?: ClamavSettings;
  /** Laboratories and information systems that may send; absent where there is none. */
  readonly feeds?: readonly Feed[];
  /** Information systems that are told by HL7 of what was registered here; absent where there is none. */
  readonly hl7Destinations?: readonly Hl7Destination[];
  /** What is kept ready for a bad day; absent: the defaults. */
  readonly continuity?: ContinuitySettings;
  /** How long messages and charts are kept; absent: the defaults. */
  readonly retention?: ChartRetention;
}

export const EMPTY_CONFIG: Config = { peers: [], destinations: [], routes: [] };

/** Names a route in messages and plans. */
export function routeName(route: { readonly from: string; readonly to: string }): string {
  return `${route.from} → ${route.to}`;
}
