import { systemClock } from '@leadglass/kit';
import { openAssociation, type ScuAssociation } from '@leadglass/wire';
import { type MadeObject, SHAPES } from './objects.ts';

const EXPLICIT_LE = '1.2.840.10008.1.2.1';

/** Objects whose sender was answered, with the status it saw. */
export interface Answered {
  readonly object: MadeObject;
  readonly status: number;
}

/** Opens an association to a gateway as the peer `calling`. */
export function callGateway(port: number, calling: string, called = 'LEADGLASS'): Promise<ScuAssociation> {
  return openAssociation({
    host: '127.0.0.1',
    port,
    called,
    calling,
    contexts: Object.values(SHAPES).map(({ sopClassUid }) => ({
      abstractSyntax: sopClassUid,
      transferSyntaxes: [EXPLICIT_LE],
    })),
    maximumLength: 64 * 1024,
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
}

/** Sends one object and tells the status its sender saw. */
export async function storeOne(association: ScuAssociation, object: MadeObject): Promise<number> {
  const { status } = await association.store({
    sopClassUid: object.sopClassUid,
    sopInstanceUid: object.sopInstanceUid,
    transferSyntax: object.transferSyntaxUid,
    dataSet: [object.dataSet],
    length: object.dataSet.length,
  });
  return status;
}

/**
 * Sends objects one after another over associations that may be cut at any moment. Everything answered is noted at once; what was
 * cut is not counted, as a modality does not count it.
 */
export async function sendWhatGets(
  port: number,
  calling: string,
  objects: readonly MadeObject[],
  answered: Answered[],
): Promise<void> {
  try {
    const association = await callGateway(port, calling);
    for (const object of objects) answered.push({ object, status: await storeOne(association, object) });
    await association.release();
  } catch {
    // Cut off: by the test's own hand.
  }
}
