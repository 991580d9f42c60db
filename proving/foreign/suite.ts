import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { requirePeer, requirePydicom } from '../peers.ts';
import { comparedByDcmtk, comparedByPydicom, type PixelsRead } from './pixels.ts';
import { disarmAll, judge, tableByKind, tableBySyntax, twinsOf } from './proof.ts';
import { FOREIGN_READERS } from './readers.ts';
import type { Disarmed, Subject, Twin } from './twins.ts';

const MOST_TOLD = 20;

/** What is asked of a set of subjects besides that every copy be good. */
export interface Suite {
  readonly name: string;
  readonly subjects: () => AsyncIterable<Subject> | Iterable<Subject>;
  /** Least number of copies and of transfer syntaxes: fewer prove nothing. */
  readonly leastCopies: number;
  readonly leastSyntaxes: number;
  /** Most copies shown to readers that take one file a call: of more, an even choice. */
  readonly mostVerified: number;
  readonly skip?: string | false;
}

const told = (wrong: readonly string[]): string => wrong.slice(0, MOST_TOLD).join('\n');

/** Registers the tests that disarm every subject and have the copies judged by others' programs. */
export function proveCopies({ name, subjects, leastCopies, leastSyntaxes, mostVerified, skip = false }: Suite): void {
  describe(`copies: ${name}`, { skip }, () => {
    const work = mkdtempSync(join(tmpdir(), 'leadglass-foreign-'));
    let all: readonly Disarmed[] = [];
    let twins: readonly Twin[] = [];
    before(async () => {
      all = await disarmAll(subjects(), work);
      twins = twinsOf(all);
    });
    after(() => rmSync(work, { recursive: true, force: true }));

    test('[PROVE-90] every innocent object has a copy; of every attack there is a copy or the reason why not', (t) => {
      for (const line of [...tableBySyntax(twins), ...tableByKind(all)]) t.diagnostic(line);
      const owed = all.filter((one) => one.subject.isOwed && !('twin' in one)).map(({ subject }) => subject.name);
      assert.deepEqual(owed, []);
      assert.ok(twins.length >= leastCopies, `${twins.length} copies`);
      assert.ok(new Set(twins.map((twin) => twin.transferSyntaxUid)).size >= leastSyntaxes);
    });

    test('[PROVE-91] DCMTK reads the very same pixels from original and copy', (t) => {
      if (requirePeer(t, 'dcmdump') !== undefined) assertSame(t, comparedByDcmtk(twins, work));
    });

    test('[PROVE-91] pydicom reads the very same pixels from original and copy', (t) => {
      const python = requirePydicom(t);
      if (python !== undefined) assertSame(t, comparedByPydicom(python, twins));
    });

    for (const reader of FOREIGN_READERS) {
      test(`[PROVE-92] ${reader.name} has no complaint about a copy that it has not about the clean twin`, async (t) => {
        if (requirePeer(t, reader.name) === undefined) return;
        const most = reader.takes === 'one' ? mostVerified : Number.POSITIVE_INFINITY;
        const { wrong, known, judged, unread } = await judge(reader, twins, work, most);
        t.diagnostic(`${judged} copies judged, ${known} complaints about clean twins, ${wrong.length} new`);
        if (unread.length > 0) t.diagnostic(`originals it cannot read: ${unread.join(', ')}`);
        assert.equal(wrong.length, 0, told(wrong));
      });
    }
  });
}

function assertSame(t: TestContext, { compared, differences, unread }: PixelsRead): void {
  t.diagnostic(`${compared} pairs compared, ${unread.length} originals not read by it`);
  assert.equal(differences.length, 0, told(differences));
  assert.ok(compared > 0);
}
