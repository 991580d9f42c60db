import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Peer, QueryLimits, Service } from '@leadglass/model';
import { parseHours, shellWord } from '@leadglass/policy';
import type { ConfigControl } from '../control-config.ts';
import { controlFault } from '../control-faults.ts';

type Done = AnswerInputOf<'policy.allow'>;

/** Gives every range of a title rights, or takes them from it. Throws Faults `control.not-found`, `control.conflict`. */
export async function changeRights(config: ConfigControl, asked: ParsedRequestOf<'policy.allow'>): Promise<Done> {
  const { aeTitle, services, privateSopClasses, revoke } = asked;
  if (services.length + privateSopClasses.length === 0) throw controlFault('control.bad-request');
  const what = [...services, ...privateSopClasses].join(', ');
  const said = revoke
    ? text(`${aeTitle} n’a plus le droit : ${what}`, `${aeTitle} no longer has the right to: ${what}`)
    : text(`${aeTitle} reçoit le droit : ${what}`, `${aeTitle} is given the right to: ${what}`);
  const isChanged = await changePeers(config, aeTitle, said, (peer) => withRights(peer, asked));
  const words = [...services, ...privateSopClasses.map((uid) => `--private-sop-class ${shellWord(uid)}`)].join(' ');
  const undo = `./leadglass policy ${revoke ? 'allow' : 'revoke'} ${shellWord(aeTitle)} ${words}`;
  return isChanged ? { changes: [said], undo: [undo] } : { changes: [], undo: [] };
}

/** The peer with these rights more, or less. */
export function withRights(
  peer: Peer,
  change: {
    readonly services: readonly Service[];
    readonly privateSopClasses: readonly string[];
    readonly revoke: boolean;
  },
): Peer {
  const { services, privateSopClasses, revoke } = change;
  const allow = revoke ? without(peer.allow, services) : [...new Set([...peer.allow, ...services])];
  const classes = revoke
    ? without(peer.privateSopClasses, privateSopClasses)
    : [...new Set([...peer.privateSopClasses, ...privateSopClasses])];
  if (allow.length === 0) throw controlFault('control.conflict', NO_RIGHT_LEFT);
  return { ...peer, allow, privateSopClasses: classes };
}

function without<T>(list: readonly T[], gone: readonly T[]): readonly T[] {
  return list.filter((each) => !gone.includes(each));
}

const NO_RIGHT_LEFT = text(
  'Il ne lui resterait aucun droit : retirez-le plutôt (peer remove).',
  'No right would be left: remove the peer instead (peer remove).',
);

/** Sets how far the requests of a title reach. Throws Faults `control.not-found`, `control.bad-request`. */
export async function changeLimits(config: ConfigControl, asked: ParsedRequestOf<'policy.limit'>): Promise<Done> {
  const { aeTitle, limits, addMoveTo, clear } = asked;
  if (limits.hours !== undefined && parseHours(limits.hours) === undefined)
    throw controlFault('control.bad-request', BAD_HOURS);
  const before = new Set<string>();
  const said = text(`limites de ${aeTitle} modifiées`, `limits of ${aeTitle} changed`);
  const isChanged = await changePeers(config, aeTitle, said, (peer) => {
    before.add(JSON.stringify(peer.queryLimits ?? {}));
    const next = limitsAfter(peer.queryLimits, limits, addMoveTo, clear);
    const { queryLimits: _, ...rest } = peer;
    return Object.keys(next).length === 0 ? rest : { ...rest, queryLimits: next };
  });
  if (!isChanged) return { changes: [], undo: [] };
  return { changes: [said], undo: before.size === 1 ? [undoOf(aeTitle, [...before][0] ?? '{}')] : [] };
}

const BAD_HOURS = text('Des heures s’écrivent 07:00-19:30.', 'Hours are written 07:00-19:30.');

function limitsAfter(
  old: QueryLimits | undefined,
  limits: ParsedRequestOf<'policy.limit'>['limits'],
  addMoveTo: readonly NonNullable<QueryLimits['moveTo']>[number][],
  clear: boolean,
): QueryLimits {
  const base: QueryLimits = clear ? {} : (old ?? {});
  const moveTo = [...new Set([...(limits.moveTo ?? base.moveTo ?? []), ...addMoveTo])];
  return { ...base, ...limits, ...(moveTo.length === 0 ? {} : { moveTo }) };
}

const OPTIONS: Readonly<Record<keyof QueryLimits, string>> = {
  mostResults: 'most-results',
  mostDays: 'most-days',
  perMinute: 'per-minute',
  hours: 'hours',
  nameWildcards: 'names',
  sweeps: 'sweeps',
  modalities: 'modality',
  ownStation: 'own-station',
  moveTo: 'move-to',
};

function undoOf(aeTitle: string, json: string): string {
  const before = JSON.parse(json) as QueryLimits;
  const words = Object.entries(before).flatMap(([field, value]) => {
    const option = `--${OPTIONS[field as keyof QueryLimits]}`;
    if (Array.isArray(value)) return value.map((each) => `${option} ${shellWord(String(each))}`);
    return [`${option} ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`];
  });
  return ['./leadglass policy limit', shellWord(aeTitle), '--clear', ...words].join(' ');
}

/** Changes every range of a title; whether anything did change. Throws Fault `control.not-found`. */
export async function changePeers(
  config: ConfigControl,
  aeTitle: string,
  said: Text,
  change: (peer: Peer) => Peer,
): Promise<boolean> {
  let isChanged = false;
  await config.changeBy((current) => {
    if (!current.peers.some((peer) => peer.aeTitle === aeTitle))
      throw controlFault('control.not-found', noPeer(aeTitle));
    const peers = current.peers.map((peer) => (peer.aeTitle === aeTitle ? change(peer) : peer));
    isChanged = JSON.stringify(peers) !== JSON.stringify(current.peers);
    return { config: { ...current, peers }, changes: isChanged ? [said] : [] };
  });
  return isChanged;
}

/** There is none of that title. */
export function noPeer(aeTitle: string): Text {
  return text(`Aucun correspondant ne s’appelle « ${aeTitle} ».`, `No peer is called "${aeTitle}".`);
}
