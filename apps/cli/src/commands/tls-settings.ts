import type { AnswerOf, TlsAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { readInput } from '../cert/hand-out.ts';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

function show({ output }: Context, tls: TlsAnswer): void {
  const { certificate, minVersion, hasPrevious, watchedUntilMs } = tls;
  const row = (fr: string, en: string, value: string) => output.line(`${output.of(text(fr, en)).padEnd(14)} ${value}`);
  row('version', 'version', `${minVersion.replace('v', ' ')} +`);
  row('certificat', 'certificate', `${certificate.sha256.slice(0, 16)}  ${certificate.subject}`);
  row(
    'émis par',
    'issued by',
    output.of(certificate.isSite ? text('le site', 'the site') : text('une autre autorité', 'another authority')),
  );
  row('jusqu’au', 'until', timeWords(certificate.notAfterMs));
  row('noms', 'names', certificate.names.join(', '));
  if (hasPrevious)
    output.line(
      text('tls rollback remet les réglages d’avant', 'tls rollback puts back the settings from before'),
      'grey',
    );
  if (watchedUntilMs > Date.now())
    output.line(
      text(
        `surveillés jusqu’au ${timeWords(watchedUntilMs)} : si un appareil admis auparavant n’y arrive plus, ils reviennent d’eux-mêmes`,
        `watched until ${timeWords(watchedUntilMs)}: if a device let in before fails, they go back by themselves`,
      ),
      'grey',
    );
}

/** Says what a change did; what prevented it is a failure. */
function sayChange(context: Context, answer: AnswerOf<'tls.set'>, isTried = false): number {
  const { output } = context;
  output.json(answer);
  if (answer.changes.length === 0) output.line(text('rien à changer', 'nothing to change'), 'grey');
  for (const change of answer.changes) output.line(`${answer.isApplied ? '✓' : '·'} ${output.of(change)}`);
  if (answer.problems.length > 0 && !answer.isApplied) {
    const sentence = text('Rien n’a été changé.', 'Nothing was changed.');
    throw new CliFailure(EXIT.failed, sentence, 'tls.not-changed', answer.problems);
  }
  if (answer.isApplied) show(context, answer.tls);
  else if (isTried && answer.changes.length > 0)
    output.line(text('essai réussi ; rien n’a été changé', 'the trial passed; nothing was changed'), 'green');
  return EXIT.ok;
}

const showCommand: Command = {
  name: 'tls show',
  usage: '',
  summary: text(
    'les réglages du port TLS et le certificat présenté',
    'the TLS port’s settings and the certificate shown',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['tls show'],
  async run(context) {
    const answer = await context.client.call('tls.show', {});
    context.output.json(answer);
    show(context, answer);
    return EXIT.ok;
  },
};

async function certificateOf(given: Given): Promise<'site' | { certPem: string; keyPem: string } | undefined> {
  const [cert, key] = [given.value('cert'), given.value('key')];
  if (given.flag('site-cert')) return 'site';
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usageFailure(text('--cert et --key vont ensemble.', '--cert and --key go together.'));
  const [certPem, keyPem] = [await readInput(cert), await readInput(key)].map((bytes) => bytes.toString('latin1'));
  return { certPem: certPem ?? '', keyPem: keyPem ?? '' };
}

function versionOf(given: Given): 'TLSv1.2' | 'TLSv1.3' | undefined {
  const value = given.value('min');
  if (value === undefined) return undefined;
  if (value === '1.2' || value === '1.3') return `TLSv${value}`;
  throw usageFailure(text('--min : 1.2 ou 1.3.', '--min: 1.2 or 1.3.'));
}

const set: Command = {
  name: 'tls set',
  usage: '[--min 1.2|1.3] [--name NAME]… [--no-names] [--cert FILE --key FILE | --site-cert] [--dry-run] [--force]',
  summary: text(
    'change les réglages du port TLS, après un essai réel',
    'changes the TLS port’s settings, after a real trial',
  ),
  notes: text(
    'Les associations en cours continuent. Un essai manqué ne change rien ; un appareil admis auparavant qui n’arrive plus à se connecter dans le quart d’heure remet les anciens réglages.',
    'Associations in progress go on. A failed trial changes nothing; a device let in before that cannot connect within a quarter of an hour brings the old settings back.',
  ),
  options: {
    min: { value: '1.2|1.3', help: text('version la plus ancienne admise', 'oldest version accepted') },
    name: {
      value: 'NAME',
      isMultiple: true,
      help: text(
        'noms et adresses ajoutés au certificat du site (remplacent les précédents)',
        'names and addresses added to the site’s certificate (instead of those before)',
      ),
    },
    'no-names': { help: text('aucun nom ajouté', 'no names added') },
    cert: {
      value: 'FILE',
      help: text(
        'certificat d’une autre autorité, suivi de sa chaîne (PEM)',
        'another authority’s certificate, its chain behind it (PEM)',
      ),
    },
    key: { value: 'FILE', help: text('sa clé (PEM, non chiffrée)', 'its key (PEM, not encrypted)') },
    'site-cert': { help: text('de nouveau le certificat du site', 'the site’s own certificate again') },
    'dry-run': { help: text('essayer sans rien changer', 'try and change nothing') },
    force: {
      help: text('même si des appareils admis auparavant restent dehors', 'even if devices let in before stay outside'),
    },
  },
  positionals: [0, 0],
  examples: ['tls set --name gateway.example.org --name 192.0.2.1', 'tls set --min 1.3 --dry-run'],
  async run(context, given) {
    const [certificate, minVersion, names] = [await certificateOf(given), versionOf(given), given.list('name')];
    const isTried = given.flag('dry-run');
    const answer = await context.client.call('tls.set', {
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(names.length === 0 && !given.flag('no-names') ? {} : { names: [...names] }),
      ...(certificate === undefined ? {} : { certificate }),
      apply: !isTried,
      force: given.flag('force'),
    });
    return sayChange(context, answer, isTried);
  },
};

const renew: Command = {
  name: 'tls renew',
  usage: '',
  summary: text(
    'nouvelle clé et nouveau certificat du site pour le port TLS',
    'a new key and certificate of the site’s for the TLS port',
  ),
  notes: text(
    'Fait tout seul 60 jours avant la fin ; à la main si la clé a pu être lue par quelqu’un.',
    'Done by itself 60 days before the end; by hand when somebody may have read the key.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['tls renew'],
  async run(context) {
    return sayChange(context, await context.client.call('tls.renew', {}));
  },
};

const rollback: Command = {
  name: 'tls rollback',
  usage: '',
  summary: text('remet les réglages TLS d’avant', 'puts back the TLS settings from before'),
  options: {},
  positionals: [0, 0],
  examples: ['tls rollback'],
  async run(context) {
    return sayChange(context, await context.client.call('tls.rollback', {}));
  },
};

export const COMMANDS: readonly Command[] = [showCommand, set, renew, rollback];
