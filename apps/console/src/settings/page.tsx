import { Tabs } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageFrame } from '../kit/index.ts';
import { hasSource } from '../shell/handover.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { DestinationsTab } from './destinations-tab.tsx';
import { EditTab } from './edit-tab.tsx';
import { GatewayTab } from './gateway-tab.tsx';
import { MeaningTab } from './meaning-tab.tsx';
import { PastTab } from './past-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import css from './settings.module.css';
import { TlsTab } from './tls-tab.tsx';
import { TOKENS } from './token-words.ts';
import { TokensTab } from './tokens-tab.tsx';
import { SETTINGS } from './words.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly isShown: boolean;
  readonly shown: () => ReactNode;
}

function useParts(): readonly Part[] {
  const words = useWords(SETTINGS);
  const tokens = useWords(TOKENS);
  const may = useMay();
  return [
    { id: 'in-force', title: words.tabMeaning, isShown: true, shown: () => <MeaningTab /> },
    {
      id: 'destinations',
      title: words.destinations,
      isShown: may('destination.list'),
      shown: () => <DestinationsTab />,
    },
    { id: 'edit', title: words.tabEdit, isShown: may('config.plan'), shown: () => <EditTab /> },
    { id: 'history', title: words.tabPast, isShown: may('config.history'), shown: () => <PastTab /> },
    { id: 'tls', title: words.tabTls, isShown: may('tls.show'), shown: () => <TlsTab /> },
    { id: 'rules', title: words.tabRules, isShown: may('rules.list'), shown: () => <RulesTab /> },
    { id: 'tokens', title: tokens.tab, isShown: may('web.token.list'), shown: () => <TokensTab /> },
    { id: 'gateway', title: words.tabGateway, isShown: true, shown: () => <GatewayTab /> },
  ].filter(({ isShown }) => isShown);
}

/** Every setting with its meaning, and everything that can be done with them. The part is in the address, so that it can be linked to. */
export function Page() {
  const words = useWords(SETTINGS);
  const parts = useParts();
  const navigate = useNavigate();
  const { hash } = useLocation();
  const fallback = hasSource() ? 'edit' : 'in-force';
  const at = parts.some(({ id }) => id === hash) ? hash : fallback;
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Tabs
        value={at}
        onChange={(to) => void navigate({ to: '/settings', hash: to ?? '', replace: true })}
        keepMounted={false}
      >
        <Tabs.List aria-label={words.parts}>
          {parts.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ id, shown }) => (
          <Tabs.Panel key={id} value={id} className={css.panel}>
            {id === at ? shown() : null}
          </Tabs.Panel>
        ))}
      </Tabs>
    </PageFrame>
  );
}
