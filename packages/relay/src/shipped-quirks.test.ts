import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FactsCollector, FIRST_INSPECTORS, FileInspection } from '@leadglass/inspect';
import { verdictOf } from '@leadglass/model';
import { easeQuirks, SHIPPED_QUIRKS } from '@leadglass/policy';

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const REAL = join(DATA, 'real', 'fo-dicom__fo-dicom');
const skip = existsSync(REAL) || process.env.LEADGLASS_REQUIRE_PEERS === '1' ? false : 'shared data not installed';

/** Where each shipped quirk was seen. */
const SEEN_IN = [
  ['Test_Data_GH179A.dcm', 'ge-lightspeed-blank-vr'],
  ['Test_Data_GH1376.dcm', 'hologic-selenia-second-header'],
] as const;

for (const [name, quirk] of SEEN_IN) {
  test(`[RELAY-66] the file a shipped quirk was seen in is clean by it, and by it alone: ${quirk}`, { skip }, () => {
    const collector = new FactsCollector();
    const inspection = new FileInspection({ inspectors: [...FIRST_INSPECTORS, collector.maker] });
    inspection.push(readFileSync(join(REAL, name)));
    const { findings, verdict } = inspection.end();
    const { manufacturer, model, software } = collector.facts;
    const eased = (quirks: typeof SHIPPED_QUIRKS) =>
      verdictOf(easeQuirks(findings, { peer: '', manufacturer, model, software }, quirks));
    assert.equal(verdict, 'malformed');
    assert.equal(eased(SHIPPED_QUIRKS), 'clean');
    assert.equal(eased(SHIPPED_QUIRKS.filter((each) => each.name !== quirk)), 'malformed');
  });
}

test('[RELAY-66] every shipped quirk is tried on a file', () => {
  assert.deepEqual(SEEN_IN.map(([, quirk]) => quirk).toSorted(), SHIPPED_QUIRKS.map(({ name }) => name).toSorted());
});
