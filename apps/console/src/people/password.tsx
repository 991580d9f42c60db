import { PasswordInput } from '@mantine/core';
import { useWords } from '../words/index.ts';
import { WAYS } from './words.ts';

interface PasswordProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What the browser's own store of passwords makes of it. */
  readonly kind: 'current-password' | 'new-password';
}

/** A password, which may be looked at while it is typed. */
export function Password({ label, description, value, onChange, kind }: PasswordProps) {
  const words = useWords(WAYS);
  return (
    <PasswordInput
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': words.showPassword, tabIndex: 0 }}
      autoComplete={kind}
      minLength={kind === 'new-password' ? 12 : 1}
      maxLength={128}
      required
    />
  );
}
