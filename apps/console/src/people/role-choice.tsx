import { ROLES, type Role } from '@leadglass/contract';
import { ROLE_WORDS } from '../shell/words.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './people.module.css';
import { ROLE_MEANING } from './roles.ts';
import { PEOPLE } from './words.ts';

interface RoleChoiceProps {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** The roles, each with what it means. */
export function RoleChoice({ value, onChange }: RoleChoiceProps) {
  const words = useWords(PEOPLE);
  const say = useSay();
  return (
    <fieldset className={css.choices}>
      <legend>{words.role}</legend>
      {ROLES.map((role) => (
        <label key={role} className={value === role ? `${css.choice} ${css.chosen}` : css.choice}>
          <input type="radio" name="role" checked={value === role} onChange={() => onChange(role)} />
          <span>
            <span className={css.choiceName}>{say(ROLE_WORDS[role])}</span>
            <span className={css.note}>{say(ROLE_MEANING[role])}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
