import { useMantineColorScheme } from "@mantine/core";
import { IconColumnInsertRight, IconColumnRemove, IconDeviceDesktop, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSpacingVertical, IconStackPop, IconStackPush, IconStar, IconSun, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { t as say } from "@/features/palette/messages/t";
import { type Choice, Palette } from "@/features/palette/Palette";
import { emptySearch, formatSearch } from "@/features/search/searchState";
import { loadedBy } from "@/features/search/templates/saved";
import { useSearchActions } from "@/features/search/useSearchActions";
import { useSignOut } from "@/features/session/api/signOut";
import type { Session } from "@/shared/api/session";
import { templatesQuery } from "@/shared/api/templates";
import { type Language, language, languages, speak } from "@/shared/i18n/language";
import { t } from "@/shared/i18n/t";
import { setCompact, useCompact } from "@/shared/lib/compact";
import { beginningOf, pages } from "./pages";

interface Props {
  session: Session;
  onShortcuts: () => void;
  onClose: () => void;
}

/** What the palette offers. */
export function PaletteDoor({ session, onShortcuts, onClose }: Props) {
  const [, navigate] = useLocation();
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const compact = useCompact();
  const search = useSearchActions(session);
  const templates = useQuery(templatesQuery);
  const to = (href: string) => () => navigate(href);
  const choices: Record<"pages" | "templates" | "actions", Choice[]> = {
    pages: [
      { name: t("shell.sourceManagement"), icon: IconTable, choose: to(beginningOf(session)) },
      ...pages.filter((page) => page.may(session) && page.name(session) !== "").map((page) => ({ name: page.name(session), icon: page.icon, choose: to(page.href) })),
    ],
    templates: (templates.data?.templates ?? [])
      .filter((one) => one.valid)
      .map((one) => ({ name: one.name, icon: IconStar, choose: to("/requests?" + formatSearch({ ...emptySearch, ...loadedBy(one) })) })),
    actions: [
      { name: t("shell.shortcuts"), icon: IconKeyboard, choose: onShortcuts },
      ...search.groupings.map(({ label, on, turn }) => ({ name: say(on ? "ungroup" : "group", { name: label }), icon: on ? IconStackPop : IconStackPush, quiet: true, choose: turn })),
      ...search.columns.map(({ label, on, turn }) => ({ name: say(on ? "hideColumn" : "showColumn", { name: label }), icon: on ? IconColumnRemove : IconColumnInsertRight, quiet: true, choose: turn })),
      { name: t(compact ? "columns.usual" : "columns.compact"), icon: IconSpacingVertical, choose: () => setCompact(!compact) },
      { name: t("shell.light"), icon: IconSun, choose: () => setColorScheme("light") },
      { name: t("shell.dark"), icon: IconMoon, choose: () => setColorScheme("dark") },
      { name: t("shell.auto"), icon: IconDeviceDesktop, choose: () => setColorScheme("auto") },
      ...(Object.keys(languages) as Language[]).filter((one) => one !== language).map((one) => ({ name: languages[one], icon: IconLanguage, keywords: [t("shell.language"), one], choose: () => speak(one) })),
      { name: t("shell.signOut"), icon: IconLogout, choose: () => signOut.mutate() },
    ],
  };
  return <Palette choices={choices} onClose={onClose} />;
}
