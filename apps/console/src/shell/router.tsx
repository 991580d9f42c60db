import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router';
import { EmptyState, ErrorPanel, Loading, PageFrame } from '../kit/index.ts';
import { PAGES, type PageEntry } from '../pages.ts';
import { useSay, useWords } from '../words/index.ts';
import { Root } from './root.tsx';
import { SHELL } from './words.ts';

function NotFound() {
  const words = useWords(SHELL);
  const say = useSay();
  return (
    <PageFrame title={words.notFound}>
      <EmptyState icon="search" title={words.notFound}>
        <p>{words.notFoundAdvice}</p>
        <Link to="/">{say(PAGES[0]?.title ?? SHELL.notFound)}</Link>
      </EmptyState>
    </PageFrame>
  );
}

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound });

function routeOf(page: PageEntry) {
  return createRoute({
    getParentRoute: () => rootRoute,
    path: page.path,
    component: lazyRouteComponent(page.load, 'Page'),
  });
}

/** One route for each line of pages.ts. */
export function makeRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren(PAGES.map(routeOf)),
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error }) => <ErrorPanel error={error} />,
    scrollRestoration: true,
  });
}
