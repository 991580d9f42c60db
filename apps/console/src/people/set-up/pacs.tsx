import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { call, queryClient } from '../../client/index.ts';
import { CopyCommand } from '../../kit/index.ts';
import { ConnectionTest } from '../../settings/connection-test.tsx';
import { useWords } from '../../words/index.ts';
import { useDoing } from '../act.ts';
import { Failure } from '../failure.tsx';
import css from '../people.module.css';
import { type Pacs, pacsCommands, testCommand } from './commands.ts';
import { SET } from './words.ts';

const OUR_TITLE = 'LEADGLASS';

/** Where images go. */
export function PacsStep({ onNext }: { readonly onNext: () => void }) {
  const words = useWords(SET);
  const [pacs, setPacs] = useState<Pacs>({ name: 'pacs', host: '', port: 104, called: '', tls: false });
  const [isThere, setThere] = useState(false);
  const doing = useDoing();
  const { name: _name, ...target } = pacs;
  const isWhole = pacs.host !== '' && pacs.called !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    doing.run(async () => {
      await call('destination.add', { ...pacs, calling: OUR_TITLE });
      await call('route.add', { from: '*', to: pacs.name });
      await queryClient.invalidateQueries();
      setThere(true);
    });
  };
  if (isThere) {
    return (
      <section className={css.form}>
        <h2>{words.stepPacs}</h2>
        <p className={css.notice}>{words.pacsThere(pacs.name)}</p>
        <ConnectionTest asked={{ name: pacs.name }} />
        <CopyCommand command={`leadglass destination test ${pacs.name}`} />
        <Button onClick={onNext}>{words.next}</Button>
      </section>
    );
  }
  return (
    <form onSubmit={submit} className={css.form}>
      <h2>{words.stepPacs}</h2>
      <p>{words.pacsLead}</p>
      <PacsFields pacs={pacs} onChange={setPacs} />
      <ConnectionTest asked={isWhole ? { target: { ...target, calling: OUR_TITLE } } : undefined} />
      <CopyCommand command={testCommand(pacs)} />
      <CopyCommand command={pacsCommands(pacs)} />
      <Failure error={doing.error} />
      <div className={css.buttons}>
        <Button type="submit" loading={doing.isBusy}>
          {words.pacsAdd}
        </Button>
        <Button variant="subtle" color="gray" onClick={onNext}>
          {words.later}
        </Button>
      </div>
    </form>
  );
}

function PacsFields({ pacs, onChange }: { readonly pacs: Pacs; readonly onChange: (pacs: Pacs) => void }) {
  const words = useWords(SET);
  const set = (change: Partial<Pacs>) => onChange({ ...pacs, ...change });
  return (
    <>
      <div className={css.pair}>
        <TextInput
          label={words.pacsHost}
          value={pacs.host}
          onChange={(event) => set({ host: event.currentTarget.value.trim() })}
          maxLength={253}
          required
        />
        <NumberInput
          label={words.pacsPort}
          value={pacs.port}
          onChange={(value) => set({ port: Number(value) })}
          min={1}
          max={65_535}
          hideControls
          required
        />
      </div>
      <div className={css.pair}>
        <TextInput
          label={words.pacsCalled}
          value={pacs.called}
          onChange={(event) => set({ called: event.currentTarget.value })}
          maxLength={16}
          required
        />
        <TextInput
          label={words.pacsName}
          description={words.pacsNameMeaning}
          value={pacs.name}
          onChange={(event) => set({ name: event.currentTarget.value.trim() })}
          maxLength={64}
          required
        />
      </div>
      <Checkbox
        label={words.pacsTls}
        checked={pacs.tls}
        onChange={(event) => set({ tls: event.currentTarget.checked })}
      />
    </>
  );
}
