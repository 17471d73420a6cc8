import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { catalogueQuery } from "@/shared/api/catalogue";
import { named } from "@/shared/i18n/t";
import { bucketLabel, bucketRule } from "@/shared/lib/labels";
import { BucketMark } from "@/shared/ui/BucketMark";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import { t } from "./messages/t";
import { Glossaries } from "./Glossaries";
import styles from "./Help.module.css";
import { Shortcuts } from "./Shortcuts";

export function HelpPage() {
  const catalogue = useQuery(catalogueQuery);
  return (
    <Page title={t("title")}>
      <div className={`${page.body} ${styles.column}`} tabIndex={0}>
        <Section title={t("shortcuts")} about={t("shortcutsAbout")}>
          <Shortcuts headings="h2" />
        </Section>
        {catalogue.isError && <ProblemNotice error={catalogue.error} title={t("failed")} onRetry={() => void catalogue.refetch()} />}
        {catalogue.isPending && <Skeleton height={480} />}
        {catalogue.data !== undefined && (
          <>
            <Section title={t("buckets")} about={t("bucketsAbout")}>
              <dl className={styles.terms}>
                {catalogue.data.buckets.map((bucket) => (
                  <div key={bucket.key} className={styles.term}>
                    <dt>
                      <BucketMark bucket={bucket.key} /> {bucketLabel(bucket)}
                      <span className={styles.soft}>{t(bucket.kind === "insight" ? "insights" : "states")}</span>
                    </dt>
                    <dd>{bucketRule(bucket, catalogue.data.thresholds)}</dd>
                  </div>
                ))}
              </dl>
            </Section>
            <Section title={t("modifiers")} about={t("modifiersAbout")}>
              <dl className={styles.terms}>
                {catalogue.data.modifiers.map((m) => (
                  <div key={m.name} className={styles.term}>
                    <dt>
                      {named("modifier", m.name, m.label)}
                      {m.groupable && <span className={styles.soft}>{t("groupable")}</span>}
                    </dt>
                    <dd>
                      {named("modifierHelp", m.name, m.help)}
                      {m.samples.length > 0 && (
                        <span className={styles.samples}>
                          {t("examples")}{" "}
                          {m.samples.map((sample) => (
                            <code key={sample}>{sample}</code>
                          ))}
                        </span>
                      )}
                    </dd>
                  </div>
                ))}
              </dl>
            </Section>
          </>
        )}
        <Glossaries />
      </div>
    </Page>
  );
}
