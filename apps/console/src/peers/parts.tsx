import type { CertificateAnswer } from '@leadglass/contract';
import { Badge, useNow } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { identityOf, type Peer, type Service } from './facts.ts';
import css from './peers.module.css';
import { PEERS, RIGHTS } from './words.ts';

/** Rights in words, with the name the standard and the command line have for each. */
export function Rights({ of }: { readonly of: readonly Service[] }) {
  const say = useSay();
  return (
    <ul className={css.rights}>
      {of.map((right) => (
        <li key={right} title={right}>
          {say(RIGHTS[right])}
        </li>
      ))}
    </ul>
  );
}

interface IdentityBadgeProps {
  readonly rule: Peer;
  readonly certificates: readonly CertificateAnswer[] | undefined;
}

/** How a peer proves who it is, and whether that will last. */
export function IdentityBadge({ rule, certificates }: IdentityBadgeProps) {
  const words = useWords(PEERS);
  const format = useFormat();
  const now = useNow();
  const { kind, tone, untilMs = 0 } = identityOf(rule, certificates, now);
  const says = {
    address: words.byAddress,
    pin: words.byPin,
    signed: words.bySignature,
    'no-certificate': words.noCertificate,
    expiring: words.expires(format.ago(untilMs, now)),
    expired: words.expired,
  }[kind];
  return <Badge tone={tone}>{says}</Badge>;
}
