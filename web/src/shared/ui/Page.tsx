import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./Page.module.css";

interface Props {
  title: string;
  name?: string; // of the window, where it is another one
  beside?: ReactNode; // the title: tabs, a count
  actions?: ReactNode; // at the right
  children: ReactNode; // tools, and a body that scrolls: their classes are in Page.module.css
}

/** A page with its title in a bar above it. */
export function Page({ title, name = title, beside, actions, children }: Props) {
  return (
    <main className={styles.page}>
      <title>{`${name} · Backlot`}</title>
      <div className={styles.head}>
        <Title order={1}>{title}</Title>
        {beside}
        {actions !== undefined && <span className={styles.gap} />}
        {actions}
      </div>
      {children}
    </main>
  );
}
