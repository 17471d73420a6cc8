import { type ReactNode, useId } from "react";
import styles from "./Section.module.css";

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}

/** A part of a page of settings: what it is on the left, the thing itself on the right. */
export function Section({ title, about, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section}>
      <div>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {about !== undefined && <p className={styles.about}>{about}</p>}
      </div>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
