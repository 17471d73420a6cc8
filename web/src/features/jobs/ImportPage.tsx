import { Button, FileButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { useLocation } from "wouter";
import { catalogueQuery } from "@/shared/api/catalogue";
import { sentence } from "@/shared/api/problem";
import { formatSize } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { FormError } from "@/shared/ui/FormError";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { useStartImport } from "./api/startImport";
import { columns, csvType, look, typeOf, workbookType } from "./importFile";
import styles from "./Jobs.module.css";
import { t } from "./messages/t";

/** Imports a file of source requests; its job's page tells the rest. */
export function ImportPage() {
  const [file, setFile] = useState<File>();
  const [fault, setFault] = useState<string>();
  const pick = (next: File | null | undefined) => {
    if (next === null || next === undefined) return;
    const wrong = typeOf(next.name) === undefined ? "pick.wrong" : next.size === 0 ? "pick.empty" : undefined;
    setFault(wrong && t(wrong, { name: next.name }));
    setFile(wrong === undefined ? next : undefined);
  };
  return (
    <Page title={t("importTitle")}>
      <div className={page.body}>
        <div className={styles.narrow}>
          {file === undefined ? <DropZone onPick={pick} /> : <Chosen key={file.name + file.lastModified} file={file} onOther={() => setFile(undefined)} />}
          <FormError>{fault}</FormError>
        </div>
      </div>
    </Page>
  );
}

function DropZone({ onPick }: { onPick: (file: File | null | undefined) => void }) {
  const [over, setOver] = useState(false);
  // What is dropped here is not for delivering, as it would be elsewhere on the page.
  const here = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    <>
      <div
        className={styles.drop}
        data-over={over || undefined}
        data-drops="here"
        onDragEnter={(event) => here(event, true)}
        onDragOver={(event) => here(event, true)}
        onDragLeave={(event) => here(event, false)}
        onDrop={(event) => {
          here(event, false);
          onPick(event.dataTransfer.files[0]);
        }}
      >
        <p>{t("pick.drop")}</p>
        <p className={styles.about}>{t("pick.or")}</p>
        <FileButton accept=".csv,.xlsx" onChange={onPick} inputProps={{ "aria-label": t("pick.field") }}>
          {(props) => (
            <Button {...props} variant="default">
              {t("pick.choose")}
            </Button>
          )}
        </FileButton>
      </div>
      <p className={styles.about}>
        {t("pick.columns", { columns: columns.join(", ") })} {t("pick.several")}
      </p>
    </>
  );
}

function Chosen({ file, onOther }: { file: File; onOther: () => void }) {
  const [, navigate] = useLocation();
  const type = typeOf(file.name) ?? csvType;
  const start = useStartImport();
  const catalogue = useQuery(catalogueQuery);
  const looked = useQuery({ queryKey: ["import", file.name, file.size, file.lastModified], queryFn: () => look(file), enabled: type === csvType, gcTime: 0 });
  const header = looked.data?.header ?? [];
  // The portal's own labels name columns as well.
  const labels = (catalogue.data?.columns ?? []).flatMap((c) => [c.name, c.label.toLowerCase()]);
  const isKnown = (name: string) => columns.includes(name.toLowerCase()) || labels.includes(name.toLowerCase());
  const known = header.filter(isKnown);
  const unknown = header.filter((name) => !isKnown(name));
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t("pick.file")}</dt>
        <dd>{file.name}</dd>
        <dt>{t("pick.sentAs")}</dt>
        <dd>{t(type === workbookType ? "pick.xlsx" : "pick.csv")}</dd>
        <dt>{t("pick.size")}</dt>
        <dd>{formatSize(file.size)}</dd>
        {known.length > 0 && (
          <>
            <dt>{t("pick.known")}</dt>
            <dd>{known.join(", ")}</dd>
          </>
        )}
        {unknown.length > 0 && (
          <>
            <dt>{t("pick.unknown")}</dt>
            <dd className={styles.bad}>{unknown.join(", ")}</dd>
          </>
        )}
      </dl>
      {looked.data !== undefined && known.length === 0 && <FormError>{t("pick.noTitles")}</FormError>}
      {looked.isError && <FormError>{sentence(looked.error)}</FormError>}
      {looked.data !== undefined && looked.data.rows.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("pick.sample")}>
          <table className={table.table}>
            <thead>
              <tr>
                {header.map((name, i) => (
                  <th key={i} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {looked.data.rows.map((row, i) => (
                <tr key={i}>
                  {header.map((_, k) => (
                    <td key={k}>{row[k]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <FormError>{start.isError ? sentence(start.error) : undefined}</FormError>
      <div className={styles.buttons}>
        <Button loading={start.isPending} onClick={() => start.mutate({ file, type }, { onSuccess: (job) => navigate("/jobs/" + encodeURIComponent(job.id)) })}>
          {t("pick.button")}
        </Button>
        <Button variant="default" disabled={start.isPending} onClick={onOther}>
          {t("pick.other")}
        </Button>
        {start.isPending && (
          <span role="status" className={styles.about}>
            {t("pick.sending")}
          </span>
        )}
      </div>
    </>
  );
}
