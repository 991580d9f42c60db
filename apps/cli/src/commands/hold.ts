import type { AnswerOf, HoldAnswer, RequestAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import type { Output } from '../output.ts';
import { timeWords } from '../words.ts';

function listHolds(output: Output, { holds, requests }: AnswerOf<'hold.list'>): void {
  const waiting = requests.filter((request) => !request.isExpired);
  const asked = new Map<string, string>(waiting.map(({ sha256, act, operator }) => [sha256, `${act} (${operator})`]));
  output.table(
    [
      text('retenu le', 'held at'),
      text('de', 'from'),
      text('verdict', 'verdict'),
      text('SHA-256', 'SHA-256'),
      text('demande', 'request'),
      text('raison', 'reason'),
    ],
    holds.map((hold) => [
      timeWords(hold.heldAtMs),
      hold.peer,
      { value: hold.verdict, colour: hold.verdict === 'malicious' ? 'red' : 'yellow' },
      hold.sha256.slice(0, 12),
      asked.get(hold.sha256) ?? '',
      hold.reasons[0] === undefined ? '' : output.of(hold.reasons[0]),
    ]),
  );
}

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
    listHolds(output, answer);
    return EXIT.ok;
  },
};

/** A hold and what was seen in it. */
export function showHold({ output }: Context, hold: HoldAnswer): void {
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

/** What waits for a second person. */
export function showRequest({ output }: Context, request: RequestAnswer): void {
  const [who, at] = [request.operator, timeWords(request.untilMs)];
  const act = output.of(ACTS[request.act]);
  const said = request.isExpired
    ? text(
        `  ${who} avait demandé ${act} (${request.reason}) ; demande périmée le ${at}`,
        `  ${who} had asked for ${act} (${request.reason}); the request expired at ${at}`,
      )
    : text(
        `  ${who} demande ${act} (${request.reason}) ; une autre personne peut approuver jusqu’au ${at}`,
        `  ${who} asks for ${act} (${request.reason}); another person may approve until ${at}`,
      );
  output.line(said, 'bold');
}

const ACTS = {
  release: text('la libération', 'the release'),
  destroy: text('la destruction', 'the destruction'),
} as const;

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
    for (const { destination, state } of answer.copyDeliveries) context.output.line(`    → ${destination} : ${state}`);
    if (answer.request !== null) showRequest(context, answer.request);
    for (const notice of answer.notices) context.output.line(`  ! ${context.output.of(notice)}`, 'yellow');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, show];
