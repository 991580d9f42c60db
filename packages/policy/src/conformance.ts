import type { StatementTable } from '@leadglass/kit';
import { DEFAULT_ASSOCIATION_LIMITS, REJECTIONS } from './admit.ts';
import { SERVICE_CLASSES } from './service-class.ts';

/** When each is given. */
const WHEN: Readonly<Record<keyof typeof REJECTIONS, string>> = {
  calledNotRecognised: 'the called title is not ours',
  callingNotRecognised: 'the calling title is unknown, or not from this address, or not with this certificate',
  congestion: `${DEFAULT_ASSOCIATION_LIMITS.total} associations are open, or nothing new is taken`,
  localLimit: `${DEFAULT_ASSOCIATION_LIMITS.perPeer} associations of this title are open`,
};

/** Who is let in, and what may be asked beyond storage. */
export const CONFORMANCE: readonly StatementTable[] = [
  {
    name: 'policy.rejections',
    head: ['A-ASSOCIATE-RJ (result/source/reason)', 'when'],
    rows: Object.entries(REJECTIONS).map(([name, { result, source, reason }]) => [
      `${result}/${source}/${reason}`,
      WHEN[name as keyof typeof REJECTIONS],
    ]),
  },
  {
    name: 'policy.services',
    head: ['Service class', 'UID', 'right', 'its SCU may ask', 'its SCP reports'],
    rows: SERVICE_CLASSES.map(({ name, uid, service, asks, reports }) => [
      name,
      uid,
      `\`${service}\``,
      asks.join(', '),
      reports ? 'N-EVENT-REPORT' : '',
    ]),
  },
];
