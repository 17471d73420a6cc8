import { Fragment, type ReactNode } from "react";

interface Props {
  text: string;
  /** What stands for each <name>text</name> in the message. */
  tags: Record<string, (inner: string) => ReactNode>;
}

/** A message with elements in it, wherever each language has them. */
export function Words({ text, tags }: Props) {
  return text
    .split(/(<\w+>.*?<\/\w+>)/)
    .map((part, i) => {
      const found = /^<(\w+)>(.*)<\/\1>$/.exec(part);
      const tag = found === null ? undefined : tags[found[1] ?? ""];
      return <Fragment key={i}>{tag === undefined ? part : tag(found?.[2] ?? "")}</Fragment>;
    });
}
