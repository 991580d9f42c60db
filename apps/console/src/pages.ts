import { ACCESS, CONSOLE, type ConsoleRoute, type Operation, type Role } from '@leadglass/contract';
import type { ComponentType } from 'react';
import type { IconName } from './kit/icons.tsx';
import { type Text, text } from './words/index.ts';

/** A page: where it is, what it is called, who may see it, and the file that shows it (loaded when first visited). */
export interface PageEntry {
  /** As TanStack Router writes it: `/peers/$title`. */
  readonly path: string;
  readonly title: Text;
  /** The file exports a component `Page`. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
  /** Roles that may see it: hidden from the others. `anyone`: without being signed in, and without navigation around it. */
  readonly roles: readonly Role[] | 'signed-in' | 'anyone';
  /** Its place in the navigation: the icon, and the letter that goes there after `g`. */
  readonly nav?: { readonly icon: IconName; readonly key: string };
}

/** Who may do `operation`. */
const who = (operation: Operation): readonly Role[] => ACCESS[operation];
/** Who may ask `route` of the console itself, where that is a matter of roles. */
const whoAsks = (route: ConsoleRoute): readonly Role[] => {
  const { access } = CONSOLE[route];
  return typeof access === 'string' ? [] : access;
};

/** Where somebody goes who has to sign in, and where a gateway that nobody has set up begins. */
export const SIGN_IN = '/sign-in';
export const SET_UP = '/set-up';
/** Where whoever was invited begins. */
export const INVITATION = '/invitation';

/**
 * Every page of the console, in the order of the navigation. To add one: a line here, and a file that exports `Page`.
 * Parameters are read with `useParams({ strict: false })`.
 */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    title: text('Maintenant', 'Now'),
    load: () => import('./now/page.tsx'),
    roles: 'signed-in',
    nav: { icon: 'now', key: 'n' },
  },
  {
    path: '/peers',
    title: text('Correspondants', 'Peers'),
    load: () => import('./peers/page.tsx'),
    roles: who('peer.list'),
    nav: { icon: 'peers', key: 'c' },
  },
  {
    path: '/peers/$title',
    title: text('Correspondant', 'Peer'),
    load: () => import('./peers/peer-page.tsx'),
    roles: who('peer.list'),
  },
  {
    path: '/learning',
    title: text('Apprendre les règles', 'Learn the rules'),
    load: () => import('./peers/learning-page.tsx'),
    roles: who('policy.show'),
  },
  {
    path: '/journey',
    title: text('Parcours', 'Journey'),
    load: () => import('./journey/page.tsx'),
    roles: [...new Set([...who('journey'), ...who('journey.search')])],
    nav: { icon: 'journey', key: 'p' },
  },
  {
    path: '/journey/$id',
    title: text('Parcours', 'Journey'),
    load: () => import('./journey/one-page.tsx'),
    roles: who('journey'),
  },
  {
    path: '/holds',
    title: text('Retenues', 'Holds'),
    load: () => import('./holds/page.tsx'),
    roles: who('hold.list'),
    nav: { icon: 'holds', key: 'r' },
  },
  {
    path: '/holds/$sha',
    title: text('Objet retenu', 'Held object'),
    load: () => import('./holds/one-page.tsx'),
    roles: who('hold.show'),
  },
  {
    path: '/images',
    title: text('Images', 'Images'),
    load: () => import('./images/page.tsx'),
    roles: who('journey.search'),
    nav: { icon: 'images', key: 'i' },
  },
  {
    path: '/images/$study',
    title: text('Examen', 'Study'),
    load: () => import('./images/study-page.tsx'),
    roles: who('journey.search'),
  },
  {
    path: '/emergency',
    title: text('Urgences', 'Emergency'),
    load: () => import('./emergency/page.tsx'),
    roles: who('chart.search'),
    nav: { icon: 'emergency', key: 'e' },
  },
  {
    path: '/emergency/patient/$chart',
    title: text('Patient', 'Patient'),
    load: () => import('./emergency/patient-page.tsx'),
    roles: whoAsks('patient.open'),
  },
  {
    path: '/emergency/patient/$chart/$study',
    title: text('Images', 'Images'),
    load: () => import('./emergency/study-page.tsx'),
    roles: whoAsks('patient.open'),
  },
  {
    path: '/glass',
    title: text('Ouvertures à revoir', 'Openings to review'),
    load: () => import('./glass/page.tsx'),
    roles: who('glass.list'),
  },
  {
    path: '/registration',
    title: text('Enregistrement', 'Registration'),
    load: () => import('./registration/page.tsx'),
    roles: who('registration.add'),
    nav: { icon: 'register', key: 'd' },
  },
  {
    path: '/reconcile',
    title: text('Rattachement', 'Reconciliation'),
    load: () => import('./reconcile/page.tsx'),
    roles: who('reconcile.show'),
    nav: { icon: 'check', key: 't' },
  },
  {
    path: '/drills',
    title: text('Exercices', 'Drills'),
    load: () => import('./drills/page.tsx'),
    roles: who('drill.list'),
    nav: { icon: 'drill', key: 'x' },
  },
  {
    path: '/ledger',
    title: text('Registre', 'Ledger'),
    load: () => import('./ledger/page.tsx'),
    roles: who('ledger.show'),
    nav: { icon: 'ledger', key: 'l' },
  },
  {
    path: '/ledger/$index',
    title: text('Entrée du registre', 'Ledger entry'),
    load: () => import('./ledger/entry-page.tsx'),
    roles: who('ledger.show'),
  },
  {
    path: '/people',
    title: text('Personnes', 'People'),
    load: () => import('./people/people-page.tsx'),
    roles: whoAsks('people.list'),
    nav: { icon: 'people', key: 'u' },
  },
  {
    path: '/settings',
    title: text('Réglages', 'Settings'),
    load: () => import('./settings/page.tsx'),
    roles: who('config.show'),
    nav: { icon: 'settings', key: 's' },
  },
  {
    path: '/account',
    title: text('Mon compte', 'My account'),
    load: () => import('./people/account-page.tsx'),
    roles: 'signed-in',
  },
  {
    path: SIGN_IN,
    title: text('S’identifier', 'Sign in'),
    load: () => import('./people/sign-in-page.tsx'),
    roles: 'anyone',
  },
  {
    path: SET_UP,
    title: text('Installer Leadglass', 'Set up Leadglass'),
    load: () => import('./people/set-up/page.tsx'),
    roles: 'anyone',
  },
  {
    path: INVITATION,
    title: text('Bienvenue', 'Welcome'),
    load: () => import('./people/invitation-page.tsx'),
    roles: 'anyone',
  },
];

/** Where somebody begins: whoever comes for an emergency has no time for another page. */
export function firstPageOf(role: Role | undefined): string {
  return role === 'emergency' ? '/emergency' : '/';
}

/** What takes the whole window while the session is locked; it calls `onUnlocked` once the person has shown again who they are. */
export const loadLock = (): Promise<{ readonly Lock: ComponentType<{ readonly onUnlocked: () => void }> }> =>
  import('./people/lock.tsx');
