import { places } from "@/shared/lib/keys";
import { Keys } from "@/shared/ui/Keys";
import styles from "./Help.module.css";
import { t } from "./messages/t";

/** The keys of the pages, by where they work. */
export function Shortcuts({ headings }: { headings: "h2" | "h3" }) {
  const Heading = headings;
  return (
    <div className={styles.places}>
      {places.map(({ place, keys }) => (
        <section key={place} aria-label={t(`place.${place}`)}>
          <Heading className={styles.place}>{t(`place.${place}`)}</Heading>
          <dl className={styles.keys}>
            {keys.map((key) => (
              <div key={key} className={styles.key}>
                <dt>{t(`key.${key}`)}</dt>
                <dd>
                  <Keys of={key} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
