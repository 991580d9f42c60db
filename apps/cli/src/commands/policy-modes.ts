import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { confirm, refusalWords, showDifferences, showDone, timeOf, YES } from './policy-words.ts';
import { aeTitleOf } from './values.ts';

const observe: Command = {
  name: 'policy observe',
  usage: '[AET]… [--from CIDR]… [--site] [--until DATE|14d]',
  summary: text(
    'laisse passer, inspecté et noté, ce que les règles refuseraient',
    'lets pass, inspected and recorded, what the rules would refuse',
  ),
  notes: text(
    'AET : ce correspondant, jusqu’à policy enforce. --from : les titres inconnus de ces adresses (/16 au plus) ; --site : tout\ncorrespondant sans mode propre ; tous deux ont une fin, dans 92 jours au plus. L’inspection et les retenues restent en vigueur.',
    'AET: that peer, until policy enforce. --from: unknown titles from these addresses (/16 at most); --site: every peer without a\nmode of its own; both have an end, within 92 days. Inspection and holds stay in force.',
  ),
  options: {
    from: {
      value: 'CIDR',
      isMultiple: true,
      help: text('plage des appareils à apprendre', 'range of the devices to learn'),
    },
    site: { help: text('tout le site', 'the whole site') },
    until: { value: 'DATE|14d', help: text('jusqu’à la fin de ce jour', 'to the end of that day') },
  },
  positionals: [0, 100],
  examples: ['policy observe --from 192.0.2.0/24 --until 14d', 'policy observe CT1'],
  async run(context, given) {
    const [from, isSite, until] = [given.list('from'), given.flag('site'), given.value('until')];
    if ((from.length > 0 || isSite) && until === undefined)
      throw usageFailure(text('Une observation a une fin : --until DATE.', 'An observation has an end: --until DATE.'));
    const answer = await context.client.call('policy.observe', {
      peers: given.positionals.map(aeTitleOf),
      from: [...from],
      site: isSite,
      ...(until === undefined ? {} : { untilMs: timeOf(until, 'until', Date.now(), true) }),
    });
    context.output.json(answer);
    showDone(context, answer);
    return EXIT.ok;
  },
};

const enforce: Command = {
  name: 'policy enforce',
  usage: 'AET… | --all [--dry-run] [--yes]',
  summary: text('applique les règles de correspondants observés', 'enforces the rules of peers that are observed'),
  notes: text(
    'Montre d’abord ce qui, de ce qui a été vu, serait refusé. --all applique celles de tous et met fin à toute observation.',
    'Shows first what of that which was seen would be refused. --all enforces those of all and ends every observation.',
  ),
  options: {
    all: { help: text('tous, et fin de toute observation', 'all of them, and the end of every observation') },
    'dry-run': { help: text('montrer seulement', 'show only') },
    yes: YES,
  },
  positionals: [0, 100],
  examples: ['policy enforce CT1', 'policy enforce --all --dry-run'],
  async run(context, given) {
    const { client, output } = context;
    const asked = { peers: given.positionals.map(aeTitleOf), all: given.flag('all') };
    const plan = await client.call('policy.enforce', { ...asked, dryRun: true });
    if (given.flag('dry-run')) output.json(plan);
    for (const change of plan.changes) output.line(`~ ${output.of(change)}`, 'yellow');
    showDifferences(output, plan.differences);
    output.line(refusalWords(plan.differences));
    if (given.flag('dry-run')) return plan.differences.length === 0 ? EXIT.ok : EXIT.unsound;
    await confirm(context, given, text('Appliquer ? (oui) ', 'Enforce? (yes) '));
    const answer = await client.call('policy.enforce', { ...asked, dryRun: false });
    output.json(answer);
    showDone(context, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [observe, enforce];
