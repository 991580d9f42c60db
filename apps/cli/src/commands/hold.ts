import type { HoldAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

const TYPED_BACK = 8;

const list: Command = {
  name: 'hold list',
  usage: '[--state held|released|destroyed]',
  summary: text('les objets retenus', 'the objects held'),
  options: {
    state: {
      value: 'STATE',
      help: text('held (par défaut), released, destroyed', 'held (default), released, destroyed'),
    },
  },
  positionals: [0, 0],
  examples: ['hold list', 'hold list --state released'],
  async run({ client, output }, given) {
    const state = given.value('state') ?? 'held';
    if (state !== 'held' && state !== 'released' && state !== 'destroyed') {
      throw usageFailure(text('--state : held, released ou destroyed.', '--state: held, released or destroyed.'));
    }
    const answer = await client.call('hold.list', { state });
    output.json(answer);
    output.table(
      [
        text('retenu le', 'held at'),
        text('de', 'from'),
        text('verdict', 'verdict'),
        text('SHA-256', 'SHA-256'),
        text('raison', 'reason'),
      ],
      answer.holds.map((hold) => [
        timeWords(hold.heldAtMs),
        hold.peer,
        { value: hold.verdict, colour: hold.verdict === 'malicious' ? 'red' : 'yellow' },
        hold.sha256.slice(0, 12),
        hold.reasons[0] === undefined ? '' : output.of(hold.reasons[0]),
      ]),
    );
    return EXIT.ok;
  },
};

function showHold({ output }: Context, hold: HoldAnswer): void {
  output.line(`${hold.sha256}  ${hold.verdict}  ${hold.state}`, 'bold');
  output.line(
    text(
      `  reçu de ${hold.peer}, retenu le ${timeWords(hold.heldAtMs)}`,
      `  from ${hold.peer}, held at ${timeWords(hold.heldAtMs)}`,
    ),
  );
  output.line(`  SOP Instance UID ${hold.sopInstanceUid}`);
  output.line(`  SOP Class UID    ${hold.sopClassUid}`);
  for (const reason of hold.reasons) output.line(`  ${output.of(reason)}`);
  for (const [at, finding] of hold.findings.entries()) {
    output.line(`  ${at + 1}. ${finding.code} ${finding.path} : ${output.of(finding.text)} (${finding.cites})`);
  }
  const copy = COPIES[hold.copy];
  if (copy !== undefined) output.line(`  ${output.of(copy)} ${hold.copySha256}`.trimEnd());
  if (hold.state !== 'held') {
    const by = `${hold.decidedBy}, ${timeWords(hold.decidedAtMs)} : ${hold.decisionReason}`;
    output.line(text(`  décidé par ${by}`, `  decided by ${by}`));
  }
}

/** What became of the disarmed copy, in words. */
const COPIES: Readonly<Record<HoldAnswer['copy'], Text | undefined>> = {
  none: undefined,
  owed: text('Une copie désarmée va être livrée à sa place.', 'A disarmed copy will be delivered in its place.'),
  made: text('Copie désarmée, mise en livraison à sa place :', 'Disarmed copy, sent on in its place:'),
  impossible: text(
    'Aucune copie désarmée n’a pu être faite : rien n’est livré sans votre décision.',
    'No disarmed copy could be made: nothing is delivered without your decision.',
  ),
};

const show: Command = {
  name: 'hold show',
  usage: 'ID',
  summary: text('un objet retenu et ce qu’on y a vu', 'one held object and what was seen in it'),
  notes: text(
    'ID : SHA-256, son début (6 chiffres au moins), ou SOP Instance UID.',
    'ID: SHA-256, its beginning (at least 6 digits), or SOP Instance UID.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['hold show 3fa94c1b77e0'],
  async run(context, given) {
    const answer = await context.client.call('hold.show', { id: given.at(0) });
    context.output.json(answer);
    showHold(context, answer.hold);
    return EXIT.ok;
  },
};

async function reasonFor(context: Context, given: Given): Promise<string> {
  const given_ = given.value('reason');
  const question = context.output.of(text('Raison (inscrite au registre) : ', 'Reason (written to the ledger): '));
  const reason = (given_ ?? (await context.ask(question)) ?? '').trim();
  if (reason === '') throw usageFailure(text('Donnez une raison : --reason TEXTE.', 'Give a reason: --reason TEXT.'));
  return reason;
}

const REASON = { value: 'TEXT', help: text('la raison, inscrite au registre', 'the reason, written to the ledger') };

const release: Command = {
  name: 'hold release',
  usage: 'ID --reason TEXT',
  summary: text('libère un objet retenu et le livre', 'releases a held object and delivers it'),
  options: { reason: REASON },
  positionals: [1, 1],
  examples: ['hold release 3fa94c1b77e0 --reason "vu avec le constructeur"'],
  async run(context, given) {
    const reason = await reasonFor(context, given);
    const answer = await context.client.call('hold.release', { id: given.at(0), reason });
    context.output.json(answer);
    const where = answer.destinations.join(', ') || '–';
    context.output.line(text(`Libéré, à livrer vers : ${where}`, `Released, to be delivered to: ${where}`), 'green');
    return EXIT.ok;
  },
};

/** Destroying cannot be undone: the beginning of the SHA-256 is typed back, or --yes says that it was meant. */
async function confirm(context: Context, given: Given, hold: HoldAnswer): Promise<void> {
  if (given.flag('yes')) return;
  const wanted = hold.sha256.slice(0, TYPED_BACK);
  if (!context.output.isJson) showHold(context, hold);
  const question = text(
    `Détruire définitivement ? Retapez ${wanted} pour confirmer : `,
    `Destroy for ever? Type ${wanted} back to confirm: `,
  );
  const typed = await context.ask(context.output.of(question));
  if (typed === undefined) {
    throw usageFailure(
      text(
        'Sans terminal, confirmez par --yes --reason TEXTE.',
        'Without a terminal, confirm with --yes --reason TEXT.',
      ),
    );
  }
  if (typed.trim() !== wanted) {
    throw new CliFailure(EXIT.failed, text('Rien n’a été détruit.', 'Nothing was destroyed.'), 'cli.not-confirmed');
  }
}

const destroy: Command = {
  name: 'hold destroy',
  usage: 'ID [--yes] --reason TEXT',
  summary: text('détruit un objet retenu, sans retour', 'destroys a held object, for ever'),
  options: { reason: REASON, yes: { help: text('sans demander de confirmation', 'without asking for confirmation') } },
  positionals: [1, 1],
  examples: ['hold destroy 3fa94c1b77e0 --yes --reason "fichier piégé"'],
  async run(context, given) {
    const { hold } = await context.client.call('hold.show', { id: given.at(0) });
    await confirm(context, given, hold);
    const reason = await reasonFor(context, given);
    const answer = await context.client.call('hold.destroy', { id: hold.sha256, reason });
    context.output.json(answer);
    context.output.line(text(`Détruit : ${answer.sha256}`, `Destroyed: ${answer.sha256}`), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, show, release, destroy];
