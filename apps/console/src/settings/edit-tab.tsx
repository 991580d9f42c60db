import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { type Answer, call, queryClient, useAsk } from '../client/index.ts';
import { Asked, Badge, DangerDialog, Diff, ErrorPanel, Section, type Tone, toast } from '../kit/index.ts';
import { takeSource } from '../shell/handover.ts';
import { useMay } from '../shell/me.tsx';
import { useSay, useWords } from '../words/index.ts';
import { Editor, goToLine } from './editor.tsx';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

type Plan = Answer<'config.plan'>;

/** So long after the last key the plan is asked for. */
const PAUSE_MS = 500;
/** What the gateway takes as a configuration file. */
const LARGEST_BYTES = 1_048_576;
const TONES: Readonly<Record<Plan['changes'][number]['kind'], Tone>> = { add: 'good', change: 'calm', remove: 'bad' };

function download(source: string): void {
  const url = URL.createObjectURL(new Blob([source], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `leadglass-${new Date().toISOString().slice(0, 10)}.yaml`;
  link.click();
  URL.revokeObjectURL(url);
}

/** Applies, and offers the way back: the state that was in force until now. */
async function apply(source: string): Promise<void> {
  const before = (await call('config.history', { limit: 1 })).past[0]?.no;
  const { changes } = await call('config.apply', { source });
  await queryClient.invalidateQueries();
  const undo = async () => {
    if (before === undefined) return;
    await call('config.undo', { no: before });
    await queryClient.invalidateQueries();
  };
  toast({ text: SETTINGS.applied(changes.length), ...(before === undefined ? {} : { undo }) });
}

export function Changes({ of }: { readonly of: Plan['changes'] }) {
  const words = useWords(SETTINGS);
  const say = useSay();
  return (
    <ul className={css.list}>
      {of.map(({ kind, what, text }) => (
        <li key={`${kind} ${what} ${text.en}`} className={css.change}>
          <span>
            <Badge tone={TONES[kind]}>{words[kind]}</Badge>
          </span>
          <span>{say(text)}</span>
        </li>
      ))}
    </ul>
  );
}

function Problems({ of, onJump }: { readonly of: Plan['problems']; readonly onJump: (line: number) => void }) {
  const words = useWords(SETTINGS);
  const say = useSay();
  return (
    <div role="alert">
      <h3>{words.problems(of.length)}</h3>
      <ul className={css.list}>
        {of.map(({ path, line, text }) => (
          <li key={`${line} ${path} ${text.en}`}>
            {line === 0 ? null : (
              <button type="button" className={css.jump} onClick={() => onJump(line)}>
                {words.atLine(line)}
              </button>
            )}{' '}
            {say(text)}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface PlannedProps {
  readonly plan: Plan;
  readonly source: string;
  readonly inForce: string;
  readonly onJump: (line: number) => void;
}

function Planned({ plan, source, inForce, onJump }: PlannedProps) {
  const words = useWords(SETTINGS);
  const mayApply = useMay()('config.apply');
  const [isAsking, setAsking] = useState(false);
  if (plan.problems.length > 0) return <Problems of={plan.problems} onJump={onJump} />;
  if (plan.changes.length === 0) return <p className={css.quiet}>{words.unchanged}</p>;
  return (
    <div className={css.stack}>
      <h3>{words.changes(plan.changes.length)}</h3>
      <Changes of={plan.changes} />
      <details>
        <summary className={css.summary}>{words.asLines}</summary>
        <Diff label={words.asLines} before={inForce} after={source} />
      </details>
      {mayApply ? (
        <div className={css.acts}>
          <Button onClick={() => setAsking(true)}>{words.apply}</Button>
        </div>
      ) : (
        <p className={css.quiet}>{words.notAllowed}</p>
      )}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.applyTitle}
        act={words.apply}
        onAct={() => apply(source)}
        isReasonNeeded={false}
        isDanger={false}
      >
        <p>{words.applyMeaning}</p>
        <Changes of={plan.changes} />
      </DangerDialog>
    </div>
  );
}

function FileButtons({ source, onSource }: { readonly source: string; readonly onSource: (to: string) => void }) {
  const words = useWords(SETTINGS);
  const field = useRef<HTMLInputElement>(null);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    event.currentTarget.value = '';
    if (file === undefined) return;
    if (file.size > LARGEST_BYTES) return toast({ text: SETTINGS.tooLarge });
    onSource(await file.text());
    toast({ text: SETTINGS.imported });
  };
  return (
    <div className={css.acts}>
      <Button size="xs" variant="default" onClick={() => download(source)}>
        {words.exportFile}
      </Button>
      <Button size="xs" variant="default" onClick={() => field.current?.click()}>
        {words.importFile}
      </Button>
      <input
        ref={field}
        type="file"
        accept=".yaml,.yml"
        hidden
        aria-label={words.importFile}
        onChange={(event) => void take(event)}
      />
    </div>
  );
}

function Editing({ inForce }: { readonly inForce: string }) {
  const words = useWords(SETTINGS);
  const field = useRef<HTMLTextAreaElement>(null);
  const [source, setSource] = useState(inForce);
  const [settled] = useDebouncedValue(source, PAUSE_MS);
  const plan = useAsk('config.plan', { source: settled });
  useEffect(() => {
    const left = takeSource();
    if (left !== '') setSource(left);
  }, []);
  const wrong = new Set((plan.data?.problems ?? []).map(({ line }) => line));
  const onJump = (line: number) => {
    if (field.current !== null) goToLine(field.current, line);
  };
  return (
    <Section title={words.editor} lead={words.editLead} aside={<FileButtons source={source} onSource={setSource} />}>
      <div className={css.editing}>
        <Editor label={words.editor} value={source} onChange={setSource} wrong={wrong} field={field} />
        <div className={css.stack}>
          {settled !== source ? <p className={css.quiet}>{words.planning}</p> : null}
          {plan.isError ? <ErrorPanel error={plan.error} onRetry={() => void plan.refetch()} /> : null}
          {plan.data === undefined || settled !== source ? null : (
            <Planned plan={plan.data} source={source} inForce={inForce} onJump={onJump} />
          )}
          {source === inForce ? null : (
            <Button size="xs" variant="default" onClick={() => setSource(inForce)}>
              {words.reset}
            </Button>
          )}
        </div>
      </div>
    </Section>
  );
}

/** The settings as one text: problems by line, the plan while writing, and only then the button that applies it. */
export function EditTab() {
  const asked = useAsk('config.show', {});
  // What is in force may be changed elsewhere meanwhile: then the editor begins anew, from that.
  return <Asked of={asked}>{({ source }) => <Editing key={source} inForce={source} />}</Asked>;
}
