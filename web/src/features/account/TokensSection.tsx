import { Button, NumberInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { faultBeside, faultOf, sentence } from "@/shared/api/problem";
import { Words } from "@/shared/i18n/Words";
import { formatInstant } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { CopyField } from "@/shared/ui/CopyField";
import table from "@/shared/ui/DataTable.module.css";
import { FormError } from "@/shared/ui/FormError";
import form from "@/shared/ui/Form.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import styles from "./AccountPage.module.css";
import { type Token, tokensQuery } from "./api/getTokens";
import { useIssueToken } from "./api/issueToken";
import { useRevokeToken } from "./api/revokeToken";
import { t } from "./messages/t";

/** The API tokens of one's own account. */
export function TokensSection() {
  const [revoking, setRevoking] = useState<Token>();
  const issue = useIssueToken();
  const issued = issue.data;
  return (
    <Section title={t("tokens.title")} about={t("tokens.about")}>
      <IssueForm issue={issue} />
      {issued?.token != null && (
        <div className={styles.issued} role="status">
          <p className={form.text}>
            <Words text={t("tokens.this", { label: issued.label })} tags={{ strong: (inner) => <strong>{inner}</strong> }} />
          </p>
          <CopyField label={t("tokens.token")} value={issued.token} />
        </div>
      )}
      {issued?.token === null && (
        <FormError>{t("tokens.lost", { label: issued.label })}</FormError>
      )}
      <div className={styles.tokens}>
        <TokenTable onRevoke={setRevoking} />
      </div>
      {revoking !== undefined && (
        <RevokeDialog
          token={revoking}
          onClose={() => setRevoking(undefined)}
          onRevoked={() => {
            if (issued?.id === revoking.id) issue.reset();
            setRevoking(undefined);
          }}
        />
      )}
    </Section>
  );
}

const usual = 90; // days, as the API has them
const most = 366;

function daysUntil(end: string): number {
  return Math.floor((Date.parse(end) - Date.now()) / 86_400_000);
}

function IssueForm({ issue }: { issue: ReturnType<typeof useIssueToken> }) {
  const [label, setLabel] = useState("");
  const [days, setDays] = useState<number | string>(""); // left empty, the server decides
  const tokens = useQuery(tokensQuery).data;
  const end = tokens?.latest_end ?? undefined; // of whoever signed in with a token
  const ready = label.trim() !== "";
  return (
    <form
      noValidate
      aria-label={t("tokens.new")}
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) issue.mutate({ label: label.trim(), ...(typeof days === "number" ? { expires_in_days: days } : {}) }, { onSuccess: () => setLabel("") });
      }}
    >
      <div className={styles.line}>
        <TextInput
          label={t("tokens.label")}
          placeholder={t("tokens.example")}
          maxLength={200}
          className={styles.grow}
          value={label}
          error={faultOf(issue.error, "label")}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <NumberInput label={t("tokens.days")} placeholder={tokens === undefined ? "" : end === undefined ? String(usual) : t("tokens.untilThen")} min={1} max={end === undefined ? most : Math.max(1, daysUntil(end))} allowDecimal={false} clampBehavior="blur" className={styles.days} value={days} error={faultOf(issue.error, "expires_in_days")} onChange={setDays} />
        <Button type="submit" variant="default" disabled={!ready} loading={issue.isPending}>
          {t("tokens.issue")}
        </Button>
      </div>
      {end !== undefined && <p className={styles.until}>{t("tokens.ends", { at: formatInstant(end) })}</p>}
      <FormError>{faultBeside(issue.error, ["label", "expires_in_days"])}</FormError>
    </form>
  );
}

function TokenTable({ onRevoke }: { onRevoke: (token: Token) => void }) {
  const tokens = useQuery(tokensQuery);
  if (tokens.isError && tokens.data === undefined) return <ProblemNotice error={tokens.error} title={t("tokens.failed")} onRetry={() => void tokens.refetch()} />;
  if (tokens.data === undefined) return <span className={table.bone} role="status" aria-label={t("common.loading")} />;
  if (tokens.data.tokens.length === 0) return <p className={table.empty}>{t("tokens.none")}</p>;
  return (
    <table className={table.table} aria-label={t("tokens.list")}>
      <thead>
        <tr>
          <th scope="col">{t("tokens.token")}</th>
          <th scope="col">{t("tokens.issued")}</th>
          <th scope="col">{t("tokens.until")}</th>
          <th scope="col">
            <span className="sr-only">{t("tokens.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.data.tokens.map((token) => (
          <tr key={token.id}>
            <td className={table.strong}>{token.label}</td>
            <td className={styles.date}>{formatInstant(token.issued_at)}</td>
            <td className={styles.date}>{formatInstant(token.expires_at)}</td>
            <td className={table.actions}>
              <Button size="compact-sm" variant="default" aria-label={t("tokens.revokeOf", { label: token.label })} onClick={() => onRevoke(token)}>
                {t("tokens.revokeOpen")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RevokeDialog({ token, onClose, onRevoked }: { token: Token; onClose: () => void; onRevoked: () => void }) {
  const revoke = useRevokeToken();
  return (
    <ConfirmDialog
      opened
      title={t("tokens.revokeAsk", { label: token.label })}
      button={t("tokens.revoke")}
      pending={revoke.isPending}
      error={revoke.isError ? sentence(revoke.error) : undefined}
      onConfirm={() => revoke.mutate(token.id, { onSuccess: onRevoked })}
      onClose={onClose}
    >
      {t("tokens.revokeWhat")}
    </ConfirmDialog>
  );
}
