import type { MeAnswer, Operation, Role } from '@leadglass/contract';
import { mayDo } from '@leadglass/contract';
import { createContext, useContext } from 'react';
import type { PageEntry } from '../pages.ts';

const MeContext = createContext<MeAnswer | undefined>(undefined);

/** Gives what is known of the person to everything inside. */
export const MeProvider = MeContext.Provider;

/** Who is signed in, and what this gateway is. Inside the shell alone. */
export function useMe(): MeAnswer {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('useMe outside the shell');
  return me;
}

/** Whether the person may do `operation`: what they may not is not shown (and the gateway refuses it anyway). */
export function useMay(): (operation: Operation) => boolean {
  const role = useContext(MeContext)?.person?.role;
  return (operation) => role !== undefined && mayDo(role, operation);
}

/** Whether somebody of `role` may see the page. */
export function maySee(page: PageEntry, role: Role | undefined): boolean {
  if (page.roles === 'anyone') return true;
  if (role === undefined) return false;
  return page.roles === 'signed-in' || page.roles.includes(role);
}
