import type { StatusAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT } from '../exits.ts';
import { countWords, listWords, sizeWords, spanWords, timeWords } from '../words.ts';

function show({ output }: Context, status: StatusAnswer): void {
  const { language } = output;
  const row = (name: Text, value: string) => output.line(`  ${output.of(name).padEnd(16)} ${value}`);
  const since = `${timeWords(status.startedAtMs)} (${spanWords(Date.now() - status.startedAtMs, language)})`;
  output.line(
    text(
      `Leadglass ${status.version} fonctionne depuis ${since}`,
      `Leadglass ${status.version} running since ${since}`,
    ),
    'bold',
  );
  row(text('données', 'data'), status.home);
  for (const { name, address } of status.listeners) row(text('écoute', 'listens'), `${name} ${address}`);
  row(text('règles', 'rules'), output.of(ruleWords(status)));
  row(text('associations', 'associations'), String(status.associations));
  const { objects, bytes } = status.custody;
  const kept = countWords(objects, ['objet', 'objets'], ['object', 'objects']);
  row(text('conservés', 'in custody'), `${output.of(kept)}, ${sizeWords(bytes, language)}`);
  row(text('livraisons', 'deliveries'), output.of(deliveryWords(status)));
  row(text('en retenue', 'held'), String(status.holds));
  row(text('registre', 'ledger'), output.of(ledgerWords(status)));
  if (status.clamav !== undefined) row(text('clamav', 'clamav'), output.of(clamavWords(status.clamav)));
  for (const trouble of status.troubles) output.line(trouble.text, 'red');
}

function ruleWords({ peers, destinations, routes }: StatusAnswer): Text {
  return listWords(
    countWords(peers, ['correspondant', 'correspondants'], ['peer', 'peers']),
    countWords(destinations, ['destination', 'destinations'], ['destination', 'destinations']),
    countWords(routes, ['route', 'routes'], ['route', 'routes']),
  );
}

function deliveryWords({ deliveries: { pending, delivered, failed } }: StatusAnswer): Text {
  return listWords(
    text(`${pending} en attente`, `${pending} pending`),
    countWords(delivered, ['livrée', 'livrées'], ['delivered', 'delivered']),
    text(`${failed} en échec`, `${failed} failed`),
  );
}

function ledgerWords({ ledger: { size, waiting } }: StatusAnswer): Text {
  return listWords(
    countWords(size, ['entrée', 'entrées'], ['entry', 'entries']),
    text(`${waiting} en attente`, `${waiting} waiting`),
  );
}

function clamavWords({ isUp, sinceMs, version, database, address }: NonNullable<StatusAnswer['clamav']>): Text {
  const since = timeWords(sinceMs);
  const who = version ?? address;
  const made = database === undefined ? '' : timeWords(database.madeAtMs);
  const base = {
    fr: database === undefined ? '' : `, base ${database.number} du ${made}`,
    en: database === undefined ? '' : `, database ${database.number} of ${made}`,
  };
  return isUp
    ? text(`${who}${base.fr}, en service depuis ${since}`, `${who}${base.en}, working since ${since}`)
    : text(`${who}${base.fr}, hors service depuis ${since}`, `${who}${base.en}, not working since ${since}`);
}

const status: Command = {
  name: 'status',
  usage: '',
  summary: text('ce que fait la passerelle en ce moment', 'what the gateway is doing now'),
  options: {},
  positionals: [0, 0],
  examples: ['status', 'status --json'],
  async run(context) {
    const answer = await context.client.call('status', {});
    context.output.json(answer);
    show(context, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [status];
