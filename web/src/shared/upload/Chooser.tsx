import { Button } from "@mantine/core";
import { IconFolderUp, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { t } from "./messages/t";
import { chosen, type Picked } from "./picked";
import styles from "./Upload.module.css";

interface Props {
  onPick: (files: Picked[]) => void;
  busy: string | undefined; // what is being done with the files that were picked
}

/** Where files are dropped or chosen. What is dropped anywhere on the page comes here as well. */
export function Chooser({ onPick, busy }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const pick = (field: HTMLInputElement) => {
    onPick(chosen(field.files));
    field.value = ""; // the same ones again are a change
  };
  return (
    <div className={styles.chooser}>
      <p>{busy ?? t("how")}</p>
      <span className={styles.choosers}>
        <Button variant="default" data-autofocus leftSection={<IconUpload size={16} aria-hidden />} onClick={() => files.current?.click()}>
          {t("files")}
        </Button>
        <Button variant="default" leftSection={<IconFolderUp size={16} aria-hidden />} onClick={() => folder.current?.click()}>
          {t("folder")}
        </Button>
      </span>
      <input ref={files} type="file" multiple hidden aria-label={t("files")} onChange={(event) => pick(event.currentTarget)} />
      <input ref={folder} type="file" hidden aria-label={t("folder")} {...{ webkitdirectory: "" }} onChange={(event) => pick(event.currentTarget)} />
    </div>
  );
}
