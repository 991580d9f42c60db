import type { AnswerInputOf, Operation, ParsedRequestOf } from '@leadglass/contract';
import type { ConfigControl } from '../control-config.ts';
import type { ControlServices } from '../control-services.ts';
import { FlowMap } from './flow-map.ts';
import { Journeys } from './journey.ts';
import { checkpoint, tile } from './ledger-tiles.ts';
import { Needs } from './needs.ts';
import { personTold } from './person-told.ts';
import { pillarFacts } from './pillar-facts.ts';
import { pillarsOf } from './pillars.ts';
import { JourneySearch } from './search.ts';
import { SettingsPast } from './settings-past.ts';
import { strangers } from './stranger-list.ts';

type Shown =
  | 'flows'
  | 'needs'
  | 'pillars'
  | 'stranger.list'
  | 'journey'
  | 'journey.search'
  | 'config.history'
  | 'config.undo'
  | 'ledger.checkpoint'
  | 'ledger.tile'
  | 'person.told';
type Acts = { readonly [K in Shown & Operation]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>> };

/** What the console shows, and what it tells: every operation of the overview but the stream. */
export function overviewActs(services: ControlServices, config: ConfigControl): Acts {
  const flows = new FlowMap(services);
  const needs = new Needs(services, config);
  const journeys = new Journeys(services);
  const search = new JourneySearch(services);
  const past = new SettingsPast(services, config);
  return {
    flows: (asked) => flows.now(asked),
    needs: () => needs.list(),
    pillars: async () => ({ pillars: pillarsOf(await pillarFacts(services)), sinceMs: services.startedAtMs }),
    'stranger.list': async (asked) => ({ strangers: await strangers(services, asked) }),
    journey: (asked) => journeys.journey(asked),
    'journey.search': (asked) => search.search(asked),
    'config.history': (asked) => past.list(asked),
    'config.undo': (asked) => past.undo(asked),
    'ledger.checkpoint': () => checkpoint(services),
    'ledger.tile': (asked) => tile(services, asked),
    'person.told': (asked) => personTold(services, asked),
  };
}
