import { z } from 'zod';
import type { Operation } from './control.ts';
import { ROLES, type Role, RoleSchema } from './roles.ts';

export { ROLES, type Role, RoleSchema } from './roles.ts';

const [ADMIN, OFFICER, RADIOLOGIST, TECHNOLOGIST, EMERGENCY, AUDITOR] = ROLES;
const ALL = ROLES;
const NOBODY: readonly Role[] = [];
const RUNS = [ADMIN] as const;
const SEES = [ADMIN, OFFICER, TECHNOLOGIST, AUDITOR] as const;
const LOOKS_INTO = [ADMIN, OFFICER] as const;
const WATCHES = [ADMIN, OFFICER, AUDITOR] as const;
const READS_CHARTS = [RADIOLOGIST, TECHNOLOGIST, EMERGENCY] as const;
/** Whoever cares for patients with it, or answers for it: a person who sees that the PACS is gone says so at once. */
const DECLARES = [ADMIN, OFFICER, RADIOLOGIST, TECHNOLOGIST, EMERGENCY] as const;
/** Whoever may have to receive a patient on the worst night. */
const REGISTERS = [ADMIN, TECHNOLOGIST, EMERGENCY, RADIOLOGIST] as const;
const RECONCILES = [ADMIN, TECHNOLOGIST] as const;
const READS_IMAGES = [ADMIN, RADIOLOGIST, TECHNOLOGIST, EMERGENCY] as const;

/**
 * Who may do which operation through the console: what is not named may nobody. On the control socket the owner of the home may do all of it.
 * Media imports and whole exports stay with the command line.
 */
export const ACCESS = {
  status: ALL,
  flows: SEES,
  'flows.follow': SEES,
  needs: SEES,
  pillars: ALL,
  'stranger.list': SEES,
  journey: [...SEES, RADIOLOGIST],
  'journey.search': READS_IMAGES,
  'config.meanings': WATCHES,
  'config.history': WATCHES,
  'config.undo': RUNS,
  /** Whoever may have a proof may have what it is checked with: it names nobody. */
  'ledger.checkpoint': [...WATCHES, TECHNOLOGIST, RADIOLOGIST],
  'ledger.tile': WATCHES,

  'peer.list': SEES,
  'peer.add': RUNS,
  'peer.remove': RUNS,
  'destination.list': SEES,
  'destination.add': RUNS,
  'destination.remove': RUNS,
  'destination.test': RUNS,
  'route.list': SEES,
  'route.add': RUNS,
  'route.remove': RUNS,
  'relay.list': SEES,
  'relay.add': RUNS,
  'relay.remove': RUNS,

  log: SEES,
  'log.follow': SEES,
  'import.begin': NOBODY,
  'import.end': NOBODY,

  'hold.list': SEES,
  'hold.show': SEES,
  'hold.attributes': LOOKS_INTO,
  'hold.hex': LOOKS_INTO,
  'hold.preview': LOOKS_INTO,
  'hold.compare': LOOKS_INTO,
  'hold.challenge': LOOKS_INTO,
  'hold.release': LOOKS_INTO,
  'hold.destroy': LOOKS_INTO,
  'hold.approve': LOOKS_INTO,
  'hold.withdraw': LOOKS_INTO,
  'operator.list': WATCHES,
  'operator.add': NOBODY,
  'operator.remove': NOBODY,

  'web.token.list': WATCHES,
  'web.token.add': RUNS,
  'web.token.remove': RUNS,

  'ledger.show': WATCHES,
  'ledger.prove': [...WATCHES, TECHNOLOGIST, RADIOLOGIST],

  'vault.find': SEES,
  'vault.open': NOBODY,
  'vault.export': NOBODY,
  'vault.check': LOOKS_INTO,
  'deliveries.list': SEES,
  'deliveries.retry': [ADMIN, TECHNOLOGIST],

  'policy.show': WATCHES,
  'policy.observe': RUNS,
  'policy.enforce': RUNS,
  'policy.propose': LOOKS_INTO,
  'policy.simulate': LOOKS_INTO,
  'policy.allow': RUNS,
  'policy.limit': RUNS,
  'policy.readmit': RUNS,

  'rules.list': WATCHES,
  'rules.reload': RUNS,
  'index.status': WATCHES,
  'index.rebuild': RUNS,
  'continuity.gauge': ALL,
  'continuity.index': RUNS,
  'continuity.node.list': WATCHES,
  'continuity.node.add': RUNS,
  'continuity.node.remove': RUNS,
  'continuity.export': NOBODY,
  'continuity.object': NOBODY,
  'continuity.picture': NOBODY,
  'continuity.text': NOBODY,
  'continuity.take': NOBODY,
  'continuity.missing': NOBODY,
  'continuity.retain': NOBODY,
  'continuity.parts.begin': NOBODY,
  'continuity.parts.missing': NOBODY,
  'continuity.parts.take': NOBODY,
  'continuity.parts.document': NOBODY,
  'continuity.parts.done': NOBODY,
  'continuity.parts.end': NOBODY,
  'continuity.standing': ALL,
  'continuity.document': NOBODY,

  'config.show': WATCHES,
  'config.plan': LOOKS_INTO,
  'config.apply': RUNS,

  'cert.list': WATCHES,
  'cert.issue': NOBODY,
  'cert.show': WATCHES,
  'cert.revoke': RUNS,
  'cert.crl': WATCHES,
  'trust.list': WATCHES,
  'trust.add': RUNS,
  'trust.remove': RUNS,
  'trust.crl': RUNS,
  'tls.show': WATCHES,
  'tls.set': RUNS,
  'tls.renew': RUNS,
  'tls.rollback': RUNS,
  'device.list': SEES,

  /** Charts name patients: they are for care, and for nobody who only runs or watches the gateway. */
  'chart.search': READS_CHARTS,
  'chart.patient': READS_CHARTS,
  'chart.document': READS_CHARTS,
  'chart.merge': [RADIOLOGIST, TECHNOLOGIST],
  'chart.unmerge': [RADIOLOGIST, TECHNOLOGIST],
  'feed.list': ALL,
  'feed.add': RUNS,
  'feed.remove': RUNS,
  'feed.messages': [ADMIN, TECHNOLOGIST],
  'feed.message': [ADMIN, TECHNOLOGIST],
  'feed.retry': [ADMIN, TECHNOLOGIST],
  'feed.dismiss': [ADMIN, TECHNOLOGIST],

  'glass.list': WATCHES,
  'glass.review': [OFFICER],
  'continuity.state': ALL,
  'outage.list': ALL,
  'outage.declare': DECLARES,
  'outage.end': DECLARES,
  'isolation.show': SEES,
  'isolation.on': LOOKS_INTO,
  'isolation.off': LOOKS_INTO,
  'drill.run': LOOKS_INTO,
  'drill.list': ALL,
  'drill.show': ALL,
  'drill.schedule': RUNS,
  'registration.add': REGISTERS,
  'registration.list': REGISTERS,
  'registration.show': REGISTERS,
  'registration.correct': REGISTERS,
  'registration.cancel': REGISTERS,
  'reconcile.list': SEES,
  /** Names of patients: whoever answers for their images. */
  'reconcile.show': RECONCILES,
  'reconcile.accept': RECONCILES,
  'reconcile.undo': RECONCILES,
  'reconcile.release': RECONCILES,
  /** Pseudonyms alone. */
  'reconcile.report': SEES,
  'reconcile.set': RUNS,
  'hl7.list': [...SEES, RADIOLOGIST, EMERGENCY],
  'hl7.add': RUNS,
  'hl7.remove': RUNS,
  'hl7.test': RUNS,
  'hl7.messages': SEES,
  /** What a receiver answered may name a patient. */
  'hl7.message': RECONCILES,
  'hl7.tell': RUNS,
  'hl7.retry': RECONCILES,
  'hl7.skip': RECONCILES,
  'worklist.list': READS_CHARTS,
  'worklist.status': [...SEES, RADIOLOGIST, EMERGENCY],
  'worklist.refresh': [ADMIN, TECHNOLOGIST],
  'worklist.set': RUNS,
  /** In the console people are the entries of `CONSOLE`, whose own process answers. */
  'person.list': NOBODY,
  'person.invite': NOBODY,
  'person.change': NOBODY,
  'person.remove': NOBODY,
  'person.sessions': NOBODY,
  'person.end-sessions': NOBODY,
  'person.emergency-codes': NOBODY,
  'site.name': NOBODY,
  'site.recovery-kept': NOBODY,

  'person.told': NOBODY,
} as const satisfies Record<Operation, readonly Role[]>;

export function mayDo(role: Role, operation: Operation): boolean {
  return (ACCESS[operation] as readonly Role[]).includes(role);
}

/** Whether opening a study asks why: it is care for the others, and has to be said by whoever does not give it, or comes by the emergency door. */
export function needsReason(role: Role): boolean {
  return role === ADMIN || role === EMERGENCY;
}

/** For whom the ledger is told that something was done: the console names it with each request on the control socket. */
export const ActorSchema = z.strictObject({
  /** Account name, never a patient's: letters, digits, `. _ - @`. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/),
  role: RoleSchema,
});
export type Actor = z.output<typeof ActorSchema>;
/** The header of a request on the control socket that bears it, as JSON. Absent: the owner of the home. */
export const ACTOR_HEADER = 'x-leadglass-actor';
