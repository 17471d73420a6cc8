import { ActionIcon, Menu, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconDeviceDesktop, IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import { DeliverDoor } from "@/features/delivery/DeliverDoor";
import { MaterialsDoor } from "@/features/materials/MaterialsDoor";
import { useSignOut } from "@/features/session/api/signOut";
import type { Session } from "@/shared/api/session";
import { type Language, language, languages, speak } from "@/shared/i18n/language";
import { t } from "@/shared/i18n/t";
import { mayDeliver } from "@/shared/lib/delivering";
import { roleLabel } from "@/shared/lib/format";
import { mayProvide } from "@/shared/lib/providing";
import { keys } from "@/shared/lib/keys";
import { Live } from "@/shared/live/Live";
import { BacklotMark } from "@/shared/ui/BacklotMark";
import { Keys } from "@/shared/ui/Keys";
import { Notice } from "@/shared/ui/Notice";
import { OfflineNotice } from "./OfflineNotice";
import { beginningOf, pages } from "./pages";
import styles from "./Shell.module.css";

const PaletteDoor = lazy(async () => ({ default: (await import("./PaletteDoor")).PaletteDoor }));
const ShortcutsDialog = lazy(async () => ({ default: (await import("@/features/help/ShortcutsDialog")).ShortcutsDialog }));
const InboxBell = lazy(async () => ({ default: (await import("@/features/inbox/InboxBell")).InboxBell }));

export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const [path] = useLocation();
  const [over, setOver] = useState<"palette" | "shortcuts">();
  // The palette comes from wherever somebody is, also from a field.
  useHotkeys([[keys.palette, () => setOver("palette")]], []);
  useHotkeys([[keys.shortcuts, () => setOver("shortcuts")]]);
  const beginning = beginningOf(session);
  const within = pages.find((page) => page.path === path)?.within;
  const mine = pages.filter((page) => page.may(session));
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link href="/" className={styles.brand}>
          <BacklotMark />
          Backlot
        </Link>
        <nav aria-label={t("shell.pages")} className={styles.nav}>
          <Link href={beginning} className={styles.page} aria-current={path === beginning || path === "/search" || path === "/requests" || path.startsWith("/requests/") ? "page" : undefined}>
            {t("shell.sourceManagement")}
          </Link>
          {mine
            .filter((page) => page.place === "bar")
            .map((page) => (
              <Link key={page.path} href={page.href} className={styles.page} aria-current={path === page.href || path.startsWith(page.href + "/") ? "page" : within === page.href || undefined}>
                {page.name(session)}
              </Link>
            ))}
        </nav>
        {session.demo && (
          <Tooltip label={t("shell.demoTip")}>
            <span className={styles.demo} tabIndex={0}>
              {t("shell.demo")}
            </span>
          </Tooltip>
        )}
        <OfflineNotice />
        <Tooltip label={t("shell.palette")}>
          <UnstyledButton className={styles.palette} aria-label={t("shell.palette")} aria-keyshortcuts="Control+K Meta+K" onClick={() => setOver("palette")}>
            <Keys of="palette" />
          </UnstyledButton>
        </Tooltip>
        <Suspense fallback={<span className={styles.icon} />}>
          <InboxBell />
        </Suspense>
        <SchemeSwitch />
        <AccountMenu session={session} />
      </header>
      <Live account={session.account ?? ""} rights={`${session.role} ${session.organisation?.id}`}>
        {children}
        <div className={styles.corner}>
          {mayDeliver(session) && <DeliverDoor session={session} />}
          {mayProvide(session) && <MaterialsDoor session={session} />}
        </div>
      </Live>
      <Suspense fallback={null}>
        {over === "palette" && <PaletteDoor session={session} onShortcuts={() => setOver("shortcuts")} onClose={() => setOver(undefined)} />}
        {over === "shortcuts" && <ShortcutsDialog onClose={() => setOver(undefined)} />}
      </Suspense>
      <Notice />
    </div>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme("light");
  const other = shown === "light" ? "dark" : "light";
  return (
    <Tooltip label={t(`shell.${other}`)}>
      <ActionIcon variant="subtle" color="gray" aria-label={t(`shell.${other}`)} onClick={() => setColorScheme(other)}>
        {other === "dark" ? <IconMoon size={16} /> : <IconSun size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu({ session }: { session: Session }) {
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  const role = session.role === null ? "" : roleLabel(session.role);
  const name = session.organisation?.name ?? role;
  return (
    <Menu position="bottom-end" width={264} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.account}>
          {name}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={styles.who}>
          <strong>{session.name}</strong>
          {name === role ? role : `${name}, ${role.toLowerCase()}`}
        </Menu.Label>
        {pages
          .filter((page) => page.place === "menu" && page.may(session))
          .map((page) => (
            <Menu.Item key={page.path} component={Link} href={page.href} leftSection={<page.icon size={16} aria-hidden />}>
              {page.name(session)}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconDeviceDesktop size={16} />} onClick={() => setColorScheme("auto")}>
          {t("shell.auto")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("shell.language")}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((one) => (
          <Menu.Item key={one} lang={one} leftSection={one === language ? <IconCheck size={16} aria-hidden /> : <IconLanguage size={16} aria-hidden />} aria-current={one === language || undefined} onClick={() => one !== language && speak(one)}>
            {languages[one]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
