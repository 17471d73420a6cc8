import { Button } from "@mantine/core";
import { sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";

interface Props {
  button: string;
  error: unknown;
  pending: boolean;
  disabled: boolean;
  danger?: boolean;
  onClose: () => void;
}

/** The end of a form: what is wrong, away, and on. */
export function Footer({ button, error, pending, disabled, danger = false, onClose }: Props) {
  return (
    <>
      <FormError>{error === null || error === undefined ? undefined : sentence(error)}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" className={danger ? form.danger : undefined} loading={pending} disabled={disabled}>
          {button}
        </Button>
      </div>
    </>
  );
}
