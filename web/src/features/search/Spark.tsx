import { bucketColor } from "@/shared/ui/BucketMark";
import { linePath } from "@/shared/ui/linePath";
import styles from "./BucketTable.module.css";

// In pixels; BucketTable.module.css has the same.
const width = 64;
const height = 10;

/** How a number came to be what it is, day by day: for the eye only, /trends has it in words. */
export function Spark({ bucket, values }: { bucket: string; values: number[] }) {
  return (
    <svg className={styles.spark} width={width} height={height + 2} viewBox={`0 -1 ${width} ${height + 2}`} aria-hidden focusable="false" style={{ color: bucketColor(bucket) }}>
      <path d={linePath(values, width, height)} />
    </svg>
  );
}
