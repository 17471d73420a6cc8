import { Button, Menu } from "@mantine/core";
import { IconArrowBackUp, IconBan, IconChevronDown, IconPencil, IconRefreshAlert, IconStatusChange, IconUserCheck } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { sentence } from "@/shared/api/problem";
import type { Name } from "@/shared/request/values";
import { useCancelRequest } from "../api/cancelRequest";
import type { Details } from "@/shared/api/request/getRequest";
import { t } from "../messages/t";
import { CancelDialog } from "./CancelDialog";
import { EditDialog } from "./EditDialog";
import styles from "./MoreActions.module.css";
import { RedeliveryDialog } from "./RedeliveryDialog";

type Action = Schemas["Action"];
type Asked = "edit" | "assign" | "redelivery" | "cancel" | "reinstate";

const icons = { edit: IconPencil, assign: IconUserCheck, redelivery: IconRefreshAlert, cancel: IconBan, reinstate: IconArrowBackUp };

/** What else can be done to the request by the one who looks at it, and taking back what was just done. */
export function MoreActions({ id, details }: { id: string; details: Details }) {
  const [asked, setAsked] = useState<Asked>();
  const [done, setDone] = useState<"cancel" | "reinstate">();
  const takeBack = useCancelRequest(id);
  const { actions, request } = details;
  const fields = details.editable_fields as Name[];
  const partners = fields.filter((name) => name === "fulfillment_partner" || name === "sub_assignee");
  const may: Record<Asked, boolean> = {
    edit: actions.includes("edit") && fields.length > 0,
    assign: actions.includes("edit") && partners.length > 0,
    redelivery: actions.includes("redelivery"),
    cancel: actions.includes("cancel"),
    reinstate: actions.includes("reinstate"),
  };
  const offered = (Object.keys(may) as Asked[]).filter((one) => may[one]);
  const upgrades = actions.includes("upgrade" satisfies Action);
  const opposite = done === "cancel" ? "reinstate" : "cancel";
  if (offered.length === 0 && !upgrades) return null;
  return (
    <>
      {/* As long as nobody did anything else to it. */}
      {done !== undefined && may[opposite] && (
        <span role="status" className={styles.done}>
          {t(`actions.done.${done}`)}
          <Button size="compact-xs" variant="default" loading={takeBack.isPending} onClick={() => takeBack.mutate({ action: opposite }, { onSuccess: () => setDone(undefined) })}>
            {t("actions.undo")}
          </Button>
          {takeBack.isError && <span className={styles.error}>{sentence(takeBack.error)}</span>}
        </span>
      )}
      <Menu position="bottom-end" width={264}>
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t("actions.more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((one) => {
            const Icon = icons[one];
            return (
              <Menu.Item key={one} leftSection={<Icon size={16} aria-hidden />} onClick={() => setAsked(one)}>
                {t(`actions.${one}`)}…
              </Menu.Item>
            );
          })}
          {upgrades && (
            <Menu.Item component={Link} href={"/open-request?replaces=" + encodeURIComponent(id)} leftSection={<IconStatusChange size={16} aria-hidden />}>
              {t("actions.upgrade")}…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {(asked === "edit" || asked === "assign") && (
        <EditDialog id={id} title={t(`actions.${asked}`)} request={request} names={asked === "edit" ? fields : partners} byName={!fields.includes("fulfillment_partner")} onClose={() => setAsked(undefined)} />
      )}
      {asked === "redelivery" && <RedeliveryDialog id={id} onClose={() => setAsked(undefined)} />}
      {(asked === "cancel" || asked === "reinstate") && (
        <CancelDialog
          id={id}
          action={asked}
          backTo={request.status_before_cancel}
          onDone={() => {
            setDone(asked);
            setAsked(undefined);
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
