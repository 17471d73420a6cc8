import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/Dialog";
import type { Target } from "@/shared/api/request/getTargetRows";
import { type Action, labels } from "./actions";
import { AssignForm } from "./forms/AssignForm";
import { CancelForm } from "./forms/CancelForm";
import { CommentForm } from "./forms/CommentForm";
import { DateForm } from "./forms/DateForm";
import { EditForm } from "./forms/EditForm";
import { MaterialStatusForm } from "./forms/MaterialStatusForm";
import { RedeliveryForm } from "./forms/RedeliveryForm";
import { ResponsibleForm } from "./forms/ResponsibleForm";
import { track, type TrackedJob } from "./jobs";

/** What the forms of all actions get. */
export interface FormProps {
  session: Session;
  target: Target;
  count: number;
  sort: string[]; // of the list
  onStarted: (started: Pick<TrackedJob, "job" | "undo">) => void;
  onClose: () => void;
}

interface Props extends Omit<FormProps, "onStarted"> {
  action: Action;
  about: string | undefined; // the one request that it is about, in words
}

/** Asks what an action needs to know, and begins its job. */
export function BulkDialog({ action, about, ...props }: Props) {
  const { count, onClose } = props;
  const form: FormProps = {
    ...props,
    onStarted: (started) => {
      track({ ...started, action });
      onClose();
    },
  };
  return (
    <Dialog title={`${t(labels[action])}: ${about ?? t("bulk.requests", { count, n: formatNumber(count) })}`} onClose={onClose} size={action === "estimated-delivery-date" || action === "edit" ? 640 : 480}>
      {action === "comment" && <CommentForm {...form} />}
      {action === "estimated-delivery-date" && <DateForm {...form} />}
      {action === "material-status" && <MaterialStatusForm {...form} />}
      {action === "edit" && <EditForm {...form} />}
      {action === "assign" && <AssignForm {...form} />}
      {action === "responsible" && <ResponsibleForm {...form} />}
      {action === "redelivery" && <RedeliveryForm {...form} />}
      {(action === "cancel" || action === "reinstate") && <CancelForm {...form} action={action} />}
    </Dialog>
  );
}
