import {
  type DecisionAnswer,
  type DecisionFacts,
  decisionStatement,
  type HoldAnswer,
  type RequestAnswer,
  type RequestOf,
} from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { keyPathOf, loadKey, SIGNING, signatureOf } from '../operator-key.ts';
import { timeWords } from '../words.ts';
import { showHold, showRequest } from './hold.ts';

const TYPED_BACK = 8;

async function reasonFor(context: Context, given: Given): Promise<string> {
  const given_ = given.value('reason');
  const question = context.output.of(text('Raison (inscrite au registre) : ', 'Reason (written to the ledger): '));
  const reason = (given_ ?? (await context.ask(question)) ?? '').trim();
  if (reason === '') throw usageFailure(text('Donnez une raison : --reason TEXTE.', 'Give a reason: --reason TEXT.'));
  return reason;
}

const REASON = { value: 'TEXT', help: text('la raison, inscrite au registre', 'the reason, written to the ledger') };

/** The signature of a decision, when the person says who they are. */
async function signedBy(
  context: Context,
  given: Given,
  facts: Omit<DecisionFacts, 'operator' | 'challenge'>,
): Promise<Pick<RequestOf<'hold.release'>, 'signed'>> {
  const operator = given.value('as');
  if (operator === undefined) return {};
  const key = await loadKey(context, keyPathOf(given, context.environment, operator));
  const { challenge } = await context.client.call('hold.challenge', {});
  const signature = signatureOf(key, decisionStatement({ ...facts, operator, challenge }));
  return { signed: { operator, challenge, signature } };
}

function tell({ output }: Context, answer: DecisionAnswer): void {
  if (answer.outcome === 'asked') {
    const until = timeWords(answer.untilMs ?? 0);
    output.line(
      text(
        `Demandé. L’objet reste retenu ; une autre personne approuve avant le ${until} :`,
        `Asked for. The object stays held; another person approves before ${until}:`,
      ),
      'yellow',
    );
    output.line(`  ./leadglass hold approve ${answer.sha256.slice(0, 12)} --as NAME`);
  } else if (answer.act === 'release') {
    const where = answer.destinations.join(', ') || '–';
    output.line(text(`Libéré, à livrer vers : ${where}`, `Released, to be delivered to: ${where}`), 'green');
  } else output.line(text(`Détruit : ${answer.sha256}`, `Destroyed: ${answer.sha256}`), 'green');
  for (const notice of answer.notices) output.line(`! ${output.of(notice)}`, 'yellow');
}

const release: Command = {
  name: 'hold release',
  usage: 'ID --reason TEXT [--as NAME]',
  summary: text('libère un objet retenu et le livre', 'releases a held object and delivers it'),
  notes: text(
    'Une libération ne se reprend pas une fois l’objet livré. Là où deux personnes décident, ceci demande seulement : une autre approuve (hold approve) dans les 72 heures.',
    'A release cannot be taken back once the object is delivered. Where two persons decide, this only asks: another one approves (hold approve) within 72 hours.',
  ),
  options: { reason: REASON, ...SIGNING },
  positionals: [1, 1],
  examples: ['hold release 3fa94c1b77e0 --reason "vu avec le constructeur"'],
  async run(context, given) {
    const reason = await reasonFor(context, given);
    const { hold } = await context.client.call('hold.show', { id: given.at(0) });
    const { sha256, verdict } = hold;
    const signed = await signedBy(context, given, { act: 'release', sha256, verdict, request: '', reason });
    const answer = await context.client.call('hold.release', { id: sha256, reason, ...signed });
    context.output.json(answer);
    tell(context, answer);
    return EXIT.ok;
  },
};

const CONFIRM = {
  release: (digits: string) =>
    text(
      `Libérer et livrer ? Retapez ${digits} pour confirmer : `,
      `Release and deliver? Type ${digits} back to confirm: `,
    ),
  destroy: (digits: string) =>
    text(
      `Détruire définitivement ? Retapez ${digits} pour confirmer : `,
      `Destroy for ever? Type ${digits} back to confirm: `,
    ),
} as const;

/** What cannot be undone is confirmed: the beginning of the SHA-256 is typed back, or --yes says that it was meant. */
async function confirm(context: Context, given: Given, hold: HoldAnswer, act: RequestAnswer['act']): Promise<void> {
  if (given.flag('yes')) return;
  const wanted = hold.sha256.slice(0, TYPED_BACK);
  if (!context.output.isJson) showHold(context, hold);
  const question = CONFIRM[act](wanted);
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
    throw new CliFailure(EXIT.failed, text('Rien n’a été fait.', 'Nothing was done.'), 'cli.not-confirmed');
  }
}

const YES = { help: text('sans demander de confirmation', 'without asking for confirmation') };

const destroy: Command = {
  name: 'hold destroy',
  usage: 'ID [--yes] --reason TEXT [--as NAME]',
  summary: text('détruit un objet retenu, sans retour', 'destroys a held object, for ever'),
  options: { reason: REASON, yes: YES, ...SIGNING },
  positionals: [1, 1],
  examples: ['hold destroy 3fa94c1b77e0 --yes --reason "fichier piégé"'],
  async run(context, given) {
    const { hold } = await context.client.call('hold.show', { id: given.at(0) });
    await confirm(context, given, hold, 'destroy');
    const reason = await reasonFor(context, given);
    const { sha256, verdict } = hold;
    const signed = await signedBy(context, given, { act: 'destroy', sha256, verdict, request: '', reason });
    const answer = await context.client.call('hold.destroy', { id: sha256, reason, ...signed });
    context.output.json(answer);
    tell(context, answer);
    return EXIT.ok;
  },
};

const approve: Command = {
  name: 'hold approve',
  usage: 'ID --as NAME [--yes]',
  summary: text(
    'approuve, en deuxième personne, ce qui a été demandé',
    'approves, as the second person, what was asked for',
  ),
  notes: text(
    'Ce que vous signez : l’objet, son verdict, la demande et sa raison. Regardez d’abord : hold show, hold view, hold preview.',
    'What you sign: the object, its verdict, the request and its reason. Look first: hold show, hold view, hold preview.',
  ),
  options: { yes: YES, ...SIGNING },
  positionals: [1, 1],
  examples: ['hold approve 3fa94c1b77e0 --as ben'],
  async run(context, given) {
    given.required('as');
    const { hold, request } = await context.client.call('hold.show', { id: given.at(0) });
    if (request === null) throw nothingAsked();
    if (!context.output.isJson) showRequest(context, request);
    await confirm(context, given, hold, request.act);
    const { sha256, verdict } = hold;
    const facts = {
      act: `approve-${request.act}`,
      sha256,
      verdict,
      request: request.id,
      reason: request.reason,
    } as const;
    const { signed } = await signedBy(context, given, facts);
    if (signed === undefined) throw nothingAsked();
    const answer = await context.client.call('hold.approve', { id: sha256, request: request.id, signed });
    context.output.json(answer);
    tell(context, answer);
    return EXIT.ok;
  },
};

const nothingAsked = () =>
  new CliFailure(
    EXIT.failed,
    text('Rien n’a été demandé pour cet objet.', 'Nothing was asked about this object.'),
    'cli.nothing-asked',
  );

const withdraw: Command = {
  name: 'hold withdraw',
  usage: 'ID',
  summary: text(
    'retire ce qui a été demandé ; l’objet reste retenu',
    'withdraws what was asked for; the object stays held',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['hold withdraw 3fa94c1b77e0'],
  async run({ client, output }, given) {
    const answer = await client.call('hold.withdraw', { id: given.at(0) });
    output.json(answer);
    output.line(text('Demande retirée ; l’objet reste retenu.', 'Request withdrawn; the object stays held.'), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [release, destroy, approve, withdraw];
