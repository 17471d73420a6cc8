import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/shared/api/session";
import { mayDeliver } from "@/shared/lib/delivering";
import { type Key, places } from "@/shared/lib/keys";
import { mayProvide } from "@/shared/lib/providing";
import { Keys } from "@/shared/ui/Keys";
import styles from "./Help.module.css";
import { t } from "./messages/t";

/** The keys of the pages, by where they work, but those of what somebody may not do. */
export function Shortcuts({ headings }: { headings: "h2" | "h3" }) {
  const Heading = headings;
  const session = useQuery(sessionQuery).data;
  const provides = session === undefined || mayProvide(session);
  const may = (key: Key) => (key === "provide" ? provides : key !== "deliver" || session === undefined || mayDeliver(session));
  return (
    <div className={styles.places}>
      {places.filter(({ place }) => place !== "materials" || provides).map(({ place, keys }) => (
        <section key={place} aria-label={t(`place.${place}`)}>
          <Heading className={styles.place}>{t(`place.${place}`)}</Heading>
          <dl className={styles.keys}>
            {keys.filter(may).map((key) => (
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
