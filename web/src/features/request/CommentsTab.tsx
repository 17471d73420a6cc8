import { useQuery } from "@tanstack/react-query";
import { actorName, formatInstant, roleLabel } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Comments, commentsQuery } from "./api/getComments";
import { commentsAsOf } from "./asOf";
import { CommentForm } from "./CommentForm";
import styles from "./CommentsTab.module.css";
import { partsOf } from "./mentions";
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
              <Said text={c.text} mentions={c.mentions} />
            )}
          </li>
        ))}
      </ol>
      {mayComment && <CommentForm id={id} />}
    </div>
  );
}

/** What was said, its mentions set off. */
function Said({ text, mentions }: { text: string; mentions: Comments["comments"][number]["mentions"] }) {
  return (
    <p className={styles.text}>
      {partsOf(text, mentions).map((part, i) =>
        typeof part === "string" ? (
          part
        ) : (
          <span key={i} className={styles.mention} data-me={part.me || undefined}>
            {part.text}
          </span>
        ),
      )}
    </p>
  );
}
