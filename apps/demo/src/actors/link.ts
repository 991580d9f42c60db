import { EXPLICIT_VR_LITTLE_ENDIAN, VERIFICATION } from '@leadglass/dicom';
import { systemClock } from '@leadglass/kit';
import { openAssociation, type ScuAssociation, type ScuTls } from '@leadglass/wire';

/** How a device calls the gateway. */
export interface Caller {
  readonly title: string;
  readonly called: string;
  /** Its own address; undefined where the machine has one alone. */
  readonly address: string | undefined;
  readonly port: number;
  readonly tls?: ScuTls;
}

const TIMEOUTS = { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 3_000 };

/** Opens an association for C-ECHO and C-STORE of `classes`. Rejects as `openAssociation` of wire does. */
export function call(caller: Caller, classes: readonly string[], signal: AbortSignal): Promise<ScuAssociation> {
  return openAssociation({
    ...{ host: '127.0.0.1', port: caller.port, called: caller.called, calling: caller.title },
    contexts: [VERIFICATION, ...classes].map((abstractSyntax) => ({
      abstractSyntax,
      transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN],
    })),
    maximumLength: 64 * 1024,
    ...(caller.address === undefined ? {} : { localAddress: caller.address }),
    ...(caller.tls === undefined ? {} : { tls: caller.tls }),
    ...{ timeouts: TIMEOUTS, clock: systemClock, signal },
  });
}

/** Ends an association as it should be, whatever state it is in. */
export async function hangUp(association: ScuAssociation): Promise<void> {
  try {
    if (association.isOpen) await association.release();
  } catch {
    // Cut meanwhile.
  }
}
