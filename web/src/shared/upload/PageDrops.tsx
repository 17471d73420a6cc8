import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./PageDrops.module.css";
import { takeDropped } from "./takeDropped";
import type { Picked } from "./picked";

interface Props {
  name: string; // a page asks for it by data-drops
  otherwise: boolean; // whether it takes what pages ask nothing about
  text: string;
  onFiles: (files: Picked[]) => void;
}

/** Takes files that are dropped anywhere on the page, and says what for while they are over it. */
export function PageDrops({ name, otherwise, text, onFiles }: Props) {
  const [over, setOver] = useState(false);
  const told = useRef(onFiles);
  told.current = onFiles;
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    // A page may want files for something of its own.
    const takes = () => {
      const asked = document.querySelector<HTMLElement>("[data-drops]")?.dataset["drops"];
      return asked === undefined ? otherwise : asked === name;
    };
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      // Where it has places of its own to drop on, those show it.
      if (takes() && document.querySelector("[data-drops-at]") === null) setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const move = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      depth = 0;
      setOver(false);
      if (event.defaultPrevented || !takes()) return;
      event.preventDefault();
      takeDropped(event.dataTransfer, (files) => told.current(files));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", move);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", move);
      window.removeEventListener("drop", drop);
    };
  }, [name, otherwise]);
  if (!over) return null;
  return createPortal(
    <div className={styles.drop} aria-hidden>
      <p>{text}</p>
    </div>,
    document.body,
  );
}
