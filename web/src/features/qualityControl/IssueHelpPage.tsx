import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "wouter";
import { issueHelpQuery } from "@/shared/api/issueHelp";
import { valueName } from "@/shared/i18n/values";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

/** What a type of issue is, how it is found and how it is put right. */
export function IssueHelpPage() {
  const code = decodeURIComponent(useParams<{ code: string }>().code ?? "");
  const help = useQuery(issueHelpQuery(code));
  const article = help.data;
  return (
    <main className={styles.article}>
      <title>{`${article?.code ?? code} · Backlot`}</title>
      {help.isError && <ProblemNotice error={help.error} title={t("help.failed")} onRetry={() => void help.refetch()} />}
      {help.isPending && <div aria-busy="true" className={styles.bone} />}
      {article !== undefined && (
        <>
          <Title order={1}>
            {article.code}
          </Title>
          <p className={styles.soft}>
            {valueName(article.category)} · {t("help.usually", { severity: valueName(article.severity) })}
          </p>
          <Section title={t("help.meaning")}>{article.meaning}</Section>
          <Section title={t("help.finding")}>{article.finding}</Section>
          <Section title={t("help.fixing")}>{article.fixing}</Section>
          <Section title={t("help.sourceTypes")}>{article.source_types.map(valueName).join(", ")}</Section>
        </>
      )}
    </main>
  );
}
