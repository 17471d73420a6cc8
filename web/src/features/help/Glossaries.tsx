import { useQuery } from "@tanstack/react-query";
import { findingHelpPage, findingTypesQuery } from "@/shared/api/findingTypes";
import { issueHelpPage } from "@/shared/api/issueHelp";
import { issueTypesQuery } from "@/shared/api/issueTypes";
import { valueName } from "@/shared/i18n/values";
import { t } from "./messages/t";
import { type Type, Types } from "./Types";

/** What quality control and inspection can find wrong. */
export function Glossaries() {
  const issues = useQuery({
    ...issueTypesQuery,
    select: ({ issue_types }): Type[] => issue_types.map((one) => ({ code: one.code, about: `${valueName(one.category)} · ${t("usually", { severity: valueName(one.severity) })}`, meaning: one.meaning, page: issueHelpPage(one.help) })),
  });
  const findings = useQuery({
    ...findingTypesQuery,
    select: ({ finding_types }): Type[] => finding_types.map((one) => ({ code: one.code, about: `${valueName(one.area)} · ${t(one.hard ? "hard" : "overridable")}`, meaning: one.meaning, page: findingHelpPage(one.help) })),
  });
  return (
    <>
      <Types title={t("issueTypes")} about={t("issueTypesAbout")} search={t("searchIssueTypes")} types={issues} />
      <Types title={t("findingTypes")} about={t("findingTypesAbout")} search={t("searchFindingTypes")} types={findings} />
    </>
  );
}
