import { type Icon, IconBell, IconChartBar, IconChecklist, IconFileImport, IconFilePlus, IconFileUpload, IconHelp, IconInbox, IconListCheck, IconShieldSearch, IconTimeline, IconTruckDelivery, IconUser, IconUsers } from "@tabler/icons-react";
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { keepsAccounts } from "@/features/accounts/rights";
import { mayAudit, watchesOver } from "@/features/audit/rights";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { mayProvide } from "@/shared/lib/providing";

/** A page with a link of its own: in the bar at the top, or in the account's menu. */
export interface PageEntry {
  path: string; // a wouter pattern
  href: string; // where its link leads
  place: "bar" | "menu" | "none"; // none: another page leads there
  name: (session: Session) => string;
  icon: Icon;
  within?: string; // the href of the page whose link is marked on this one
  may: (session: Session) => boolean; // whom it is shown to
  landing?: Session["role"]; // whose first page it is
  Page: LazyExoticComponent<ComponentType<{ session: Session }>>;
}

const everybody = () => true;

/** The pages beside Source Management and those of a request, in the order of their links. */
export const pages: PageEntry[] = [
  {
    path: "/materials",
    href: "/materials",
    place: "bar",
    name: () => t("shell.materials"),
    icon: IconFileUpload,
    may: mayProvide,
    landing: "content_partner",
    Page: lazy(async () => ({ default: (await import("@/features/materials/MaterialsPage")).MaterialsPage })),
  },
  {
    path: "/deliveries",
    href: "/deliveries",
    place: "bar",
    name: () => t("shell.deliveries"),
    icon: IconTruckDelivery,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/reports/DeliveriesPage")).DeliveriesPage })),
  },
  {
    path: "/reports",
    href: "/reports",
    place: "bar",
    name: () => t("shell.reports"),
    icon: IconChartBar,
    may: (session) => session.role !== "quality_control",
    Page: lazy(async () => ({ default: (await import("@/features/reports/ReportsPage")).ReportsPage })),
  },
  {
    path: "/trends",
    href: "/trends",
    place: "none",
    within: "/reports",
    name: () => t("shell.trends"),
    icon: IconChartBar,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/trends/TrendsPage")).TrendsPage })),
  },
  {
    path: "/audit",
    href: "/audit",
    place: "bar",
    name: () => t("shell.audit"),
    icon: IconShieldSearch,
    may: mayAudit,
    landing: "auditor",
    Page: lazy(async () => ({ default: (await import("@/features/audit/AuditPage")).AuditPage })),
  },
  {
    path: "/audit/integrity",
    href: "/audit/integrity",
    place: "none",
    name: () => t("shell.audit"),
    icon: IconShieldSearch,
    may: watchesOver,
    Page: lazy(async () => ({ default: (await import("@/features/audit/IntegrityPage")).IntegrityPage })),
  },
  {
    path: "/open-request",
    href: "/open-request",
    place: "menu",
    name: () => t("shell.openRequest"),
    icon: IconFilePlus,
    may: ({ role }) => role === "operator",
    Page: lazy(async () => ({ default: (await import("@/features/opening/OpenRequestPage")).OpenRequestPage })),
  },
  {
    path: "/import",
    href: "/import",
    place: "menu",
    name: () => t("shell.import"),
    icon: IconFileImport,
    may: ({ role }) => role === "operator",
    Page: lazy(async () => ({ default: (await import("@/features/jobs/ImportPage")).ImportPage })),
  },
  {
    path: "/jobs",
    href: "/jobs",
    place: "menu",
    name: () => t("shell.jobs"),
    icon: IconListCheck,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/jobs/JobsPage")).JobsPage })),
  },
  {
    path: "/jobs/:id",
    href: "/jobs",
    place: "none",
    name: () => t("shell.jobs"),
    icon: IconListCheck,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/jobs/JobPage")).JobPage })),
  },
  {
    path: "/quality-control/:id?",
    href: "/quality-control",
    place: "bar",
    name: () => t("shell.qualityControl"),
    icon: IconChecklist,
    may: (session) => session.role === "quality_control" || session.role === "operator",
    landing: "quality_control",
    Page: lazy(async () => ({ default: (await import("@/features/qualityControl/QualityControlPage")).QualityControlPage })),
  },
  {
    path: "/help/issues/:code",
    href: "/help/issues",
    place: "none",
    name: () => "",
    icon: IconChecklist,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/qualityControl/IssueHelpPage")).IssueHelpPage })),
  },
  ...["/packages/:id", "/titles/:id"].map((path): PageEntry => ({
    path,
    href: "",
    place: "none",
    name: () => "",
    icon: IconTimeline,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/timeline/TimelinePage")).TimelinePage })),
  })),
  {
    path: "/help/findings/:code",
    href: "/help/findings",
    place: "none",
    name: () => "",
    icon: IconChecklist,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/help/FindingHelpPage")).FindingHelpPage })),
  },
  {
    path: "/account",
    href: "/account",
    place: "menu",
    name: () => t("shell.account"),
    icon: IconUser,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/account/AccountPage")).AccountPage })),
  },
  {
    path: "/accounts",
    href: "/accounts",
    place: "menu",
    name: (session) => t(keepsAccounts(session) || session.role === "auditor" ? "shell.accounts" : "shell.colleagues"),
    icon: IconUsers,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/accounts/AccountsPage")).AccountsPage })),
  },
  {
    path: "/accounts/organisations",
    href: "/accounts/organisations",
    place: "none",
    name: () => t("shell.organisations"),
    icon: IconUsers,
    may: (session) => session.role === "operator",
    Page: lazy(async () => ({ default: (await import("@/features/accounts/OrganisationsPage")).OrganisationsPage })),
  },
  {
    path: "/help",
    href: "/help",
    place: "menu",
    name: () => t("shell.help"),
    icon: IconHelp,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/help/HelpPage")).HelpPage })),
  },
  {
    path: "/inbox",
    href: "/inbox",
    place: "menu",
    name: () => t("shell.inbox"),
    icon: IconInbox,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/inbox/InboxPage")).InboxPage })),
  },
  {
    path: "/inbox/rules",
    href: "/inbox/rules",
    place: "menu",
    name: () => t("shell.notificationRules"),
    icon: IconBell,
    may: everybody,
    Page: lazy(async () => ({ default: (await import("@/features/inbox/rules/RulesPage")).RulesPage })),
  },
];

/** What an account sees at the address of the portal alone: its role's page, or Source Management. */
export function landingOf(session: Session): PageEntry | undefined {
  return pages.find((page) => page.landing !== undefined && page.landing === session.role && page.may(session));
}

/** Where Source Management begins, with nothing loaded. */
export function beginningOf(session: Session): string {
  return landingOf(session) === undefined ? "/" : "/search";
}
