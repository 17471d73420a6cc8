import { Title } from "@mantine/core";
import type { ComponentProps, ReactNode } from "react";
import styles from "./Page.module.css";

interface Props extends ComponentProps<"main"> {
  title: string;
  name?: string; // of the window, where it is another one
  beside?: ReactNode; // the title: tabs, a count
  actions?: ReactNode; // at the right
  children: ReactNode; // tools, and a body that scrolls: their classes are in Page.module.css
}

/** A page with its title in a bar above it. */
export function Page({ title, name = title, beside, actions, children, ...rest }: Props) {
  return (
    <main className={styles.page} {...rest}>
      <title>{`${name} · Backlot`}</title>
      <div className={styles.head}>
        <Title order={1}>{title}</Title>
        {beside}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </main>
  );
}
