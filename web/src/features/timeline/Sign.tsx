import { type Icon, IconArrowBackUp, IconBan, IconCalendarEvent, IconCalendarTime, IconCheck, IconCirclePlus, IconPackage, IconPackageImport, IconPoint, IconRepeat, IconStatusChange, IconUpload, IconX, IconZoomCheck, IconZoomExclamation } from "@tabler/icons-react";
import styles from "./Timeline.module.css";

type Tone = "good" | "bad" | "warn" | "plain";

const signs: Record<string, [Icon, Tone]> = {
  opened: [IconCirclePlus, "plain"],
  materials_provided: [IconPackageImport, "plain"],
  material_status_changed: [IconPackage, "plain"],
  estimated_delivery_date_changed: [IconCalendarTime, "plain"],
  fields_edited: [IconCalendarEvent, "plain"],
  delivery_completed: [IconUpload, "plain"],
  redelivery_requested: [IconRepeat, "warn"],
  cancelled: [IconBan, "plain"],
  reinstated: [IconArrowBackUp, "plain"],
  upgraded: [IconStatusChange, "plain"],
};

function signOf(kind: string, passed: boolean | null): [Icon, Tone] {
  if (kind === "quality_control_recorded") return passed === false ? [IconX, "bad"] : [IconCheck, "good"];
  if (kind === "delivery_inspected") return passed === false ? [IconZoomExclamation, "bad"] : [IconZoomCheck, "good"];
  return signs[kind] ?? [IconPoint, "plain"];
}

/** The shape of a kind of mark; several where it stands for more than one. */
export function Sign({ kind, passed, several = 1 }: { kind: string; passed: boolean | null; several?: number }) {
  const [Icon, tone] = signOf(kind, passed);
  return (
    <span className={styles.sign} data-tone={tone} data-several={several > 1 || undefined} aria-hidden>
      <Icon size={12} stroke={2.25} />
      {several > 1 && <span>{several}</span>}
    </span>
  );
}
