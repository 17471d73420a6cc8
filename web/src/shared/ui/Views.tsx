import { UnstyledButton } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import styles from "./Views.module.css";

interface Props<V extends string> {
  label: string;
  views: { value: V; name: string; icon: Icon }[];
  shown: V;
  onChange: (view: V) => void;
}

/** The same things looked at in another way. */
export function Views<V extends string>({ label, views, shown, onChange }: Props<V>) {
  return (
    <div role="group" aria-label={label} className={styles.views}>
      {views.map((view) => (
        <UnstyledButton key={view.value} className={styles.view} aria-pressed={view.value === shown} onClick={() => view.value !== shown && onChange(view.value)}>
          <view.icon size={14} aria-hidden />
          {view.name}
        </UnstyledButton>
      ))}
    </div>
  );
}
