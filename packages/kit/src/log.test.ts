import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { Fault } from './fault.ts';
import { jsonLogger } from './log.ts';
import { text } from './text.ts';

test('[CONTROL-15] what could not be read is never quoted in the log, alone or as the cause of a fault', () => {
  let said = '';
  const log = jsonLogger((line) => {
    said += line;
  }, systemClock);
  const broken = (() => {
    try {
      return JSON.parse('LEFEVRE Zoe');
    } catch (thrown) {
      return thrown;
    }
  })();
  assert.match((broken as Error).message, /LEFEVRE/, 'the runtime quotes it');
  log.error('charts.failed', { fault: broken });
  log.error('charts.failed', { fault: new Fault('charts.lost', 'permanent', text('a', 'b'), { cause: broken }) });
  log.error('charts.failed', { fault: new TypeError('not a function') });
  assert.doesNotMatch(said, /LEFEVRE|Zoe/);
  assert.match(said, /SyntaxError/);
  assert.match(said, /not a function/);
});
