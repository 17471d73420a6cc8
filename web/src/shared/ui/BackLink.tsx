import type { ReactNode } from "react";
import { Link } from "wouter";
import styles from "./BackLink.module.css";

/** The way to where a page is reached from, above its title. */
export function BackLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={styles.back}>
      {children}
    </Link>
  );
}
