import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { IconDownload, IconFileUpload, IconReplace, IconTimeline } from "@tabler/icons-react";
import { valueName } from "@/shared/i18n/values";
import { Words } from "@/shared/i18n/Words";
import { actorName, formatInstant, formatSize } from "@/shared/lib/format";
import { provide } from "@/shared/lib/providing";
import { type Materials, materialsQuery } from "@/shared/api/request/getMaterials";
import type { Details } from "@/shared/api/request/getRequest";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { materialsAsOf } from "./asOf";
import { t } from "./messages/t";
import styles from "./TitleAside.module.css";

interface Props {
  id: string;
  at: string | undefined;
  request: Details["request"];
  provides: boolean; // whether materials can be provided now
}

/** The title and its materials; they stay beside every tab. */
export function TitleAside({ id, at, request: r, provides }: Props) {
  const materials = useQuery(materialsQuery(id));
  const files = materialsAsOf(materials.data?.materials ?? [], at);
  const active = files.filter((f) => f.state === "Active");
  const others = (name: string, value: string) => `/requests?${name}=${encodeURIComponent(value)}&status=All`;
  return (
    <aside className={styles.aside} aria-label={t("title.aside")}>
      <h2 className={styles.heading}>{t("title.title")}</h2>
      <p className={styles.title}>{r.title}</p>
      <p className={styles.facts}>
        {valueName(r.movie_type)} · {t(r.is_original ? "value.original" : "value.licensed")}
        <br />
        {r.content_partner.name}
        <br />
        {r.countries.join(", ")}
      </p>
      <p className={styles.facts}>
        <Words text={t("title.movie", { id: r.movie_id })} tags={{ a: (inner) => <Link href={others("movie_id", inner)}>{inner}</Link> }} />
        <br />
        <Words text={t("title.package", { id: r.package_id })} tags={{ a: (inner) => <Link href={others("package_id", inner)}>{inner}</Link> }} />
      </p>
      <p className={styles.doors}>
        <Link href={"/packages/" + encodeURIComponent(r.package_id)}>
          <IconTimeline size={16} aria-hidden />
          {t("title.timeline")}
        </Link>
        <Link href={"/titles/" + encodeURIComponent(r.movie_id)}>{t("title.timelineTitle")}</Link>
      </p>
      <div className={styles.headed}>
        <h2 className={styles.heading}>{t("materials.materials")}</h2>
        {provides && (
          <Button size="compact-xs" variant="default" leftSection={<IconFileUpload size={14} aria-hidden />} title={t("provide.tip")} aria-label={t("provide.provide")} onClick={() => provide({ to: { ids: [id] } })}>
            {t("provide.short")}…
          </Button>
        )}
      </div>
      {materials.isError && materials.data === undefined && <ProblemNotice error={materials.error} title={t("materials.failed")} onRetry={() => void materials.refetch()} />}
      {materials.isSuccess && files.length === 0 && <p className={styles.facts}>{t("materials.none")}</p>}
      <ul className={styles.files}>
        {files.map((f) => (
          <li key={f.id} data-replaced={(at === undefined && f.state === "Upgraded") || undefined}>
            <span className={styles.file} title={f.name}>
              {f.name}
            </span>
            <span className={styles.size}>{formatSize(f.size)}</span>
            {provides && f.state === "Active" ? (
              <Tooltip label={t("materials.replace")}>
                <ActionIcon size={24} variant="subtle" color="gray" className={styles.download} aria-label={t("materials.replaceOne", { name: f.name })} onClick={() => provide({ to: { ids: [id] }, replaces: { name: f.name, kind: f.kind } })}>
                  <IconReplace size={16} />
                </ActionIcon>
              </Tooltip>
            ) : (
              <span />
            )}
            <a href={f.content} download className={styles.download} aria-label={t("materials.one", { name: f.name })} title={t("materials.one", { name: f.name })}>
              <IconDownload size={16} aria-hidden />
            </a>
            <span className={styles.from}>
              {t("materials.provided", { kind: valueName(f.kind), who: actorName(f.provided_by), at: formatInstant(f.provided_at) })}
              {at === undefined && f.state === "Upgraded" && `, ${t("materials.replaced")}`}
            </span>
            <Downloaded by={at === undefined ? f.downloads : []} />
          </li>
        ))}
      </ul>
      {at === undefined && active.length > 1 && (
        <a href={`/api/v1/requests/${encodeURIComponent(id)}/materials.zip`} download className={styles.all} title={t("materials.allTip")}>
          <IconDownload size={16} aria-hidden />
          {t("materials.all", { size: formatSize(active.reduce((sum, f) => sum + f.size, 0)) })}
        </a>
      )}
    </aside>
  );
}

/** Who fetched it last, as far as one may know. */
function Downloaded({ by }: { by: Materials["materials"][number]["downloads"] }) {
  const last = by.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  if (last === undefined) return null;
  return <span className={styles.from}>{t("materials.downloaded", { who: actorName(last.by), at: formatInstant(last.at) })}</span>;
}
