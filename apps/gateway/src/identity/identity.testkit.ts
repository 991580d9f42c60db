import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, silentLogger } from '@leadglass/kit';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { CertificateWatch } from '../certificate-watch.ts';
import { type OpenedHome, openHome } from '../home.ts';
import { Identity } from './identity.ts';

/** A home with its authority and records, and no network. */
export interface IdentityHouse {
  readonly home: OpenedHome;
  readonly identity: Identity;
  readonly records: SqliteRecords;
  readonly watch: CertificateWatch;
  /** How often the TLS material was handed on. */
  readonly handed: { count: number };
}

/** Opens one; `records` of its own unless given. */
export async function identityHouse(t: TestContext, clock: Clock, given?: SqliteRecords): Promise<IdentityHouse> {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-identity-'));
  const home = await openHome(root, clock, () => {});
  const records = given ?? (await openSqliteRecords({ path: home.paths.records, clock }));
  const handed = { count: 0 };
  const watch = new CertificateWatch(home, clock, silentLogger, () => {
    handed.count += 1;
  });
  const identity = new Identity({
    ...{ home, clock, log: silentLogger, records, watch },
    appended: () => {},
    endRevoked: () => 0,
    tlsListener: () => undefined,
  });
  t.after(async () => {
    identity.stop();
    if (given === undefined) await records.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { home, identity, records, watch, handed };
}
