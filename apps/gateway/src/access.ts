import { ACCESS, type Actor, mayDo, type Operation, type Role } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { controlFault } from './control-faults.ts';

const WORDS: Readonly<Record<Role, Text>> = {
  administrator: text('administrateur', 'administrator'),
  'security-officer': text('responsable de la sécurité', 'security officer'),
  radiologist: text('radiologue', 'radiologist'),
  technologist: text('manipulateur', 'technologist'),
  emergency: text('urgences', 'emergency'),
  auditor: text('auditeur', 'auditor'),
};

/**
 * Throws Fault `control.not-allowed` when `ACCESS` does not give `name` to the role of `who`. Without an account it is the owner of the home who
 * asks (the command line, or the console itself when it tells of people), and may do all.
 */
export function refuseUnlessAllowed(who: Actor | undefined, name: Operation): void {
  if (who !== undefined && !mayDo(who.role, name)) throw controlFault('control.not-allowed', whoMay(who.role, name));
}

function whoMay(role: Role, name: Operation): Text {
  const roles: readonly Role[] = ACCESS[name];
  const own = WORDS[role];
  const [fr, en] = [roles.map((each) => WORDS[each].fr).join(', '), roles.map((each) => WORDS[each].en).join(', ')];
  if (roles.length === 0) {
    return text(
      `Le rôle « ${own.fr} » ne le permet pas : cela se fait seulement sur la machine, en ligne de commande.`,
      `The role “${own.en}” does not allow it: this is done on the machine alone, on the command line.`,
    );
  }
  return text(
    `Le rôle « ${own.fr} » ne le permet pas ; ceux qui le peuvent : ${fr}.`,
    `The role “${own.en}” does not allow it; those that do: ${en}.`,
  );
}
