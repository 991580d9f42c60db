import type {
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Destination,
  DrillSettings,
  Feed,
  FlowChoice,
  Hl7Destination,
  PeerIdentity,
  Quirk,
  Relay,
} from '@leadglass/model';
import { stringify } from 'yaml';
import { type Config, routeName } from './config.ts';
import { byCodeUnit } from './plan.ts';

/** `config` as a YAML file that parses back to the same items: sorted by name, fields in the reference's order, defaults written out. */
export function renderConfig(config: Config): string {
  const document = {
    peers: sorted(config.peers, (peer) => `${peer.aeTitle} ${peer.from}`).map(
      ({ aeTitle, from, certSha256, allow, whenHeld, privateSopClasses, ...chosen }) => ({
        aeTitle,
        from,
        ...(certSha256 === undefined ? {} : { certSha256 }),
        allow,
        whenHeld,
        privateSopClasses,
        ...(chosen.outside === undefined ? {} : { outside: chosen.outside }),
        ...identity(chosen),
        ...choice(chosen),
        ...(chosen.mode === undefined ? {} : { mode: chosen.mode }),
        ...(chosen.queryLimits === undefined ? {} : { queryLimits: chosen.queryLimits }),
      }),
    ),
    destinations: sorted(config.destinations, (destination) => destination.name).map(
      ({ name, host, port, called, calling, tls, certSha256, commitment, ...chosen }) => ({
        name,
        host,
        port,
        called,
        calling,
        tls,
        ...(certSha256 === undefined ? {} : { certSha256 }),
        commitment,
        ...outage(chosen),
      }),
    ),
    routes: sorted(config.routes, routeName).map(({ from, to, ...chosen }) => ({
      from,
      to,
      ...choice(chosen),
    })),
    // In their order, which decides.
    ...(config.relays === undefined || config.relays.length === 0 ? {} : { relays: relaysOf(config.relays) }),
    ...(config.clamav === undefined ? {} : { clamav: clamavOf(config.clamav) }),
    ...(config.feeds === undefined || config.feeds.length === 0 ? {} : { feeds: feedsOf(config.feeds) }),
    ...(config.hl7Destinations === undefined || config.hl7Destinations.length === 0
      ? {}
      : { hl7Destinations: hl7Of(config.hl7Destinations) }),
    ...(config.continuity === undefined ? {} : { continuity: continuityOf(config.continuity) }),
    ...(config.retention === undefined ? {} : { retention: retentionOf(config.retention) }),
    ...(config.quirks === undefined || config.quirks.length === 0 ? {} : { quirks: quirksOf(config.quirks) }),
  };
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function identity({ trustAnchors, certName, whenOtherDevice }: PeerIdentity): object {
  const chosen = { trustAnchors, certName, whenOtherDevice };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

function outage({ outside, downAfterSeconds, giveBackPerMinute }: Partial<Destination>): object {
  const chosen = { outside, downAfterSeconds, giveBackPerMinute };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

// What nobody chose is not written: it would then be a choice.
function choice({ strictness, whenUnfinished, release, destroy }: FlowChoice): object {
  const chosen = { strictness, whenUnfinished, release, destroy };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

function clamavOf({ address, maxStreamBytes, timeoutSeconds }: ClamavSettings): object {
  return { address, maxStreamBytes, timeoutSeconds };
}

function continuityOf({ days, budgetBytes, priorsPerPatient, autonomyDays, drill }: ContinuitySettings): object {
  return {
    days,
    budgetBytes,
    priorsPerPatient,
    autonomyDays,
    ...(drill === undefined ? {} : { drill: drillOf(drill) }),
  };
}

function drillOf({ on, at, imageSeconds, labSeconds, tell }: DrillSettings): object {
  return { on, at, imageSeconds, labSeconds, tell };
}

function retentionOf({ messageDays, chartDays }: ChartRetention): object {
  return { messageDays, chartDays };
}

function relaysOf(relays: readonly Relay[]): readonly object[] {
  return relays.map(({ from, services, to, calling }) => ({
    ...{ from, services, to },
    ...(calling === undefined ? {} : { calling }),
  }));
}

function feedsOf(feeds: readonly Feed[]): readonly object[] {
  const fields = [
    ...(['name', 'kind', 'from', 'certSha256', 'trustAnchors', 'certName'] as const),
    ...(['application', 'facility', 'charset', 'processing', 'mostPerSecond'] as const),
    ...(['silentAfterMinutes', 'quietHours'] as const),
  ];
  return sorted(feeds, (feed) => feed.name).map((feed) =>
    Object.fromEntries(fields.filter((field) => feed[field] !== undefined).map((field) => [field, feed[field]])),
  );
}

function hl7Of(destinations: readonly Hl7Destination[]): readonly object[] {
  const fields = [
    ...(['name', 'host', 'port', 'tls', 'certSha256', 'application', 'facility', 'receivingApplication'] as const),
    ...(['receivingFacility', 'version', 'charset', 'acknowledgement', 'processing', 'messages'] as const),
    ...(['patientAuthority', 'system', 'outside', 'giveBackPerMinute'] as const),
  ];
  return sorted(destinations, ({ name }) => name).map((each) =>
    Object.fromEntries(fields.filter((field) => each[field] !== undefined).map((field) => [field, each[field]])),
  );
}

function quirksOf(quirks: readonly Quirk[]): readonly object[] {
  const fields = ['name', 'peer', 'manufacturer', 'model', 'software', 'accept', 'path'] as const;
  return sorted(quirks, (quirk) => quirk.name).map((quirk) =>
    Object.fromEntries(fields.filter((field) => quirk[field] !== undefined).map((field) => [field, quirk[field]])),
  );
}

function sorted<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => byCodeUnit(nameOf(a), nameOf(b)));
}
