import { Fragment, type ReactNode } from "react";
import { type MessageKey, t } from "./t";

interface Props {
  of: MessageKey;
  values?: Record<string, string | number>;
  /** What stands for each <name>text</name> in the message. */
  tags: Record<string, (text: string) => ReactNode>;
}

/** A message with elements in it, wherever each language has them. */
export function Words({ of, values, tags }: Props) {
  return t(of, values)
    .split(/(<\w+>.*?<\/\w+>)/)
    .map((part, i) => {
      const found = /^<(\w+)>(.*)<\/\1>$/.exec(part);
      const tag = found === null ? undefined : tags[found[1] ?? ""];
      return <Fragment key={i}>{tag === undefined ? part : tag(found?.[2] ?? "")}</Fragment>;
    });
}
