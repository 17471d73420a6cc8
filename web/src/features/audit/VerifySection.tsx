import { Button, Checkbox, Loader } from "@mantine/core";
import { useState } from "react";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import { useVerifyLog } from "./api/verifyLog";
import styles from "./Audit.module.css";
import { t } from "./messages/t";
import { Report } from "./Report";

export function VerifySection() {
  const [deep, setDeep] = useState(false);
  const { verify, running, last } = useVerifyLog();
  return (
    <Section title={t("verify.title")} about={t("verify.about")}>
      <div className={styles.start}>
        <Checkbox size="xs" label={t("verify.deep")} description={t("verify.deepAbout")} checked={deep} disabled={running} onChange={(event) => setDeep(event.currentTarget.checked)} />
        <Button disabled={running} onClick={() => verify.mutate({ deep })}>
          {t("verify.button")}
        </Button>
      </div>
      <div role="status">
        {running && (
          <p className={styles.running}>
            <Loader size={16} aria-hidden />
            {t("verify.running")}
          </p>
        )}
      </div>
      {verify.isError && !running && (
        <div className={styles.report}>
          <ProblemNotice error={verify.error} title={t("verify.failed")} onRetry={() => verify.mutate({ deep })} />
        </div>
      )}
      {last !== undefined && !running && !verify.isError && <Report verified={last} />}
    </Section>
  );
}
