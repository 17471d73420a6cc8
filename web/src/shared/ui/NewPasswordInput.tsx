import { PasswordInput } from "@mantine/core";
import { passwordRule } from "@/shared/lib/password";

interface Props {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  autoFocus?: boolean;
}

/** A field for a password that somebody chooses, with the rule for it. */
export function NewPasswordInput({ label, value, error, onChange, autoFocus }: Props) {
  return (
    <PasswordInput
      label={label}
      description={passwordRule}
      autoComplete="new-password"
      name="new-password"
      required
      withAsterisk={false}
      autoFocus={autoFocus ?? false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
