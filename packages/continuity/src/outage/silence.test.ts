import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { FeedRhythm } from './rhythm.ts';
import { type SilenceChoice, SilenceWatch, type WatchedFeed } from './silence.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, at midnight of this machine. */
const MONDAY = new Date(2026, 10, 2).getTime();

/** A laboratory that sends every ten minutes between these hours, on these days. */
class Lab {
  readonly clock: ManualClock;
  readonly watch: SilenceWatch;
  readonly changes: { readonly atMs: number; readonly isSilent: boolean }[] = [];
  isUp = true;
  readonly #sends: (at: Date) => boolean;

  constructor(
    choice: SilenceChoice,
    sends: (at: Date) => boolean,
    startMs = MONDAY,
    before: WatchedFeed = { lastMs: undefined },
  ) {
    this.clock = new ManualClock(startMs);
    this.watch = new SilenceWatch(this.clock, choice, before);
    this.#sends = sends;
  }

  pass(ms: number): this {
    for (let left = ms; left > 0; left -= MINUTE_MS) {
      this.clock.advance(MINUTE_MS);
      const at = new Date(this.clock.now());
      if (this.isUp && at.getMinutes() % 10 === 0 && this.#sends(at)) this.watch.heard();
      this.watch.look();
      this.#note();
    }
    return this;
  }

  say(): void {
    this.watch.heard();
    this.#note();
  }

  #note(): void {
    const { isSilent } = this.watch;
    if (isSilent !== (this.changes.at(-1)?.isSilent ?? false)) this.changes.push({ atMs: this.clock.now(), isSilent });
  }
}

const byDay = (at: Date): boolean => at.getHours() >= 7 && at.getHours() < 20;
const always = (): boolean => true;
const weekdays = (at: Date): boolean => byDay(at) && at.getDay() % 6 !== 0;

test('[CONT-213] what a feed does at an hour is learnt; three quarters in which it sends as a rule without a word, and it is silent', () => {
  const lab = new Lab({}, byDay).pass(7 * DAY_MS);
  assert.equal(lab.changes.length, 0, 'it is quiet every night');
  lab.pass(10 * HOUR_MS + 42 * MINUTE_MS);
  lab.isUp = false;
  const lastMs = lab.watch.standing.lastMs ?? 0;
  lab.pass(HOUR_MS);
  const [silent] = lab.changes;
  assert.ok(silent?.isSilent);
  assert.ok(silent.atMs - lastMs >= 45 * MINUTE_MS && silent.atMs - lastMs <= 65 * MINUTE_MS, 'within the hour');
  assert.equal(lab.watch.standing.lastMs, lastMs, 'what is known of it is as of its last word');
});

test('[CONT-213] nothing is learnt of what was not watched long enough, and nothing is told of it', () => {
  const lab = new Lab({}, byDay).pass(2 * DAY_MS);
  lab.isUp = false;
  lab.pass(DAY_MS);
  assert.deepEqual(lab.changes, []);
  // A machine that slept has watched nobody.
  const slept = new Lab({}, always).pass(5 * DAY_MS);
  slept.clock.advance(6 * HOUR_MS);
  slept.pass(30 * MINUTE_MS);
  assert.deepEqual(slept.changes, []);
});

test('[CONT-214] nights and weekends in which it is quiet as a rule are none of its silences', () => {
  const lab = new Lab({}, weekdays).pass(21 * DAY_MS);
  assert.deepEqual(lab.changes, []);
  const chosen = new Lab({ silentAfterMinutes: 30 }, byDay).pass(DAY_MS);
  assert.equal(chosen.changes.length > 0, true, 'of the first night nothing is known yet');
  const told = chosen.pass(23 * DAY_MS).changes.length;
  chosen.pass(14 * DAY_MS);
  assert.equal(chosen.changes.length, told, 'later nights are its habit');
});

test('[CONT-214] in the hours a site says nothing is expected, over midnight too, whatever was learnt', () => {
  const choice = { silentAfterMinutes: 15, quietHours: '19:45-07:15' };
  const lab = new Lab(choice, byDay, MONDAY + 12 * HOUR_MS).pass(3 * DAY_MS);
  assert.deepEqual(lab.changes, []);
  lab.isUp = false;
  lab.pass(20 * MINUTE_MS);
  assert.deepEqual(
    lab.changes.map(({ isSilent }) => isSilent),
    [true],
  );
  const learnt = new Lab({ quietHours: '09:00-12:00' }, always).pass(7 * DAY_MS + 9 * HOUR_MS);
  learnt.isUp = false;
  learnt.pass(3 * HOUR_MS);
  assert.deepEqual(learnt.changes, []);
});

test('[CONT-215] minutes a site chose decide before anything is learnt; 0 is never', () => {
  const lab = new Lab({ silentAfterMinutes: 15 }, always, MONDAY + 9 * HOUR_MS).pass(60 * MINUTE_MS);
  lab.isUp = false;
  lab.pass(14 * MINUTE_MS);
  assert.equal(lab.changes.length, 0);
  lab.pass(MINUTE_MS);
  assert.equal(lab.watch.isSilent, true);
  const never = new Lab({ silentAfterMinutes: 0 }, always).pass(7 * DAY_MS);
  never.isUp = false;
  assert.deepEqual(never.pass(2 * DAY_MS).changes, []);
});

test('[CONT-216] one word does not end a silence at once, and one that comes and goes has to speak for longer each time', () => {
  const lab = new Lab({ silentAfterMinutes: 5 }, () => false, MONDAY + 9 * HOUR_MS);
  lab.say();
  const lasted: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    while (!lab.watch.isSilent) lab.pass(MINUTE_MS);
    const beganMs = lab.clock.now();
    lab.say();
    assert.equal(lab.watch.isSilent, true);
    for (let spoken = 0; lab.watch.isSilent; spoken += 1) {
      lab.say();
      lab.pass(MINUTE_MS);
      assert.ok(spoken < 20);
    }
    lasted.push((lab.clock.now() - beganMs) / MINUTE_MS);
  }
  assert.deepEqual(lasted, [1, 2, 4]);
});

test('[CONT-216] a single message of a feed that says little ends its silence, too', () => {
  const lab = new Lab({ silentAfterMinutes: 60 }, () => false, MONDAY + 9 * HOUR_MS);
  lab.pass(HOUR_MS + MINUTE_MS);
  assert.equal(lab.watch.isSilent, true);
  lab.say();
  lab.pass(2 * MINUTE_MS);
  assert.equal(lab.watch.isSilent, false);
});

test('[CONT-217] what is learnt outlives the process; days of silence are no lesson, and one day is a small one', () => {
  const lab = new Lab({}, byDay).pass(14 * DAY_MS);
  lab.isUp = false;
  lab.pass(5 * DAY_MS);
  const kept = lab.watch.rhythm.kept();
  const startMs = MONDAY + 19 * DAY_MS;
  const next = new Lab({}, byDay, startMs + 2 * DAY_MS, { lastMs: undefined, rhythm: kept, isSilent: true });
  assert.equal(next.watch.isSilent, true);
  assert.equal(next.watch.habit(startMs + 2 * DAY_MS + 10 * HOUR_MS), 'usual');
  assert.equal(next.watch.habit(startMs + 2 * DAY_MS + 3 * HOUR_MS), 'quiet');
  const broken = new FeedRhythm({ watched: [1], heard: [] });
  assert.equal(broken.habit(MONDAY), 'unknown');
});
