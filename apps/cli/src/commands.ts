import { text } from '@leadglass/kit';
import type { Command } from './command.ts';
import type { Output } from './output.ts';

/** One file of commands, loaded when one of them is run. */
type Loader = () => Promise<readonly Command[]>;

const LOADERS: Readonly<Record<string, Loader>> = {
  up: async () => (await import('./commands/up.ts')).COMMANDS,
  init: async () => (await import('./commands/up.ts')).COMMANDS,
  status: async () => (await import('./commands/status.ts')).COMMANDS,
  peer: async () => (await import('./commands/peer.ts')).COMMANDS,
  destination: async () => (await import('./commands/destination.ts')).COMMANDS,
  route: async () => (await import('./commands/route.ts')).COMMANDS,
  relay: async () => (await import('./commands/relay.ts')).COMMANDS,
  send: async () => (await import('./commands/send.ts')).COMMANDS,
  echo: async () => (await import('./commands/echo.ts')).COMMANDS,
  log: async () => (await import('./commands/log.ts')).COMMANDS,
  hold: async () => [
    ...(await import('./commands/hold.ts')).COMMANDS,
    ...(await import('./commands/hold-view.ts')).COMMANDS,
    ...(await import('./commands/hold-decide.ts')).COMMANDS,
  ],
  operator: async () => (await import('./commands/operator.ts')).COMMANDS,
  person: async () => (await import('./commands/person.ts')).COMMANDS,
  site: async () => (await import('./commands/person.ts')).SITE_COMMANDS,
  deliveries: async () => (await import('./commands/deliveries.ts')).COMMANDS,
  ledger: async () => (await import('./commands/ledger.ts')).COMMANDS,
  vault: async () => (await import('./commands/vault.ts')).COMMANDS,
  config: async () => [
    ...(await import('./commands/config.ts')).COMMANDS,
    ...(await import('./commands/config-past.ts')).COMMANDS,
  ],
  flows: async () => (await import('./commands/flows.ts')).COMMANDS,
  needs: async () => (await import('./commands/overview.ts')).COMMANDS,
  pillars: async () => (await import('./commands/overview.ts')).COMMANDS,
  strangers: async () => (await import('./commands/overview.ts')).COMMANDS,
  journey: async () => (await import('./commands/journey.ts')).COMMANDS,
  glass: async () => (await import('./commands/glass.ts')).COMMANDS,
  policy: async () => [
    ...(await import('./commands/policy.ts')).COMMANDS,
    ...(await import('./commands/policy-modes.ts')).COMMANDS,
    ...(await import('./commands/policy-rights.ts')).COMMANDS,
  ],
  rules: async () => (await import('./commands/rules.ts')).COMMANDS,
  index: async () => (await import('./commands/index-of-studies.ts')).COMMANDS,
  continuity: async () => [
    ...(await import('./commands/continuity-set.ts')).COMMANDS,
    ...(await import('./commands/continuity-nodes.ts')).COMMANDS,
    ...(await import('./commands/continuity-export.ts')).COMMANDS,
  ],
  'continuity-node': async () => (await import('./commands/continuity-node.ts')).COMMANDS,
  scan: async () => (await import('./commands/scan.ts')).COMMANDS,
  inspect: async () => (await import('./commands/scan.ts')).COMMANDS,
  disarm: async () => (await import('./commands/disarm.ts')).COMMANDS,
  import: async () => (await import('./commands/import.ts')).COMMANDS,
  'prove-it': async () => (await import('./commands/prove-it.ts')).COMMANDS,
  // What has the longer name comes first: `cert crl import` is no `cert crl`.
  cert: async () => [
    ...(await import('./commands/cert-trust.ts')).COMMANDS,
    ...(await import('./commands/cert.ts')).COMMANDS,
  ],
  tls: async () => [
    ...(await import('./commands/tls.ts')).COMMANDS,
    ...(await import('./commands/tls-settings.ts')).COMMANDS,
  ],
  edge: async () => (await import('./commands/edge.ts')).COMMANDS,
  web: async () => (await import('./commands/web.ts')).COMMANDS,
  feed: async () => (await import('./commands/feed.ts')).COMMANDS,
  'hl7-destination': async () => (await import('./commands/hl7-destination.ts')).COMMANDS,
  messages: async () => (await import('./commands/messages.ts')).COMMANDS,
  patients: async () => (await import('./commands/patients.ts')).PATIENTS,
  chart: async () => (await import('./commands/chart.ts')).COMMANDS,
  outage: async () => (await import('./commands/outage.ts')).COMMANDS,
  drill: async () => (await import('./commands/drill.ts')).COMMANDS,
  isolation: async () => (await import('./commands/isolation.ts')).COMMANDS,
  registration: async () => (await import('./commands/registration.ts')).COMMANDS,
  reconcile: async () => (await import('./commands/reconcile.ts')).COMMANDS,
  worklist: async () => (await import('./commands/worklist.ts')).COMMANDS,
  version: async () => (await import('./commands/version.ts')).COMMANDS,
};

/** The command that `words` begin with, and the words after its name. */
export async function findCommand(
  words: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] } | undefined> {
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : words[0] === '--version' ? ['version'] : words;
  const load = LOADERS[asked[0] ?? ''];
  if (load === undefined) return undefined;
  for (const command of await load()) {
    const name = command.name.split(' ');
    if (name.every((word, at) => asked[at] === word)) return { command, rest: asked.slice(name.length) };
  }
  return undefined;
}

/** The commands of a group (`peer`), when `word` is one. */
export async function groupOf(word: string | undefined): Promise<readonly Command[]> {
  const load = LOADERS[word ?? ''];
  return load === undefined ? [] : load();
}

/** What `help` prints: every command in a line. */
export async function overview(output: Output): Promise<string> {
  const lines = [output.of(text('leadglass COMMANDE …', 'leadglass COMMAND …')), ''];
  const loaded = await Promise.all(Object.values(LOADERS).map((load) => load()));
  for (const command of new Set(loaded.flat())) {
    lines.push(`  ${command.name.padEnd(20)} ${output.of(command.summary)}`);
  }
  const more = text(
    'Chaque commande : --help (détails, exemples, codes de sortie), --json, --lang fr|en.',
    'Each command: --help (details, examples, exit codes), --json, --lang fr|en.',
  );
  return [...lines, '', output.of(more)].join('\n');
}
