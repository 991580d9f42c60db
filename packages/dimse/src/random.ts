import { SeededRandom } from '@leadglass/kit';
import type {
  AssociateAc,
  AssociateRj,
  AssociateRq,
  Command,
  NegotiatedContext,
  ProposedContext,
  RoleSelection,
  UserInformation,
} from './api.ts';
import { COMMAND_SHAPES, ELEMENT_ROWS, EMPTY_COMMAND } from './command.ts';
import type { ControlPdu } from './pdu.ts';

/** Randomness that knows the texts of PDUs and commands. */
export class DimseRandom extends SeededRandom {
  /** A UID of 1 to 64 characters. */
  uid(): string {
    const components = this.list(0, 7, () => String(this.below(9_999_999)));
    return ['1', '2', ...components].join('.').slice(0, 64).replace(/\.$/, '');
  }

  /** Printable text without outer spaces, 0 to `most` characters. */
  text(most: number): string {
    return String.fromCharCode(...this.list(0, most, () => 0x20 + this.below(0x5f))).trim();
  }
}

/** Any A-ASSOCIATE-RQ, -AC, -RJ, A-RELEASE-RQ, -RP or A-ABORT that our encoder takes. */
export function randomPdu(random: DimseRandom): ControlPdu {
  switch (random.below(6)) {
    case 0:
      return { type: 'A-ASSOCIATE-RQ', value: randomAssociateRq(random) };
    case 1:
      return { type: 'A-ASSOCIATE-AC', value: randomAssociateAc(random) };
    case 2:
      return { type: 'A-ASSOCIATE-RJ', value: randomAssociateRj(random) };
    case 3:
      return { type: 'A-RELEASE-RQ' };
    case 4:
      return { type: 'A-RELEASE-RP' };
    default:
      return { type: 'A-ABORT', value: { source: random.below(256), reason: random.below(256) } };
  }
}

function randomAssociateRj(random: DimseRandom): AssociateRj {
  return { result: random.pick([1, 2] as const), source: random.pick([1, 2, 3] as const), reason: random.below(256) };
}

function randomContexts<C>(random: DimseRandom, make: (id: number) => C): C[] {
  const ids = Array.from({ length: 128 }, (_, index) => 2 * index + 1).filter(() => random.chance(8));
  return ids.map(make);
}

/** Any A-ASSOCIATE-RQ. */
export function randomAssociateRq(random: DimseRandom): AssociateRq {
  const proposed = (id: number): ProposedContext => ({
    id,
    abstractSyntax: random.uid(),
    transferSyntaxes: random.list(0, 5, () => random.uid()),
  });
  return { ...randomAssociate(random), contexts: randomContexts(random, proposed) };
}

function randomAssociateAc(random: DimseRandom): AssociateAc {
  const negotiated = (id: number): NegotiatedContext => ({
    id,
    result: random.pick([0, 1, 2, 3, 4] as const),
    transferSyntax: random.uid(),
  });
  return { ...randomAssociate(random), contexts: randomContexts(random, negotiated) };
}

function randomAssociate(random: DimseRandom): Omit<AssociateRq, 'contexts'> {
  return {
    protocolVersion: random.below(0x10000),
    called: random.text(16),
    calling: random.text(16),
    applicationContext: random.uid(),
    user: randomUserInformation(random),
  };
}

function randomRole(random: DimseRandom): RoleSelection {
  return { sopClassUid: random.uid(), scu: random.chance(2), scp: random.chance(2) };
}

function randomUserInformation(random: DimseRandom): UserInformation {
  const asynchronousOperations = { invoked: random.below(0x10000), performed: random.below(0x10000) };
  const userIdentity = {
    type: random.below(256),
    positiveResponseRequested: random.chance(2),
    primary: random.bytes(300),
    secondary: random.bytes(40),
  };
  return {
    maximumLength: random.pick([0, 8, 16_384, 131_072, 0xffff_ffff]),
    implementationClassUid: random.uid(),
    implementationVersionName: random.text(16),
    ...(random.chance(2) ? { asynchronousOperations } : {}),
    roleSelections: random.list(0, 4, () => randomRole(random)),
    extendedNegotiations: random.list(0, 3, () => ({ sopClassUid: random.uid(), information: random.bytes(20) })),
    commonExtendedNegotiations: random.list(0, 3, () => ({
      sopClassUid: random.uid(),
      serviceClassUid: random.uid(),
      relatedSopClassUids: random.list(0, 4, () => random.uid()),
    })),
    ...(random.chance(2) ? { userIdentity } : {}),
    ...(random.chance(2) ? { userIdentityResponse: random.bytes(100) } : {}),
  };
}

type Draft = { -readonly [K in keyof Command]: Command[K] };

/** Any command of a known kind with what it must have, and some of what it may. Its encoding decodes to the same. */
export function randomCommand(random: DimseRandom): Command {
  const [commandField, shape] = random.pick([...COMMAND_SHAPES]);
  const draft: Draft = { ...EMPTY_COMMAND };
  for (const row of ELEMENT_ROWS) {
    if (!shape.mandatory.includes(row.element) && !random.chance(3)) continue;
    if (row.vr === 'US') {
      if (row.key !== 'commandDataSetType') draft[row.key] = random.below(0x10000);
    } else if (row.vr === 'AT') {
      draft[row.key] = random.list(0, 5, () => random.below(2 ** 32));
    } else {
      draft[row.key] = row.vr === 'UI' ? random.uid() : `A${random.text(row.mostBytes - 1)}`;
    }
  }
  return { ...draft, commandField, hasDataSet: shape.dataSet === 'always' || random.chance(2) };
}

/** A copy of `bytes` with one to eight things wrong: bytes changed, cut, repeated, a length blown up. */
export function mutate(random: DimseRandom, bytes: Uint8Array): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let left = 1 + random.below(8); left > 0 && mutated.byteLength > 0; left -= 1)
    mutated = mutateOnce(random, mutated);
  return mutated;
}

function mutateOnce(random: DimseRandom, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.byteLength);
  const changed = Uint8Array.from(bytes);
  switch (random.below(5)) {
    case 0:
      changed[at] = random.below(256);
      return changed;
    case 1:
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      return changed;
    case 2:
      return changed.slice(0, at);
    case 3:
      changed.fill(random.pick([0x00, 0xff]), at, at + 1 + random.below(4));
      return changed;
    default:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(random.below(at + 1))]);
  }
}
