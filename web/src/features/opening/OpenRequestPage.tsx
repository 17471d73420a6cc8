import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { valueName } from "@/shared/i18n/values";
import { say } from "@/shared/lib/notice";
import { empty, valuesOf } from "@/shared/request/values";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useOpenRequest } from "./api/openRequest";
import { replacedQuery } from "./api/getReplaced";
import { t } from "./messages/t";
import { OpeningForm } from "./OpeningForm";
import styles from "./OpenRequestPage.module.css";
import { UpgradeForm } from "./UpgradeForm";

/** Opens a request, or one that takes the place of another. */
export function OpenRequestPage() {
  const replaces = new URLSearchParams(useSearch()).get("replaces") ?? undefined;
  const title = replaces === undefined ? t("title") : t("upgradeTitle", { id: replaces });
  return (
    <Page title={title}>
      <div className={`${page.body} ${styles.body}`}>
        <div className={styles.column}>{replaces === undefined ? <Opening /> : <Upgrading key={replaces} id={replaces} />}</div>
      </div>
    </Page>
  );
}

function Opening() {
  const [, navigate] = useLocation();
  const open = useOpenRequest();
  return (
    <OpeningForm
      before={empty}
      numbered={false}
      button={t("button")}
      error={open.error}
      pending={open.isPending}
      onOpen={(body) =>
        open.mutate(body, {
          onSuccess: ({ request_id }) => {
            say(t("opened", { id: request_id }));
            navigate("/requests/" + encodeURIComponent(request_id));
          },
        })
      }
    />
  );
}

function Upgrading({ id }: { id: string }) {
  const replaced = useQuery(replacedQuery(id));
  // The form stays until it leads on: upgrading itself makes the request one that cannot be upgraded.
  const [begun, setBegun] = useState<Schemas["Details"]>();
  if (begun === undefined && replaced.data?.actions.includes("upgrade")) setBegun(replaced.data);
  const href = "/requests/" + encodeURIComponent(id);
  if (begun !== undefined) {
    // Its own dates and materials come anew.
    return <UpgradeForm id={id} before={{ ...valuesOf(begun.request), due_date: "", estimated_delivery_date: "", material_status: "Not Received" }} />;
  }
  if (replaced.isError && replaced.data === undefined) {
    return (
      <div className={styles.notice}>
        <ProblemNotice error={replaced.error} title={t("failed", { id })} onRetry={() => void replaced.refetch()} />
      </div>
    );
  }
  if (replaced.data === undefined) return <div className={styles.bone} aria-busy="true" role="status" aria-label={t("common.loading")} />;
  return (
    <div className={styles.notice}>
      <p role="status">{t("cannot", { id, status: valueName(replaced.data.request.status) })}</p>
      <Button component={Link} href={href} variant="default">
        {t("back")}
      </Button>
    </div>
  );
}
