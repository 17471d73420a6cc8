import { Button, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { actorName, formatInstant, roleLabel } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useAddComment } from "./api/addComment";
import { commentsQuery } from "./api/getComments";
import { commentsAsOf } from "./asOf";
import styles from "./CommentsTab.module.css";
import { t } from "./messages/t";

interface Props {
  id: string;
  at: string | undefined;
  mayComment: boolean;
}

export function CommentsTab({ id, at, mayComment }: Props) {
  const comments = useQuery(commentsQuery(id));
  if (comments.isError && comments.data === undefined) return <ProblemNotice error={comments.error} title={t("comment.failed")} onRetry={() => void comments.refetch()} />;
  const shown = commentsAsOf(comments.data?.comments ?? [], at);
  return (
    <div className={styles.thread}>
      {comments.isSuccess && shown.length === 0 && <p className={styles.empty}>{t(at === undefined ? "comment.none" : "comment.nonePast")}</p>}
      <ol className={styles.list}>
        {shown.map((c) => (
          <li key={c.id} className={styles.comment}>
            <div className={styles.who}>
              <strong>{actorName(c.by)}</strong>
              {c.by.organisation !== null && <span>{roleLabel(c.by.role)}</span>}
              <time dateTime={c.at}>{formatInstant(c.at)}</time>
            </div>
            {c.text === null ? (
              <p className={styles.gone}>{t(c.redacted ? "comment.redacted" : "comment.gone")}</p>
            ) : (
              <p className={styles.text}>{c.text}</p>
            )}
          </li>
        ))}
      </ol>
      {mayComment && <CommentForm id={id} />}
    </div>
  );
}

function CommentForm({ id }: { id: string }) {
  const [text, setText] = useState("");
  const add = useAddComment(id);
  const ready = text.trim() !== "" && !add.isPending;
  const send = () => ready && add.mutate({ text: text.trim() }, { onSuccess: () => setText("") });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        label={t("comment.add")}
        autoFocus
        description={t("comment.readers")}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={10_000}
        value={text}
        error={add.isError ? sentence(add.error) : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
        }}
      />
      <Button type="submit" disabled={!ready} loading={add.isPending} title={t("comment.sendTip")}>
        {t("comment.send")}
      </Button>
    </form>
  );
}
