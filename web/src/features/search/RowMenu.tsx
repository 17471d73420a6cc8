import { Menu, Portal } from "@mantine/core";
import { IconCopy, IconExternalLink, IconFileDescription, IconFileUpload, IconLink, IconPackageImport, IconStatusChange, IconTimeline, IconUpload } from "@tabler/icons-react";
import { useLocation } from "wouter";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { deliver, mayDeliver } from "@/shared/lib/delivering";
import { downloadMaterials } from "@/shared/lib/download";
import { mayProvide, provide } from "@/shared/lib/providing";
import type { Row } from "./api/getRequests";
import { type Action, actionsFor, keyOf, labels } from "./bulk/actions";
import { actionIcons } from "./bulk/icons";
import { hrefOf } from "./RequestRow";
import styles from "./RequestList.module.css";

interface Props {
  row: Row;
  at: DOMRect;
  session: Session;
  onAct: (action: Action) => void;
  onClose: () => void;
}

const upgradable = ["Delivered", "Processed"];

/** What else can be done to a request: the one menu of all rows, beside the icon that was pressed. */
export function RowMenu({ row, at, session, onAct, onClose }: Props) {
  const [, navigate] = useLocation();
  const href = hrefOf(row);
  const copy = (text: string) => void navigator.clipboard?.writeText(text).catch(() => {});
  const actions = actionsFor(session, row.status);
  return (
    // In the page, but in none of the boxes that scroll.
    <Portal target="main">
      <Menu opened onChange={(opened) => !opened && onClose()} position="bottom-end" width={288} returnFocus={false} withinPortal={false} floatingStrategy="fixed" zIndex={20}>
        <Menu.Target>
          <span role="button" aria-label={t("list.moreFor", { id: row.request_id })} tabIndex={-1} className={styles.menuAnchor} style={{ left: at.left, top: at.top, width: Math.min(at.width, 32), height: at.height }} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileDescription size={16} aria-hidden />} rightSection={<kbd className={styles.key}>Enter</kbd>} onClick={() => navigate(href)}>
            {t("list.details")}
          </Menu.Item>
          <Menu.Item component="a" href={href} target="_blank" rel="noopener" leftSection={<IconExternalLink size={16} aria-hidden />}>
            {t("list.newTab")}
          </Menu.Item>
          {navigator.clipboard !== undefined && (
            <>
              <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => copy(new URL(href, window.location.origin).href)}>
                {t("list.copyLink")}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => copy(row.request_id)}>
                {t("list.copyId", { id: row.request_id })}
              </Menu.Item>
            </>
          )}
          {row.package_id !== undefined && (
            <Menu.Item leftSection={<IconTimeline size={16} aria-hidden />} onClick={() => navigate("/packages/" + encodeURIComponent(row.package_id ?? ""))}>
              {t("list.timeline")}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPackageImport size={16} aria-hidden />} onClick={() => void downloadMaterials(row.request_id)}>
            {t("materials.download")}
          </Menu.Item>
          {mayDeliver(session) && (
            <Menu.Item leftSection={<IconUpload size={16} aria-hidden />} rightSection={<kbd className={styles.key}>D</kbd>} onClick={() => deliver({ requests: [row.request_id] })}>
              {t("deliver.deliver")}…
            </Menu.Item>
          )}
          {mayProvide(session) && (
            <Menu.Item leftSection={<IconFileUpload size={16} aria-hidden />} rightSection={<kbd className={styles.key}>P</kbd>} onClick={() => provide({ to: { ids: [row.request_id] } })}>
              {t("provide.provide")}…
            </Menu.Item>
          )}
          {actions.length > 0 && <Menu.Divider />}
          {actions.map((action) => {
            const Icon = actionIcons[action];
            const key = keyOf[action];
            return (
              <Menu.Item key={action} leftSection={<Icon size={16} aria-hidden />} rightSection={key === undefined ? undefined : <kbd className={styles.key}>{key.toUpperCase()}</kbd>} onClick={() => onAct(action)}>
                {t(labels[action])}…
              </Menu.Item>
            );
          })}
          {session.role === "operator" && upgradable.includes(row.status ?? "") && (
            <Menu.Item leftSection={<IconStatusChange size={16} aria-hidden />} onClick={() => navigate("/open-request?replaces=" + encodeURIComponent(row.request_id))}>
              {t("action.upgrade")}…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Portal>
  );
}
