import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatInstant, formatSize } from "@/shared/lib/format";
import { materialsQuery } from "./api/getMaterials";
import type { Details } from "./api/getRequest";
import { materialsAsOf } from "./asOf";
import styles from "./TitleAside.module.css";

interface Props {
  id: string;
  at: string | undefined;
  request: Details["request"];
}

/** The title and its materials; they stay beside every tab. */
export function TitleAside({ id, at, request: r }: Props) {
  const materials = useQuery(materialsQuery(id));
  const files = materialsAsOf(materials.data?.materials ?? [], at);
  const others = (name: string, value: string) => `/requests?${name}=${encodeURIComponent(value)}&status=All`;
  return (
    <aside className={styles.aside} aria-label="Title and materials">
      <h2 className={styles.heading}>Title</h2>
      <p className={styles.title}>{r.title}</p>
      <p className={styles.facts}>
        {r.movie_type} · {r.is_original ? "Original" : "Licensed"}
        <br />
        {r.content_partner.name}
        <br />
        {r.countries.join(", ")}
      </p>
      <p className={styles.facts}>
        Movie <Link href={others("movie_id", r.movie_id)}>{r.movie_id}</Link>
        <br />
        Package <Link href={others("package_id", r.package_id)}>{r.package_id}</Link>
      </p>
      <h2 className={styles.heading}>Materials</h2>
      {materials.isSuccess && files.length === 0 && <p className={styles.facts}>None were provided.</p>}
      <ul className={styles.files}>
        {files.map((f) => (
          <li key={f.id}>
            <span className={styles.file} title={f.name}>
              {f.name}
            </span>
            <span className={styles.size}>{formatSize(f.size)}</span>
            <span className={styles.from}>
              {f.kind}, {formatInstant(f.provided_at)}
            </span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
