import { IconArrowBackUp, IconBan, IconCalendarTime, IconMessage, IconPackage, IconPencil, IconRefreshAlert, IconUserCheck, IconUsersGroup } from "@tabler/icons-react";
import type { Action } from "./actions";

export const actionIcons: Record<Action, typeof IconBan> = {
  comment: IconMessage,
  "estimated-delivery-date": IconCalendarTime,
  "material-status": IconPackage,
  edit: IconPencil,
  assign: IconUsersGroup,
  responsible: IconUserCheck,
  redelivery: IconRefreshAlert,
  cancel: IconBan,
  reinstate: IconArrowBackUp,
};
