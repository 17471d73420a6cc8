import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "wouter";
import { findingTypeQuery } from "@/shared/api/findingTypes";
import { valueName } from "@/shared/i18n/values";
import { BackLink } from "@/shared/ui/BackLink";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import styles from "./Help.module.css";
import { t } from "./messages/t";

/** What a type of finding is and what to do about it. */
export function FindingHelpPage() {
  const code = decodeURIComponent(useParams<{ code: string }>().code ?? "");
  const { data: type, error, isError, isPending, refetch } = useQuery(findingTypeQuery(code));
  return (
    <main className={styles.page}>
      <title>{`${type?.code ?? code} · Backlot`}</title>
      <BackLink href="/help">{t("back")}</BackLink>
      <h1 className={styles.title}>{type?.code ?? code}</h1>
      {isError && <ProblemNotice error={error} title={t("noArticle")} onRetry={() => void refetch()} />}
      {isPending && <Skeleton height={160} />}
      {type !== undefined && (
        <>
          <p className={styles.soft}>
            {valueName(type.area)} · {t(type.hard ? "hard" : "overridable")}
          </p>
          <Section title={t("meaning")}>{type.meaning}</Section>
          <Section title={t("fixing")}>{type.fixing}</Section>
        </>
      )}
    </main>
  );
}
