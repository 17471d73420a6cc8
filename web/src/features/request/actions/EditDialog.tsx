import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiProblem, faultBeside, faultOf } from "@/shared/api/problem";
import { catalogueQuery } from "@/shared/api/catalogue";
import { named } from "@/shared/i18n/t";
import { formatDate } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import { RequestFields } from "@/shared/request/RequestFields";
import { editBody, missing, type Name, valuesOf } from "@/shared/request/values";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useEditRequest } from "../api/editRequest";
import type { Details } from "@/shared/api/request/getRequest";
import editor from "../Editor.module.css";
import { t } from "../messages/t";

type Request = Details["request"];

interface Props {
  id: string;
  title: string;
  request: Request;
  names: readonly Name[];
  byName: boolean;
  onClose: () => void;
}

/** Sets fields of the request; what somebody else set meanwhile is shown before it is overwritten. */
export function EditDialog({ id, title, request, names, byName, onClose }: Props) {
  // The page goes on to change as others work; the edit is based on what was seen.
  const [base, setBase] = useState(request);
  const [values, setValues] = useState(() => valuesOf(request, byName));
  const [met, setMet] = useState<Name[]>([]); // fields that somebody else was quicker to set
  const [tried, setTried] = useState(false);
  const edit = useEditRequest(id, base.etag);
  const catalogue = useQuery(catalogueQuery);
  const before = valuesOf(base, byName);
  const body = editBody(before, values, names);
  const labelOf = (name: Name) => named("column", name, catalogue.data?.columns.find((c) => c.name === name)?.label ?? name);

  function collided(error: unknown) {
    const current = error instanceof ApiProblem ? error.problem.current : undefined;
    if (current === undefined) return;
    const theirs = valuesOf(current, byName);
    const changed = names.filter((name) => String(theirs[name]) !== String(before[name]));
    // What was left alone here follows; what was set here stays, to be sent again.
    setValues((mine) => ({ ...mine, ...Object.fromEntries(changed.filter((name) => String(mine[name]) === String(before[name])).map((name) => [name, theirs[name]])) }));
    setMet(changed);
    setBase(current);
  }

  return (
    <Dialog title={title} onClose={onClose} size={640}>
      <form
        noValidate
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (missing(values, names).length === 0) edit.mutate(body, { onSuccess: onClose, onError: collided });
        }}
      >
        {names.includes("title") && <p className={form.note}>{t("actions.editAbout")}</p>}
        <RequestFields names={names} values={values} missing={tried ? missing(values, names) : []} fault={(name) => faultOf(edit.error, name)} byName={byName} {...(names[0] === undefined ? {} : { first: names[0] })} onChange={setValues} />
        <FormError>{faultBeside(edit.error, [...names])}</FormError>
        {met.length > 0 && (
          <p role="status" className={editor.both}>
            {t("actions.meanwhile", { fields: met.map((name) => `${labelOf(name)}: ${shown(base, name)}`).join("; ") })} {t("actions.again")}
          </p>
        )}
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={edit.isPending} disabled={Object.keys(body).length === 0}>
            {t("actions.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function shown(request: Request, name: Name): string {
  const value = valuesOf(request, true)[name];
  if (Array.isArray(value)) return value.join(", ");
  return name === "due_date" ? formatDate(value) : valueLabel(name, value);
}
