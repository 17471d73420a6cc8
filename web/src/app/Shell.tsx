import { ActionIcon, Menu, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconChevronDown, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser, IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { keepsAccounts } from "@/features/accounts/rights";
import { useSignOut } from "@/features/session/api/signOut";
import type { Session } from "@/shared/api/session";
import { roleLabel } from "@/shared/lib/format";
import { BacklotMark } from "@/shared/ui/BacklotMark";
import styles from "./Shell.module.css";

export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const [path] = useLocation();
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link href="/" className={styles.brand}>
          <BacklotMark />
          Backlot
        </Link>
        <nav aria-label="Pages" className={styles.nav}>
          <Link href="/" className={styles.page} aria-current={path === "/" || path === "/requests" ? "page" : undefined}>
            Source Management
          </Link>
        </nav>
        {session.demo && (
          <Tooltip label="A fictional catalogue. Whatever you do here harms nothing.">
            <span className={styles.demo} tabIndex={0}>
              Demo
            </span>
          </Tooltip>
        )}
        <SchemeSwitch />
        <AccountMenu session={session} />
      </header>
      {children}
    </div>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme("light");
  const other = shown === "light" ? "dark" : "light";
  return (
    <Tooltip label={`Show ${other} colours`}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Show ${other} colours`} onClick={() => setColorScheme(other)}>
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
        <Menu.Item component={Link} href="/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item component={Link} href="/accounts" leftSection={<IconUsers size={16} aria-hidden />}>
          {keepsAccounts(session) || session.role === "auditor" ? "Accounts" : "Colleagues"}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconDeviceDesktop size={16} />} onClick={() => setColorScheme("auto")}>
          Colours as the system has them
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
