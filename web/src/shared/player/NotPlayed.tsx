import { Button } from "@mantine/core";
import { IconDownload, IconMovieOff } from "@tabler/icons-react";
import { formatSize } from "@/shared/lib/format";
import type { DeliveredFile } from "./files";
import { t } from "./messages/t";
import styles from "./Player.module.css";

/** Why a file is not played, and what can be done. */
export function NotPlayed({ file, why }: { file: DeliveredFile; why: "elsewhere" | "notYet" | "format" | "broken" | "tooLarge" }) {
  return (
    <div className={styles.notPlayed}>
      <IconMovieOff size={24} aria-hidden />
      <strong>{t("player.notHere")}</strong>
      <p>{t(`player.${why}`, { location: file.location ?? "", size: formatSize(file.size) })}</p>
      {file.content !== null && (
        <Button component="a" href={file.content} download variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {t("player.download", { name: file.name })}
        </Button>
      )}
    </div>
  );
}
