import { Skeleton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import styles from "./Help.module.css";
import { t } from "./messages/t";

/** A type of what can be wrong, as the glossary shows it. */
export interface Type {
  code: string;
  about: string; // where it belongs, and how bad it is
  meaning: string;
  page: string; // of its article
}

interface Props {
  title: string;
  about: string;
  search: string;
  types: Pick<UseQueryResult<Type[]>, "data" | "error" | "isError" | "isPending" | "refetch">;
}

/** A glossary of types to search, each with a link to its article. */
export function Types({ title, about, search, types }: Props) {
  const [typed, setTyped] = useState("");
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = (types.data ?? []).filter((one) => {
    const text = [one.code, one.about, one.meaning].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <Section title={title} about={about}>
      <TextInput className={styles.search} aria-label={search} placeholder={search} leftSection={<IconSearch size={14} aria-hidden />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      {types.isError && <ProblemNotice error={types.error} title={t("failed")} onRetry={() => void types.refetch()} />}
      {types.isPending && <Skeleton height={480} />}
      <p className="sr-only" role="status">
        {typed !== "" && t("found", { count: found.length })}
      </p>
      {types.data !== undefined && found.length === 0 && <p className={styles.none}>{t("noType")}</p>}
      <dl className={styles.terms}>
        {found.map((one) => (
          <div key={one.code} className={styles.term}>
            <dt>
              <Link href={one.page} className={styles.link}>
                {one.code}
              </Link>
              <span className={styles.soft}>{one.about}</span>
            </dt>
            <dd>{one.meaning}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
