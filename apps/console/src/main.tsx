import './client/jitless.ts';
import './theme/tokens.css';
import '@mantine/core/styles.layer.css';
import './theme/variables.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './client/index.ts';
import { makeRouter } from './shell/router.tsx';
import { THEME } from './theme/theme.ts';
import { currentLanguage } from './words/index.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
document.documentElement.lang = currentLanguage();

// Neither Mantine's variables nor its classes: it would write them into style elements (the first come from theme/variables.css, which the build makes).
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={THEME}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      withStaticClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={makeRouter()} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
