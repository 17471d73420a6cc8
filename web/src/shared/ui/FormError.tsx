import styles from "./Form.module.css";

/** What is wrong with a form as a whole; read out when it appears. */
export function FormError({ children }: { children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <p role="alert" className={styles.error}>
      {children}
    </p>
  );
}
