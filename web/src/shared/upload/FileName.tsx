import styles from "./Upload.module.css";

/** A name, its folders less loud than itself. */
export function FileName({ name }: { name: string }) {
  const at = name.lastIndexOf("/") + 1;
  return (
    <span className={styles.fileName} title={name}>
      {at > 0 && <span className={styles.soft}>{name.slice(0, at)}</span>}
      {name.slice(at)}
    </span>
  );
}
