import { Button } from '@mantine/core';
import { type Answer, useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, type Column, DataTable, ErrorPanel, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useSay, useWords } from '../words/index.ts';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

type Rule = Answer<'rules.list'>['rules'][number];

function useColumns(): readonly Column<Rule>[] {
  const words = useWords(SETTINGS);
  const name = (rule: Rule) => (
    <>
      <span className={css.mono}>{rule.name}</span> {rule.isHeavy ? <Badge tone="warn">{words.heavy}</Badge> : null}
    </>
  );
  return [
    { id: 'name', title: words.ruleName, width: 'minmax(240px, 2fr)', cell: name },
    {
      id: 'from',
      title: words.ruleFrom,
      width: '120px',
      cell: ({ namespace }) => (namespace === 'site' ? words.site : words.ours),
    },
    {
      id: 'file',
      title: words.ruleFile,
      width: 'minmax(160px, 1fr)',
      cell: ({ file, line }) => <span className={css.mono}>{`${file}:${line}`}</span>,
    },
  ];
}

/** YARA rules in force, and why files of the site are not. */
export function RulesTab() {
  const words = useWords(SETTINGS);
  const say = useSay();
  const columns = useColumns();
  const mayReload = useMay()('rules.reload');
  const asked = useAsk('rules.list', {});
  const reload = useAct('rules.reload');
  const read = () => reload.mutate({}, { onSuccess: () => toast({ text: SETTINGS.reloaded }) });
  const aside = mayReload ? (
    <Button size="xs" variant="default" loading={reload.isPending} onClick={read}>
      {words.reload}
    </Button>
  ) : undefined;
  return (
    <Section title={words.tabRules} lead={words.rulesLead} aside={aside}>
      {reload.isError ? <ErrorPanel error={reload.error} /> : null}
      <Asked of={asked}>
        {({ rules, problems }) => (
          <div className={css.stack}>
            {problems.length === 0 ? null : (
              <div role="alert">
                <h3>{words.rulesWrong}</h3>
                <ul className={css.list}>
                  {problems.map(({ file, line, text }) => (
                    <li key={`${file} ${line} ${text.en}`}>
                      <span className={css.mono}>{line === 0 ? file : `${file}:${line}`}</span> {say(text)}
                    </li>
                  ))}
                </ul>
              </div>
            )}
            <DataTable
              label={words.tabRules}
              columns={columns}
              rows={rules}
              keyOf={({ namespace, file, name, line }) => `${namespace} ${file} ${name} ${line}`}
            />
          </div>
        )}
      </Asked>
    </Section>
  );
}
