import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { faultBeside, faultOf } from "@/shared/api/problem";
import { RequestFields } from "@/shared/request/RequestFields";
import { missing, type Name, openBody, type Values } from "@/shared/request/values";
import { FormError } from "@/shared/ui/FormError";
import { Section } from "@/shared/ui/Section";
import { t } from "./messages/t";
import styles from "./OpenRequestPage.module.css";

const title: Name[] = ["title", "movie_type", "is_original", "movie_id", "package_id", "content_partner"];
const asset: Name[] = ["source_type", "service_type", "language", "countries"];
const work: Name[] = ["fulfillment_partner", "due_date", "estimated_delivery_date", "material_status"];

interface Props {
  before: Values;
  numbered: boolean; // by the server in any case
  within?: string; // the field of the body that holds the request
  button: string;
  error: unknown;
  pending: boolean;
  head?: ReactNode;
  onOpen: (body: Schemas["OpenRequest"]) => void;
}

export function OpeningForm({ before, numbered, within = "", button, error, pending, head, onOpen }: Props) {
  const [values, setValues] = useState(before);
  const [tried, setTried] = useState(false);
  const parts = [
    { title: t("titlePart"), about: t("titleAbout"), names: title },
    { title: t("asset"), about: t("assetAbout"), names: asset },
    { title: t("work"), about: t("workAbout"), names: numbered ? work : [...work, "request_id" as const] },
  ];
  const names = parts.flatMap((part) => part.names);
  const lacking = tried ? missing(values, names) : [];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const form = event.currentTarget;
        if (missing(values, names).length === 0) onOpen(openBody(numbered ? { ...values, request_id: "" } : values));
        // The first one that needs a word is where to go on.
        else requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      }}
    >
      {head}
      {parts.map((part, i) => (
        <Section key={part.title} title={part.title} about={part.about}>
          <RequestFields names={part.names} values={values} missing={lacking} fault={(name) => faultOf(error, within + name)} {...(i === 0 ? { first: "title" as const } : {})} onChange={setValues} />
        </Section>
      ))}
      <div className={styles.foot}>
        <FormError>{faultBeside(error, names.map((name) => within + name))}</FormError>
        <Button type="submit" loading={pending}>
          {button}
        </Button>
      </div>
    </form>
  );
}
