import { stringify } from 'yaml';
import { type Config, routeName } from './config.ts';
import { byCodeUnit } from './plan.ts';

/** `config` as a YAML file that parses back to the same items: sorted by name, fields in the reference's order, defaults written out. */
export function renderConfig(config: Config): string {
  const document = {
    peers: sorted(config.peers, (peer) => peer.aeTitle).map(
      ({ aeTitle, from, certSha256, allow, whenHeld, privateSopClasses }) => ({
        aeTitle,
        from,
        ...(certSha256 === undefined ? {} : { certSha256 }),
        allow,
        whenHeld,
        privateSopClasses,
      }),
    ),
    destinations: sorted(config.destinations, (destination) => destination.name).map(
      ({ name, host, port, called, calling, tls, certSha256, commitment }) => ({
        name,
        host,
        port,
        called,
        calling,
        tls,
        ...(certSha256 === undefined ? {} : { certSha256 }),
        commitment,
      }),
    ),
    routes: sorted(config.routes, routeName).map(({ from, to }) => ({ from, to })),
  };
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function sorted<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => byCodeUnit(nameOf(a), nameOf(b)));
}
