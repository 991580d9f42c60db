import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LedgerCheckAnswer, LedgerCheckSchema } from '@leadglass/contract';
import { text, toHex } from '@leadglass/kit';
import { checkInclusion, diskTileStore, originOf, type Trust, verifyLedger } from '@leadglass/ledger';
import type { Command, Context } from '../command.ts';
import { CliFailure, EXIT, isCliFailure } from '../exits.ts';

/** Whom to believe about this home's ledger: its name and its public key. Throws CliFailure when the home has none. */
export async function trustOf(home: string): Promise<Trust> {
  try {
    const [pem, siteName, checkpoint] = await Promise.all(
      ['keys/ledger.pem', 'keys/site-name.txt', 'ledger/checkpoint'].map((name) => readFile(join(home, name), 'utf8')),
    );
    const name = (siteName ?? '').trim();
    // Either spelling is this site's own name; the signature decides, not the line.
    const origin = checkpoint?.startsWith(`${originOf(name)}\n`) === true ? originOf(name) : name;
    return { origin, publicKey: createPublicKey(createPrivateKey(pem ?? '')) };
  } catch (thrown) {
    throw new CliFailure(
      EXIT.notFound,
      text(
        `Aucun registre lisible dans ${home} : indiquez le dossier de la passerelle par LEADGLASS_HOME.`,
        `No readable ledger in ${home}: name the gateway’s home with LEADGLASS_HOME.`,
      ),
      'cli.no-ledger',
      [(thrown as Error).message],
    );
  }
}

/** Size the running gateway speaks of, or undefined when it does not run: a ledger cut back on disk would be smaller. */
async function sizeInUse({ client }: Context): Promise<number | undefined> {
  try {
    return (await client.call('status', {})).ledger.size;
  } catch (thrown) {
    if (isCliFailure(thrown, EXIT.notRunning)) return undefined;
    throw thrown;
  }
}

async function verifyHome(context: Context): Promise<LedgerCheckAnswer> {
  const { home, output } = context;
  const trust = await trustOf(home);
  const least = await sizeInUse(context);
  const folder = join(home, 'ledger');
  const found = await verifyLedger(diskTileStore(folder), {
    ...trust,
    onProgress: (done, size) => output.redraw(`${done} / ${size}`),
  });
  output.redraw('');
  const cut =
    least !== undefined && found.size < least
      ? [{ code: 'ledger.cut-back', path: 'checkpoint', index: found.size }]
      : [];
  const faults = [...found.faults, ...cut];
  return LedgerCheckSchema.parse({
    isSound: found.isSound && faults.length === 0,
    size: found.size,
    rootHash: toHex(found.rootHash),
    faults,
  });
}

const verify: Command = {
  name: 'ledger verify',
  usage: '',
  summary: text(
    'prouve que rien n’a été modifié, retiré ni déplacé',
    'proves that nothing was changed, removed or reordered',
  ),
  notes: text(
    'Lit les fichiers du registre directement : fonctionne aussi quand la passerelle est arrêtée.',
    'Reads the ledger’s files directly: works also while the gateway is stopped.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['ledger verify'],
  async run(context) {
    const { output } = context;
    const checked = await verifyHome(context);
    output.json(checked);
    for (const fault of checked.faults) output.line(`${fault.code}  ${fault.path}  ${fault.index}`, 'red');
    if (!checked.isSound) {
      output.line(text('Le registre N’EST PAS intact.', 'The ledger is NOT intact.'), 'red');
      return EXIT.unsound;
    }
    const { size, rootHash } = checked;
    output.line(
      text(`Registre intact : ${size} entrées, racine ${rootHash}`, `Ledger intact: ${size} entries, root ${rootHash}`),
      'green',
    );
    return EXIT.ok;
  },
};

const show: Command = {
  name: 'ledger show',
  usage: '[--from N] [--count N]',
  summary: text('les entrées du registre, telles quelles', 'the ledger’s entries, as they are'),
  options: {
    from: {
      value: 'N',
      help: text('à partir de l’entrée N (sinon les dernières)', 'from entry N on (else the last ones)'),
    },
    count: { value: 'N', short: 'n', help: text('combien (20)', 'how many (20)') },
  },
  positionals: [0, 0],
  examples: ['ledger show', 'ledger show --from 0 --count 5 --json'],
  async run({ client, output }, given) {
    const first = given.number('from', 0, Number.MAX_SAFE_INTEGER);
    const answer = await client.call('ledger.show', {
      count: given.number('count', 1, 1000) ?? 20,
      ...(first === undefined ? {} : { first }),
    });
    output.json(answer);
    for (const { index, content } of answer.entries) {
      output.line(`#${index}`, 'bold');
      output.block(content);
    }
    return EXIT.ok;
  },
};

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

const prove: Command = {
  name: 'ledger prove',
  usage: 'ID',
  summary: text('une preuve d’inscription, vérifiable par d’autres', 'an inclusion proof that others can check'),
  notes: text(
    'ID : identifiant d’un événement ou d’une arrivée, ou numéro d’entrée (#123).\nForme C2SP tlog-proof ; --json donne aussi chaque partie en hexadécimal.',
    'ID: id of an event or an arrival, or entry number (#123).\nC2SP tlog-proof form; --json also gives each part in hexadecimal.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ["ledger prove '#123'"],
  async run(context, given) {
    const { proofs } = await context.client.call('ledger.prove', { id: given.at(0) });
    const trust = await trustOf(context.home);
    context.output.json({ proofs });
    for (const proof of proofs) {
      const parts = {
        entry: bytesOf(proof.entry),
        leafHash: bytesOf(proof.leafHash),
        rootHash: bytesOf(proof.rootHash),
      };
      const verdict = checkInclusion({ ...proof, ...parts, hashes: proof.hashes.map(bytesOf) }, trust);
      if (verdict !== 'sound') {
        throw new CliFailure(
          EXIT.unsound,
          text(`Preuve fausse : ${verdict}.`, `False proof: ${verdict}.`),
          'cli.false-proof',
        );
      }
      context.output.block(proof.text);
    }
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [verify, show, prove];
