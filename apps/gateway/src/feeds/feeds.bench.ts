import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Charter, ChartSealer } from '@leadglass/continuity';
import { Secret, silentLogger, systemClock } from '@leadglass/kit';
import type { Feed } from '@leadglass/model';
import { openSqliteRecords } from '@leadglass/records';
import { FeedDesk } from './feed-desk.ts';
import type { ToldMessage } from './feed-messages.ts';
import { understand } from './read-message.ts';
import { parseReading } from './reading-json.ts';

// What a message costs the keeper, without a network: kept in groups of 8 and 64, then entered into charts; and how many pages of the log it
// takes. Not a test. Arguments: messages a round (default 6000), patients (2000), folder.
const total = Number(process.argv[2] ?? 6000);
const patients = Number(process.argv[3] ?? 2000);
const folder = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'leadglass-bench-'));
const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: systemClock });
const sealer = new ChartSealer(new Secret(Buffer.alloc(32, 7)));
const INTAKE = { number: 1, id: 'i1' };
const FEED: Feed = {
  ...{ name: 'labo', kind: 'lab', from: '127.0.0.1/32', charset: 'windows-1252', processing: 'production' },
  mostPerSecond: 100_000,
};
let answered = 0;
let heard = () => {};
const desk = new FeedDesk({
  ...{ records: records.charts, sealer, clock: systemClock, log: silentLogger, siteName: 'site', feeds: () => [FEED] },
  ...{ gate: () => undefined, isCutAddress: () => false, shown: () => ({}), nextConnection: () => 1 },
  ...{ hand: () => INTAKE, anyIntake: () => INTAKE, forget: () => {}, tell: () => {}, stranger: () => {} },
  ...{ tokens: () => [], webAddress: () => undefined, lies: () => {}, kept: () => {} },
  say: (_intake, message) => {
    if (message.t !== 'feed-answers') return;
    answered += message.answers.length;
    heard();
  },
});
const charter = new Charter({
  ...{ records: records.charts, sealer, clock: systemClock, log: silentLogger, parse: parseReading },
  pseudonym: (chart) => `p${chart}`,
});
let made = 0;

/** One result, of a patient in turn, as a laboratory writes it: 400 bytes. */
function message(): ToldMessage {
  made += 1;
  const patient = made % patients;
  const bytes = Buffer.from(
    [
      `MSH|^~\\&|LABO|CHU|LEADGLASS|SITE|20261127101500||ORU^R01^ORU_R01|M${made}|P|2.5|||||FRA|UNICODE UTF-8`,
      `PID|1||${100000 + patient}^^^CHU&1.2.250.1.71.4.2.2&ISO^PI||LEFÈVRE^Claire${patient}^^^^^L||19500215|F`,
      'PV1|1|I|URG^B12^1^CHU',
      `ORC|RE|P${made}|F${made}`,
      `OBR|1|P${made}|F${made}|24320-4^Ionogramme^LN|||20261127093000||||||||||||||||20261127101400|||F`,
      'OBX|1|NM|2823-3^Potassium^LN||4.1|mmol/L|3.5-5.1|N|||F|||20261127093000',
      '',
    ].join('\r'),
  );
  const { told } = understand(bytes, 'windows-1252');
  if (told === undefined) throw new Error('not read');
  return { ...told, connection: 1, seq: made, feed: 'labo', message: bytes.toString('base64') };
}

async function measured(name: string, messages: number, body: () => Promise<void>): Promise<void> {
  await records.checkpoint();
  const before = process.cpuUsage();
  const beganMs = performance.now();
  await body();
  const ms = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  const { logPages } = await records.checkpoint();
  const each = ((user + system) / messages).toFixed(0);
  console.log(
    `${name}: ${each} µs of processor, ${(logPages / messages).toFixed(2)} pages, ${((ms * 1000) / messages).toFixed(0)} µs by the clock a message`,
  );
}

async function keep(group: number): Promise<void> {
  const items = Array.from({ length: total }, message);
  await measured(`kept, ${group} at a time`, total, async () => {
    for (let at = 0; at < total; at += group) {
      const until = answered + Math.min(group, total - at);
      const done = new Promise<void>((resolve) => {
        heard = () => answered >= until && resolve();
      });
      desk.heard(INTAKE, { t: 'feed-told', items: items.slice(at, at + group) });
      await done;
    }
  });
}

// Timers of the clock keep no process alive, and there is no socket here that would.
const alive = setInterval(() => {}, 1000);
desk.take('hl7', new Socket(), '127.0.0.1');
desk.heard(INTAKE, { t: 'feed-ask', connection: 1 });
try {
  for (const group of [64, 8, 64]) {
    await keep(group);
    await measured('entered', total, async () => void (await charter.catchUp(600_000)));
  }
} finally {
  clearInterval(alive);
  await records.close();
  rmSync(folder, { recursive: true });
}
