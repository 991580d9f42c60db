import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import { silentLogger, systemClock } from '@leadglass/kit';
import type { AeTitle, Finding, Peer } from '@leadglass/model';
import { DEFAULT_SCU_TIMEOUTS, openAssociation, type ScuAssociation } from '@leadglass/wire';
import { openHome } from './home.ts';
import { Keeper } from './keeper.ts';
import { parseHostPort } from './listeners.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const [SUCCESS, HELD] = [0x0000, 0x0124];
const PEER: Peer = {
  ...{ aeTitle: 'CT1' as AeTitle, from: '127.0.0.1/32', allow: ['store'] },
  ...{ whenHeld: 'tell', privateSopClasses: [], strictness: 'strict' },
};

interface Image {
  readonly instance: string;
  readonly patient: string;
  readonly issuer?: string;
  readonly description?: string;
  readonly pixel?: number;
}

function dataSet({ instance, patient, issuer, description = 'x', pixel = 0 }: Image): Uint8Array {
  const short = (tag: number, value: number) => ({ tag, vr: 'US', value: Buffer.from([value & 255, value >> 8]) });
  const word = (tag: number, vr: string, value: string) => ({ tag, vr, value });
  return encodeElements(
    [
      word(0x00080016, 'UI', CT),
      word(0x00080018, 'UI', instance),
      word(0x00081030, 'LO', description),
      word(0x00100020, 'LO', patient),
      ...(issuer === undefined ? [] : [word(0x00100021, 'LO', issuer)]),
      word(0x0020000d, 'UI', '1.2.3'),
      word(0x0020000e, 'UI', '1.2.3.4'),
      short(0x00280002, 1),
      word(0x00280004, 'CS', 'MONOCHROME2'),
      ...[0x00280010, 0x00280011].map((tag) => short(tag, 4)),
      ...(
        [
          [0x00280100, 8],
          [0x00280101, 8],
          [0x00280102, 7],
          [0x00280103, 0],
        ] as const
      ).map(([tag, value]) => short(tag, value)),
      { tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(16, pixel) },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
}

async function started(t: TestContext): Promise<{ keeper: Keeper; association: ScuAssociation }> {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-known-'));
  const home = await openHome(root, systemClock, () => {});
  const dimse = { host: '127.0.0.1', port: 0 };
  const keeper = await Keeper.open({
    home,
    clock: systemClock,
    log: silentLogger,
    version: '0',
    dimse,
    dimseTls: undefined,
  });
  t.after(async () => {
    await keeper.stop('test');
    rmSync(root, { recursive: true, force: true });
  });
  await keeper.start();
  await keeper.records.replaceConfig({ peers: [PEER], destinations: [], routes: [] }, []);
  await keeper.reloadRules();
  const { host, port } = parseHostPort(keeper.listeners[0]?.address ?? '') ?? assert.fail('it listens');
  const contexts = [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN] }];
  const request = { host, port, called: 'LEADGLASS', calling: 'CT1', contexts, maximumLength: 16_384 };
  const association = await openAssociation({ ...request, timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock });
  return { keeper, association };
}

test('[GATE-20] through the network: another patient and other pixels are held, what teaches nothing wrong is not', async (t) => {
  const { keeper, association } = await started(t);
  const store = async (image: Image): Promise<number> => {
    const about = { sopClassUid: CT, sopInstanceUid: image.instance, transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
    return (await association.store({ ...about, dataSet: [dataSet(image)] })).status;
  };
  assert.equal(await store({ instance: '1.2.3.1', patient: 'P1', issuer: 'SITE' }), SUCCESS);
  assert.equal(await store({ instance: '1.2.3.2', patient: 'P1' }), SUCCESS);
  assert.equal(await store({ instance: '1.2.3.3', patient: 'P2' }), HELD);
  assert.equal(await store({ instance: '1.2.3.1', patient: 'P1', description: 'corrected' }), SUCCESS);
  assert.equal(await store({ instance: '1.2.3.1', patient: 'P1', pixel: 7 }), HELD);
  await association.release();
  const holds = await keeper.records.holds('held', 10);
  const codes = holds.flatMap(({ findings }) => (JSON.parse(findings) as Finding[]).map(({ code }) => code));
  assert.deepEqual(codes.toSorted(), ['known.other-patient', 'known.other-pixels']);
});
