import { UnstyledButton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { frameAt, type Rate, timecodeAt } from "@/shared/lib/timecode";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Cue } from "./cues";
import { type DeliveredFile, mostText } from "./files";
import { t } from "./messages/t";
import { NotPlayed } from "./NotPlayed";
import type { Marks } from "./Player";
import styles from "./Player.module.css";

const most = 2_000; // rows; a feature film has about that many

interface Props {
  file: DeliveredFile;
  cues: UseQueryResult<Cue[]>;
  rate: Rate;
  onMark: ((marks: Marks) => void) | undefined;
}

/** Timed text without a picture: its subtitles, each of which can be marked. */
export function CueList({ file, cues, rate, onMark }: Props) {
  if (file.size > mostText) return <NotPlayed file={file} why="tooLarge" />;
  if (cues.isError) return <ProblemNotice error={cues.error} title={t("player.failed")} onRetry={() => void cues.refetch()} />;
  if (cues.data?.length === 0) return <p className={styles.nothing}>{t("player.cuesNone")}</p>;
  const at = (seconds: number) => timecodeAt(rate, frameAt(rate, seconds));
  return (
    <ol className={styles.cues} aria-label={t("player.cues", { name: file.name })} aria-busy={cues.isPending || undefined} tabIndex={0}>
      {(cues.data ?? []).slice(0, most).map((cue, i) => (
        <li key={i}>
          <UnstyledButton className={styles.cue} disabled={onMark === undefined} {...(onMark === undefined ? {} : { title: t("player.cueTip") })} onClick={() => onMark?.({ in: at(cue.from), out: at(cue.to) })}>
            <span className={styles.cueTime}>{at(cue.from)}</span>
            <span className={styles.cueTime}>{at(cue.to)}</span>
            <span className={styles.cueText}>{cue.text}</span>
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
}
