import { locale } from "@/shared/i18n/language";
import { named } from "@/shared/i18n/t";

// Numbers and dates in the reader's locale. Dates of the API are calendar days
// without a zone; they are shown as they are, whatever the reader's zone.

const whole = new Intl.NumberFormat(locale);
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const fullDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const monthYear = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
const instant = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const localDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function formatNumber(n: number): string {
  return whole.format(n);
}

function utc(date: string): Date {
  return new Date(date + "T00:00:00Z");
}

/** The calendar day of an instant, or of now, in a zone: 2026-11-24. */
export function dayIn(zone: string, at?: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at === undefined ? new Date() : new Date(at));
}

/** 24 Nov, with the year where it is not the present one. */
export function formatDate(date: string, thisYear = new Date().getFullYear()): string {
  return (date.startsWith(`${thisYear}-`) ? dayMonth : dayMonthYear).format(utc(date));
}

/** 24 Nov 2026. */
export function formatDateWithYear(date: string): string {
  return dayMonthYear.format(utc(date));
}

/** Tuesday, 24 November 2026. */
export function formatFullDate(date: string): string {
  return fullDay.format(utc(date));
}

/** Dec 2026, of 2026-12. */
export function formatMonth(month: string): string {
  return monthYear.format(utc(month + "-01"));
}

/** 24 Nov 2026, 14:03, in the reader's zone. */
export function formatInstant(at: string): string {
  return instant.format(new Date(at));
}

/** 24 Nov 2026, 14:03:27, in the reader's zone: exact enough to tell two events apart. */
export function formatMoment(at: string): string {
  return moment.format(new Date(at));
}

/** 14:03, in the reader's zone. */
export function formatClock(at: string): string {
  return clock.format(new Date(at));
}

/** The day of an instant in the reader's zone, in words. */
export function formatDayOf(at: string): string {
  return localDay.format(new Date(at));
}

/** Whole days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / 86_400_000);
}

/** 1.2 GB. */
export function formatSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let n = bytes;
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

const roles: Record<string, string> = {
  operator: "Operator",
  content_partner: "Content partner",
  fulfillment_partner: "Fulfillment partner",
  quality_control: "Quality control",
  auditor: "Auditor",
  system: "Backlot",
};

export function roleLabel(role: string): string {
  return named("role", role, roles[role] ?? role);
}

interface Actor {
  account: string;
  name: string | null; // of the person; null for what was no account
  role: string;
  organisation: { name: string } | null;
}

/** Who it was, as the history says it: the organisation, or the role of the streaming service's own people, and the person. */
export function actorName(actor: Actor): string {
  const party = actor.organisation?.name ?? roleLabel(actor.role);
  return actor.name === null || actor.name === party ? party : `${party} (${actor.name})`;
}
